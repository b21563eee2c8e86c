import { findInClass } from '../python/attributes';
import { none, type Call, type InstanceValue, type Value } from '../python/values';
import { buildLayer, inScope, shapesOf } from './building';
import { layerState, type LayerState } from './layerState';
import { Recording } from './recording';
import { kerasSession } from './session';
import { shapeOf, symbolic, tensorsIn } from './tensor';

/** `layer(x)`. */
export function callLayer(called: Call): Value {
  const [layer, ...positional] = called.positional;
  const state = layer?.type === 'instance' ? layerState(layer) : undefined;
  if (layer?.type !== 'instance' || !state) return none;
  const call: Call = { ...called, positional };
  const session = kerasSession(call.interpreter);
  const keywords = new Map(call.keywords);
  const first = positional[0] ?? keywords.get('inputs') ?? [...keywords.values()][0] ?? none;
  const inputs = tensorsIn([...positional, ...keywords.values()]);
  if (inputs.length === 0 && !session.owner && state.graph === undefined && !takesNothing(first))
    return call.interpreter.unknown(`${state.name}(…)`, 'is computed outside of the graph');
  rememberShapes(layer, positional, call);
  return inScope(layer, state, call, () =>
    session.calling(layer, () => {
      const others = [...positional.slice(1), ...keywords.values()].filter((value) => symbolic(value));
      if (!state.built)
        buildLayer(
          layer,
          shapesOf(first, call),
          call,
          others.map((value) => shapesOf(value, call)),
        );
      const result = applyLayer(layer, state, call);
      if (!state.firstCall) {
        call.interpreter.journal.beforeChange(state);
        state.firstCall = { inputs: first, outputs: result };
      }
      return result;
    }),
  );
}

const takesNothing = (first: Value): boolean => first.type === 'none';

function applyLayer(layer: InstanceValue, state: LayerState, call: Call): Value {
  const own = findInClass(layer.cls, 'call');
  if (own?.type === 'function') return call.interpreter.call(own, { ...call, positional: [layer, ...call.positional] });
  if (state.lower) return state.lower({ layer, state, call });
  return new Recording(call, true).opaque(
    `\`${layer.cls.name}\` has no \`call\` that is understood.`,
    tensorsIn(call.positional),
    `those that \`${layer.cls.name}\` may have`,
  );
}

/** At the level of the module a call with an example tells the shape of the input. */
function rememberShapes(layer: InstanceValue, inputs: readonly Value[], call: Call): void {
  const session = kerasSession(call.interpreter);
  const shapes = inputs.map((input) => shapeOf(input));
  if (!session.owner && shapes.some((shape) => shape)) session.calls.set(layer, shapes);
}
