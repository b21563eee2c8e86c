import type { Shape } from '../../../network';
import type { Weight } from '../../kerasLayers/define';
import { keras } from '../../kerasLayers/dialect';
import { drawnAs } from '../../kerasLayers/drawn';
import type { Settings } from '../../kerasLayers/settings';
import { CallArguments } from '../../python/arguments';
import { builtinClass } from '../../python/classes';
import { none, type Call, type ClassValue, type InstanceValue, type Value } from '../../python/values';
import { initialiseLayer } from '../layer';
import { addVariable } from '../weights';
import { layerClass, layerState, type LayerState } from '../layerState';
import { Recording } from '../recording';
import { ArgumentSettings } from '../settings';
import { toKerasShape } from '../sizes';
import { shapeOf, symbolic, tensorsIn } from '../tensor';

/** What a layer of ours was made with. */
export interface Made {
  readonly layer: InstanceValue;
  readonly state: LayerState;
  readonly args: CallArguments;
  readonly settings: Settings;
  /** The call that made it. */
  readonly call: Call;
}

/** What the building of a layer works with. */
export interface Building extends Made {
  /** Of its only or first input, in Keras' order; undefined where it is not known. */
  readonly shape: Shape | undefined;
  /** Of all inputs, as Keras hands them to `build`. */
  readonly shapes: Value;
  readonly weight: (weight: Weight) => void;
}

/** One use of a layer of ours. */
export interface Using extends Made {
  readonly use: Call;
  readonly recording: Recording;
  /** The first argument; of several tensors the first. */
  readonly x: Value;
  /** Of `x`, where it is one tensor. */
  readonly shape: Shape | undefined;
  readonly opaque: (reason: string) => Value;
}

/** A layer of ours that only Python has, or that works on other layers there. */
export interface LiveLayer {
  readonly name: string;
  /** The names of the constructor's parameters, in order. */
  readonly parameters: readonly string[];
  /** Run when an instance is made. */
  readonly initialise?: (made: Made) => void;
  readonly build?: (building: Building) => void;
  readonly call: (using: Using) => Value;
  /** Why it has variables that are not listed. */
  readonly unlisted?: string | undefined;
}

/** A class of `keras.layers`. */
export function kerasLayer(definition: LiveLayer): ClassValue {
  const { name, parameters } = definition;
  return builtinClass(name, [layerClass], {
    __init__: (call) => {
      const [layer] = call.positional;
      const state = layer?.type === 'instance' ? layerState(layer) : undefined;
      if (layer?.type !== 'instance' || !state) return none;
      initialiseLayer(call);
      const args = new CallArguments(call, parameters, 1);
      const settings = new ArgumentSettings(name, args);
      const made: Made = { layer, state, args, settings, call };
      for (const parameter of parameters) {
        const value = args.get(parameter);
        if (value) layer.attributes.set(parameter, value, call.interpreter.journal);
      }
      definition.initialise?.(made);
      state.make = (shapes) => build(definition, made, shapes);
      state.lower = (use) => {
        const using = usingOf(definition, made, use.call);
        const result = definition.call(using);
        const { doubt } = settings;
        return doubt === undefined ? result : using.opaque(doubt);
      };
      return none;
    },
  });
}

function build(definition: LiveLayer, made: Made, shapes: Value): void {
  const { layer, settings, call } = made;
  definition.build?.({
    ...made,
    shape: firstShape(shapes, call),
    shapes,
    weight: (weight) => {
      const { name, shape, role, axes, trained = true } = weight;
      addVariable(layer, name, name, { shape, role, axes, trained, drawn: drawnAs(weight, settings, keras) }, call);
    },
  });
}

/** The only shape, or the first of several. */
function firstShape(shapes: Value, call: Call): Shape | undefined {
  const several =
    shapes.type === 'list' || (shapes.type === 'tuple' && shapes.items.some((item) => item.type === 'tuple'));
  const first = several ? shapes.items[0] : shapes;
  const nested = shapes.type === 'list' && first?.type !== 'tuple' && first?.type !== 'list' ? shapes : first;
  return nested && toKerasShape(call.interpreter, nested, true);
}

function usingOf({ unlisted }: LiveLayer, made: Made, use: Call): Using {
  const recording = new Recording(use, true);
  const first = firstArgument(use);
  const tensors = tensorsIn([first]);
  const x = symbolic(first) ? first : (tensors[0] ?? first);
  return {
    ...made,
    use,
    recording,
    x,
    shape: shapeOf(x),
    opaque: (reason) => recording.opaque(reason, tensors, unlisted),
  };
}

/** What a layer is called with: one tensor, or several in a list. */
export function firstArgument({ positional, keywords }: Call): Value {
  return positional[0] ?? keywords.get('inputs') ?? [...keywords.values()][0] ?? none;
}
