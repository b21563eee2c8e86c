import {
  isKnown,
  type Activation,
  type Dim,
  type Distribution,
  type Op,
  type RecurrentCell,
  type Shape,
} from '../../../network';
import { multiplySizes } from '../../../network/size';
import { bool, ListValue, none, text, type Call, type InstanceValue, type Value } from '../../python/values';
import { toDim } from '../../frameworks/sizes';
import { activationOf } from '../activations';
import { drawOf } from '../initializers';
import { addVariable, buildLayer } from '../layer';
import { isLayer, layerState } from '../layerState';
import { fromKerasShape } from '../sizes';
import { shapeOf, symbolic, variableState } from '../tensor';
import type { Draw } from '../variable';
import { kerasLayer, lastSize, optional, type Building, type LayerDefinition, type Made, type Using } from './define';

type Kind = 'SimpleRNN' | 'LSTM' | 'GRU';

/** How many matrices stand side by side in the kernels of a cell. */
const gates: Readonly<Record<Kind, number>> = { SimpleRNN: 1, LSTM: 4, GRU: 3 };

const cellParameters: Readonly<Record<Kind, readonly string[]>> = {
  SimpleRNN: ['units', 'activation', 'use_bias', 'kernel_initializer', 'recurrent_initializer', 'bias_initializer'],
  LSTM: [
    'units',
    'activation',
    'recurrent_activation',
    'use_bias',
    'kernel_initializer',
    'recurrent_initializer',
    'bias_initializer',
    'unit_forget_bias',
  ],
  GRU: [
    'units',
    'activation',
    'recurrent_activation',
    'use_bias',
    'kernel_initializer',
    'recurrent_initializer',
    'bias_initializer',
  ],
};

/** Given by name only, as far as people do. */
const dropouts = ['dropout', 'recurrent_dropout'];
const sequenceParameters = ['return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll'];

function cellWeights(kind: Kind, { settings, args, shape, weight, layer, call }: Building): void {
  const units = settings.dim('units');
  const wide = multiplySizes([gates[kind], units]);
  weight({
    name: 'kernel',
    shape: [lastSize(shape), wide],
    role: 'weight',
    axes: ['in', 'out'],
    initializer: 'kernel_initializer',
    fallback: 'glorot_uniform',
  });
  weight({
    name: 'recurrent_kernel',
    shape: [units, wide],
    role: 'weight',
    axes: ['in', 'out'],
    initializer: 'recurrent_initializer',
    fallback: 'orthogonal',
  });
  if (!settings.flag('use_bias', true)) return;
  const twice = kind === 'GRU' && settings.flag('reset_after', true);
  const given = drawOf(args.get('bias_initializer'), 'zeros', call);
  const forget = kind === 'LSTM' && settings.flag('unit_forget_bias', true);
  const drawn = forget ? { ...given, draw: withForgetBias(given.draw, units) } : given;
  addVariable(
    layer,
    'bias',
    'bias',
    {
      shape: twice ? [2, wide] : [wide],
      role: 'bias',
      axes: twice ? ['feature', 'out'] : ['out'],
      trained: true,
      drawn,
    },
    call,
  );
}

/** The gates are i, f, c, o; the forget gate's bias is one. */
function withForgetBias(draw: Draw, units: Dim): Draw {
  return (shape, axes): Distribution => {
    if (!isKnown(units)) return { kind: 'unknown', reason: 'its parts are of sizes that are not known' };
    const part = (count: number): Distribution => draw([count * units], axes);
    return {
      kind: 'partitioned',
      axis: shape.length - 1,
      parts: [
        { size: units, distribution: part(1) },
        { size: units, distribution: { kind: 'constant', value: 1 } },
        { size: 2 * units, distribution: part(2) },
      ],
    };
  };
}

/** The layer of one step. It is a layer of its own: its variables stand under its name. */
const cellDefinition = (kind: Kind): LayerDefinition => ({
  name: `${kind}Cell`,
  parameters: [...cellParameters[kind], ...dropouts, 'reset_after'],
  build: (building) => cellWeights(kind, building),
  call: ({ opaque }) => opaque(`A ${kind}Cell by itself is not understood yet.`),
});

const cells = {
  SimpleRNN: kerasLayer(cellDefinition('SimpleRNN')),
  LSTM: kerasLayer(cellDefinition('LSTM')),
  GRU: kerasLayer(cellDefinition('GRU')),
} as const;

/** What one of our cells computes; undefined where its activations are not known. */
function cellOf(kind: Kind, { args, settings }: Made): RecurrentCell | undefined {
  const named = (name: string, fallback: Activation): Activation | undefined => {
    const given = args.get(name);
    return given ? activationOf(given) : fallback;
  };
  const activation = named('activation', { kind: 'tanh' });
  const gateActivation = named('recurrent_activation', { kind: 'sigmoid' });
  if (!activation || !gateActivation) return undefined;
  switch (kind) {
    case 'SimpleRNN':
      return { kind: 'plain', activation };
    case 'LSTM':
      return { kind: 'lstm', activation, gateActivation };
    case 'GRU':
      return {
        kind: 'gru',
        activation,
        gateActivation,
        gates: ['update', 'reset'],
        resetAfter: settings.flag('reset_after', true),
      };
  }
}

/** `LSTM(units)`: a cell, and the loop over the steps. */
const recurrent = (kind: Kind): LayerDefinition => ({
  name: kind,
  parameters: [...cellParameters[kind], ...dropouts, 'seed', ...sequenceParameters, 'reset_after'],
  initialise: ({ layer, state, args, call }) => {
    const keywords = new Map<string, Value>();
    for (const name of [...cellParameters[kind], 'reset_after', ...dropouts]) {
      const value = args.get(name);
      if (value) keywords.set(name, value);
    }
    keywords.set('name', text(`${snakeNames[kind]}_cell`));
    const cell = call.interpreter.call(cells[kind], { positional: [], keywords });
    if (!isLayer(cell)) return;
    layer.attributes.set('cell', cell, call.interpreter.journal);
    state.layers = [cell];
  },
  build: ({ state, shape, call }) => {
    const [cell] = state.layers;
    if (cell) buildLayer(cell, stepShape(shape, call), call);
  },
  call: (using) => {
    const [cell] = using.state.layers;
    const made = cellOf(kind, using);
    return cell && made ? overTime(using, cell, made) : using.opaque(`The activation of this ${kind} is not known.`);
  },
});

const snakeNames: Readonly<Record<Kind, string>> = { SimpleRNN: 'simple_rnn', LSTM: 'lstm', GRU: 'gru' };

/** B×T×F without the steps. */
function stepShape(shape: Shape | undefined, call: Call): Value {
  const [batch, , ...features] = shape ?? [];
  return batch === undefined
    ? call.interpreter.unknown('input_shape', 'is not known here')
    : fromKerasShape([batch, ...features]);
}

function overTime(using: Using, cell: InstanceValue, made: RecurrentCell): Value {
  const { settings, shape, recording, x, use } = using;
  const variables = layerState(cell)?.variables;
  const key = (name: string): string | undefined => variableState(variables?.get(name))?.key;
  const bias = key('bias');
  const base: Omit<Extract<Op, { kind: 'recurrent' }>, 'result'> = {
    kind: 'recurrent',
    cell: made,
    inputSize: lastSize(shape),
    hiddenSize: settings.dim('units'),
    reverse: settings.flag('go_backwards', false),
    inputWeight: key('kernel') ?? '',
    recurrentWeight: key('recurrent_kernel') ?? '',
    ...optional('inputBias', bias),
    // Two rows of one variable: the first goes with the inputs, the second with the state.
    ...(made.kind === 'gru' && made.resetAfter ? optional('recurrentBias', bias) : {}),
  };
  const initial = initialStates(use);
  if (!initial) return using.opaque('The initial state of this layer is not known.');
  const inputs = [recording.natural(x), ...initial.map((state) => recording.natural(state))];
  const output = (result: 'sequence' | 'hidden' | 'cell'): Value => recording.add({ ...base, result }, inputs);
  const sequences = settings.flag('return_sequences', false);
  const flipped = (value: Value): Value =>
    base.reverse ? recording.add({ kind: 'flip', axes: [1] }, [recording.natural(value)]) : value;
  // Of a sequence that is gone through backwards Keras gives the steps in that order.
  const main = sequences ? flipped(output('sequence')) : output('hidden');
  if (!settings.flag('return_state', false)) return main;
  return new ListValue([main, output('hidden'), ...(made.kind === 'lstm' ? [output('cell')] : [])]);
}

/** Tensors that are given as `initial_state`; undefined where something else is. */
function initialStates(use: Call): readonly Value[] | undefined {
  const given = use.keywords.get('initial_state') ?? use.positional[1] ?? none;
  if (given.type === 'none') return [];
  const states = given.type === 'list' || given.type === 'tuple' ? given.items : [given];
  return states.every((state) => symbolic(state)) ? states : undefined;
}

/** Cells one after the other at every step. */
const stacked = kerasLayer({
  name: 'StackedRNNCells',
  parameters: ['cells'],
  initialise: ({ state, args }) => {
    state.layers = listOf(args.get('cells')).filter(isLayer);
  },
  build: ({ state, shape, call }) => {
    let features = shape;
    for (const cell of state.layers) {
      if (!layerState(cell)?.built)
        buildLayer(
          cell,
          features ? fromKerasShape(features) : call.interpreter.unknown('input_shape', 'is not known here'),
          call,
        );
      const units = cell.attributes.get('units') ?? cell.attributes.get('state_size');
      const [batch] = shape ?? [];
      features = units && batch !== undefined ? [batch, toDim(units)] : undefined;
    }
  },
  call: ({ opaque }) => opaque('Stacked cells by themselves are not understood yet.'),
});

/** Any cell, our own or one of the source. */
const rnn: LayerDefinition = {
  name: 'RNN',
  parameters: ['cell', ...sequenceParameters],
  initialise: ({ state, args, call }) => {
    const given = args.get('cell') ?? none;
    const several = given.type === 'list' || given.type === 'tuple';
    const cell = several ? call.interpreter.apply(stacked, given) : given;
    if (isLayer(cell)) state.layers = [cell];
  },
  build: ({ state, shape, call }) => {
    const [cell] = state.layers;
    if (cell && !layerState(cell)?.built) buildLayer(cell, stepShape(shape, call), call);
  },
  call: ({ opaque }) => opaque('A loop over the steps of a cell is not understood yet.'),
};

/** Two layers, the second from the back: its own name, and theirs with what they are before. */
const bidirectional: LayerDefinition = {
  name: 'Bidirectional',
  parameters: ['layer', 'merge_mode', 'weights', 'backward_layer'],
  initialise: ({ layer: wrapper, state, args, call }) => {
    const { interpreter } = call;
    const forward = args.get('layer');
    if (!isLayer(forward)) return;
    const own = layerState(forward)?.name ?? '';
    const given = args.get('backward_layer');
    const first = copyOf(forward, prefixed('forward_', own), false, call);
    const second = isLayer(given) ? given : copyOf(forward, prefixed('backward_', own), true, call);
    if (!first || !second) return;
    wrapper.attributes.set('forward_layer', first, interpreter.journal);
    wrapper.attributes.set('backward_layer', second, interpreter.journal);
    state.layers = [first, second];
  },
  build: ({ state, shapes, call }) => {
    for (const layer of state.layers) if (!layerState(layer)?.built) buildLayer(layer, shapes, call);
  },
  call: (using) => {
    const { state, recording, settings, use, x, opaque } = using;
    const [first, second] = state.layers;
    if (!first || !second) return opaque('What goes both ways here is not a layer that is understood.');
    const [there, back] = [first, second].map((layer) => use.interpreter.apply(layer, x));
    const [one, ...states] = listOf(there);
    const [other, ...more] = listOf(back);
    if (!one || !other) return opaque('What this layer gives is not known.');
    const turned =
      shapeOf(other)?.length === 3 ? recording.add({ kind: 'flip', axes: [1] }, [recording.natural(other)]) : other;
    const merged = mergedBy(settings.text('merge_mode', 'concat'), one, turned, using);
    return states.length + more.length > 0 ? new ListValue([merged, ...states, ...more]) : merged;
  },
};

const prefixed = (prefix: string, name: string): string => (name.startsWith(prefix) ? name : prefix + name);

function listOf(value: Value | undefined): readonly Value[] {
  if (!value) return [];
  return value.type === 'list' || value.type === 'tuple' ? value.items : [value];
}

function mergedBy(mode: string, one: Value, other: Value, { recording, opaque }: Using): Value {
  const both = [recording.natural(one), recording.natural(other)];
  switch (mode) {
    case 'concat':
      return recording.add({ kind: 'concat', axis: -1 }, both);
    case 'sum':
      return recording.add({ kind: 'add' }, both);
    case 'mul':
      return recording.add({ kind: 'multiply' }, both);
    case 'ave':
      return recording.pointwise({ kind: 'affine', factor: 0.5, offset: 0 }, recording.add({ kind: 'add' }, both));
    default:
      return opaque('This way to merge both directions is not understood.');
  }
}

/** A layer made anew as another was, under another name. Undefined for one whose making is not known. */
function copyOf(
  layer: InstanceValue,
  name: string,
  backwards: boolean,
  { interpreter }: Call,
): InstanceValue | undefined {
  const keywords = new Map<string, Value>([...layer.attributes.entries()].filter(([key]) => key !== 'cell'));
  keywords.set('name', text(name));
  if (backwards) keywords.set('go_backwards', bool(true));
  const { site } = interpreter;
  interpreter.site = layer.site;
  const made = interpreter.call(layer.cls, { positional: [], keywords });
  interpreter.site = site;
  return isLayer(made) ? made : undefined;
}

/** A layer for every step: its variables stand under its own name. */
const timeDistributed: LayerDefinition = {
  name: 'TimeDistributed',
  parameters: ['layer'],
  initialise: ({ state, args }) => {
    const inner = args.get('layer');
    if (isLayer(inner)) state.layers = [inner];
  },
  build: ({ state, shape, call }) => {
    const [inner] = state.layers;
    if (inner && !layerState(inner)?.built) buildLayer(inner, stepShape(shape, call), call);
  },
  call: ({ state, shape, recording, use, x, opaque }) => {
    const [inner] = state.layers;
    const [batch, steps, ...sample] = shape ?? [];
    if (!inner || batch === undefined || steps === undefined) return opaque('What is done at every step is not known.');
    // Steps and batch as one axis, and apart again.
    const rows = recording.add({ kind: 'reshape', shape: [-1, ...sample] }, [recording.natural(x)]);
    const result = use.interpreter.apply(inner, rows);
    const after = shapeOf(result);
    if (!after) return opaque('The shape of what is done at every step is not known.');
    return recording.add({ kind: 'reshape', shape: [-1, steps, ...after.slice(1)] }, [recording.natural(result)]);
  },
};

export const recurrentLayers: readonly LayerDefinition[] = [
  recurrent('SimpleRNN'),
  recurrent('LSTM'),
  recurrent('GRU'),
  rnn,
  bidirectional,
  timeDistributed,
];

export const cellClasses = {
  SimpleRNNCell: cells.SimpleRNN,
  LSTMCell: cells.LSTM,
  GRUCell: cells.GRU,
  StackedRNNCells: stacked,
};
