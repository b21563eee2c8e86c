import type { AxisRole, ParameterRole, Shape } from '../../network';
import { notKnown } from '../kerasLayers/initializers';
import { CallArguments } from '../python/arguments';
import { bool, none, type Call, type InstanceValue, type Value } from '../python/values';
import { inScope } from './building';
import { variablesOf } from './held';
import { drawOf } from './initializers';
import { layerState } from './layerState';
import { kerasSession } from './session';
import { toKerasShape } from './sizes';
import { makeVariable, variableState } from './tensor';
import { VariableState, type DrawState } from './variable';

/** A variable of a layer, under the path where its name scope stands. */
export function addVariable(
  layer: InstanceValue,
  name: string,
  attribute: string,
  fields: {
    readonly shape: Shape;
    readonly role: ParameterRole;
    readonly axes: readonly AxisRole[];
    readonly trained: boolean;
    readonly drawn: DrawState;
  },
  call: Call,
): InstanceValue | undefined {
  const state = layerState(layer);
  if (!state) return undefined;
  const { interpreter } = call;
  return inScope(layer, state, call, () => {
    const session = kerasSession(interpreter);
    const path = `${session.path}/${name}`;
    const key = session.paths.next(path, interpreter.journal);
    const variable = makeVariable(
      new VariableState(path, key, fields.shape, fields.role, fields.axes, fields.trained, fields.drawn),
      call.site,
    );
    interpreter.journal.beforeChange(state);
    state.variables = new Map([...state.variables, [state.variables.has(attribute) ? key : attribute, variable]]);
    if (state.lower) layer.attributes.set(attribute, variable, interpreter.journal);
    session.progress++;
    return variable;
  });
}

const weightParameters = [
  'shape',
  'initializer',
  'dtype',
  'trainable',
  'autocast',
  'regularizer',
  'constraint',
  'aggregation',
  'overwrite_with_gradient',
  'name',
];

/** `self.add_weight(shape=…, initializer=…, name=…)`; Keras 2 takes the name first. */
export function addWeight(call: Call): Value {
  const [layer, first] = call.positional;
  const { interpreter } = call;
  if (layer?.type !== 'instance') return none;
  const names = first?.type === 'str' ? ['name', ...weightParameters] : weightParameters;
  const args = new CallArguments(call, names, 1);
  const given = args.get('shape');
  const shape = given ? toKerasShape(interpreter, given, false) : [];
  const name = args.get('name');
  const trainable = args.get('trainable') ?? bool(true);
  const trained = interpreter.truth(trainable);
  const spelled =
    name?.type === 'str' ? name.value : kerasSession(interpreter).names.next('variable', interpreter.journal);
  const known: Shape = shape ?? [{ symbol: '?', reason: `the shape of \`${spelled}\` is not known` }];
  return (
    addVariable(
      layer,
      spelled,
      spelled,
      {
        shape: known,
        role: known.length < 2 ? 'scalar' : 'weight',
        axes: known.map(() => 'feature'),
        trained: trained === true,
        drawn: { ...drawOf(args.get('initializer'), 'glorot_uniform', call) },
      },
      call,
    ) ?? none
  );
}

/** Weights from somewhere else: nothing is drawn any more as it was. */
export function loadWeights(call: Call): Value {
  const [layer] = call.positional;
  if (layer?.type !== 'instance') return none;
  for (const variable of variablesOf(layer)) {
    const state = variableState(variable);
    if (!state) continue;
    call.interpreter.journal.beforeChange(state);
    state.draw = notKnown('the weights are loaded from elsewhere');
  }
  return none;
}
