import type { AxisRole, Dim, Op, ParameterRole, Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { builtinClass } from '../../python/classes';
import { none, reasonOf, type Call, type ClassValue, type InstanceValue, type Value } from '../../python/values';
import { Settings } from '../../frameworks/sizes';
import { applyActivation } from '../activations';
import { drawOf } from '../initializers';
import { addVariable, initialiseLayer } from '../layer';
import { layerClass, layerState, type LayerState } from '../layerState';
import { Recording } from '../recording';
import { toKerasShape } from '../sizes';
import { shapeOf, symbolic, tensorsIn, variableState } from '../tensor';

/** A variable that a layer makes. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly role: ParameterRole;
  readonly axes: readonly AxisRole[];
  /** The argument of the constructor that says what it is drawn by, and what it is drawn by where that is not given. */
  readonly initializer: string | undefined;
  readonly fallback: string;
  /** False for what is saved but not trained. */
  readonly trained?: false;
}

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
  readonly weight: (weight: Weight) => InstanceValue | undefined;
}

/** One use of a layer of ours. */
export interface Using extends Made {
  readonly use: Call;
  readonly recording: Recording;
  /** The first argument, as it is given. */
  readonly x: Value;
  /** Of `x`, where it is one tensor. */
  readonly shape: Shape | undefined;
  /** All tensors among the first argument. */
  readonly tensors: readonly InstanceValue[];
  /** What the operations call a variable of the layer; undefined where it has none of that name. */
  readonly key: (name: string) => string | undefined;
  /** One input, stored as it is, to one output. */
  readonly pointwise: (op: Op) => Value;
  /** One input with channels first. */
  readonly spatial: (op: Op) => Value;
  /** One input in Keras' order. */
  readonly natural: (op: Op) => Value;
  /** What the constructor's argument `activation` makes of it. */
  readonly activated: (x: Value) => Value;
  readonly opaque: (reason: string) => Value;
}

export interface LayerDefinition {
  readonly name: string;
  /** The names of the constructor's parameters, in order. */
  readonly parameters: readonly string[];
  /** Run when an instance is made. */
  readonly initialise?: (made: Made) => void;
  readonly build?: (building: Building) => void;
  readonly call: (using: Using) => Value;
  /** Why it has variables that are not listed. */
  readonly unlisted?: string;
}

/** A class of `keras.layers`. */
export function kerasLayer(definition: LayerDefinition, bases: readonly ClassValue[] = [layerClass]): ClassValue {
  const { name, parameters } = definition;
  return builtinClass(name, bases, {
    __init__: (call) => {
      const [layer] = call.positional;
      const state = layer?.type === 'instance' ? layerState(layer) : undefined;
      if (layer?.type !== 'instance' || !state) return none;
      initialiseLayer(call);
      const doubts: string[] = [];
      const args = new CallArguments(call, parameters, 1);
      const settings = new Settings(args, (setting, value) =>
        doubts.push(`\`${setting}\` of ${name} is not known${value.type === 'unknown' ? `: ${reasonOf(value)}` : ''}.`),
      );
      const made: Made = { layer, state, args, settings, call };
      for (const parameter of parameters) {
        const value = args.get(parameter);
        if (value) layer.attributes.set(parameter, value, call.interpreter.journal);
      }
      definition.initialise?.(made);
      state.make = (shapes) => build(definition, made, shapes);
      state.lower = (use) => {
        const using = usingOf(made, use.call);
        const result = definition.call(using);
        const [doubt] = doubts;
        return doubt === undefined ? result : using.opaque(doubt);
      };
      return none;
    },
  });
}

function build(definition: LayerDefinition, made: Made, shapes: Value): void {
  const shape = firstShape(shapes, made.call);
  definition.build?.({
    ...made,
    shape,
    shapes,
    weight: ({ name, shape: sizes, role, axes, initializer, fallback, trained = true }) => {
      const given = initializer === undefined ? undefined : made.args.get(initializer);
      const drawn = drawOf(given, fallback, made.call);
      return addVariable(made.layer, name, name, { shape: sizes, role, axes, trained, drawn }, made.call);
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

function usingOf(made: Made, use: Call): Using {
  const recording = new Recording(use, true);
  const x = use.positional[0] ?? use.keywords.get('inputs') ?? [...use.keywords.values()][0] ?? none;
  const tensors = tensorsIn([x]);
  const [only] = tensors;
  const input = symbolic(x) ? x : (only ?? x);
  return {
    ...made,
    use,
    recording,
    x: input,
    tensors,
    shape: shapeOf(input),
    key: (name) => variableState(made.state.variables.get(name))?.key,
    pointwise: (op) => recording.pointwise(op, input),
    spatial: (op) => recording.add(op, [recording.first(input)], true),
    natural: (op) => recording.add(op, [recording.natural(input)]),
    activated: (value) => {
      const activation = made.args.get('activation');
      return activation ? applyActivation(activation, value, recording) : value;
    },
    opaque: (reason) => recording.opaque(reason, tensors),
  };
}

/** `{ [field]: key }` where there is such a variable, for the optional fields of an operation. */
export function optional<K extends string>(field: K, key: string | undefined): Partial<Record<K, string>> {
  return key === undefined ? {} : ({ [field]: key } as Record<K, string>);
}

/** The channels of Keras' pictures: the last axis. */
export function lastSize(shape: Shape | undefined): Dim {
  return shape?.at(-1) ?? { symbol: '?', reason: 'the shape of the input is not known' };
}

/** `data_format='channels_first'`: Keras' order is that of the network. */
export function channelsFirstGiven(settings: Settings): boolean {
  return settings.text('data_format', 'channels_last') === 'channels_first';
}
