import { isKnown, multiplySizes, type Activation, type Dim, type OpOf, type RecurrentCell } from '../../../network';
import { none, tuple, type ClassValue, type Value } from '../../python/values';
import { unknownDraw, type Draw } from '../draw';
import { fromDim } from '../../frameworks/sizes';
import {
  layerClass,
  optional,
  type LayerDefinition,
  type LayerForward,
  type LayerSetup,
  type LayerUse,
} from './define';
import { isPacked, packed, sequenceOf } from './packed';

type Kind = 'RNN' | 'LSTM' | 'GRU';

const gatesOf: Readonly<Record<Kind, number>> = { RNN: 1, LSTM: 4, GRU: 3 };

function cellOf(kind: Kind, nonlinearity: string): RecurrentCell {
  const activation: Activation = { kind: 'tanh' };
  const gateActivation: Activation = { kind: 'sigmoid' };
  switch (kind) {
    case 'RNN':
      return { kind: 'plain', activation: nonlinearity === 'relu' ? { kind: 'relu' } : activation };
    case 'LSTM':
      return { kind: 'lstm', activation, gateActivation };
    case 'GRU':
      return { kind: 'gru', activation, gateActivation, gates: ['reset', 'update'], resetAfter: true };
  }
}

/** All parameters of a recurrent layer are U(±1/√H). */
function uniformBy(hiddenSize: Dim): Draw {
  if (!isKnown(hiddenSize)) return unknownDraw('its bound depends on the hidden size, which is not known');
  const bound = hiddenSize > 0 ? 1 / Math.sqrt(hiddenSize) : 0;
  return { kind: 'uniform', low: -bound, high: bound };
}

/** The weights of one direction of one layer, with their names' end. */
interface Direction {
  readonly suffix: string;
  readonly inputSize: Dim;
  readonly reverse: boolean;
}

interface Stack {
  readonly kind: Kind;
  readonly cell: RecurrentCell;
  readonly hiddenSize: Dim;
  /** Undefined without a projection. */
  readonly projection: Dim | undefined;
  readonly batchFirst: boolean;
  readonly dropout: number;
  /** Directions, layer by layer. */
  readonly layers: readonly (readonly Direction[])[];
}

function addDirection(
  { parameter, settings }: LayerSetup,
  stack: Omit<Stack, 'layers'>,
  { suffix, inputSize }: Direction,
): void {
  const { kind, hiddenSize, projection } = stack;
  const draw = uniformBy(hiddenSize);
  const gates = multiplySizes([gatesOf[kind], hiddenSize]);
  parameter(`weight_ih${suffix}`, 'weight', [gates, inputSize], ['out', 'in'], draw);
  parameter(`weight_hh${suffix}`, 'weight', [gates, projection ?? hiddenSize], ['out', 'in'], draw);
  if (settings.flag('bias', true)) {
    parameter(`bias_ih${suffix}`, 'bias', [gates], ['out'], draw);
    parameter(`bias_hh${suffix}`, 'bias', [gates], ['out'], draw);
  }
  if (projection !== undefined)
    parameter(`weight_hr${suffix}`, 'weight', [projection, hiddenSize], ['out', 'in'], draw);
}

const mostLayers = 256;

const recurrent = (kind: Kind): LayerDefinition => ({
  name: kind,
  parameters: [
    'input_size',
    'hidden_size',
    'num_layers',
    ...(kind === 'RNN' ? ['nonlinearity'] : []),
    'bias',
    'batch_first',
    'dropout',
    'bidirectional',
    ...(kind === 'LSTM' ? ['proj_size'] : []),
    'device',
    'dtype',
  ],
  make: (setup) => {
    const { settings, attribute } = setup;
    const inputSize = settings.dim('input_size');
    const hiddenSize = settings.dim('hidden_size');
    const projected = kind === 'LSTM' ? settings.number('proj_size', 0) : 0;
    const bidirectional = settings.flag('bidirectional', false);
    const base: Omit<Stack, 'layers'> = {
      kind,
      cell: cellOf(kind, kind === 'RNN' ? settings.text('nonlinearity', 'tanh') : 'tanh'),
      hiddenSize,
      projection: projected > 0 ? projected : undefined,
      batchFirst: settings.flag('batch_first', false),
      dropout: settings.number('dropout', 0),
    };
    const width = multiplySizes([bidirectional ? 2 : 1, base.projection ?? hiddenSize]);
    const count = Math.min(settings.number('num_layers', 1), mostLayers);
    const layers = Array.from({ length: count }, (_, layer): readonly Direction[] =>
      (bidirectional ? [false, true] : [false]).map((reverse) => ({
        suffix: `_l${layer}${reverse ? '_reverse' : ''}`,
        inputSize: layer === 0 ? inputSize : width,
        reverse,
      })),
    );
    for (const direction of layers.flat()) addDirection(setup, base, direction);
    attribute('input_size', fromDim(inputSize));
    attribute('hidden_size', fromDim(hiddenSize));
    return forwardOf({ ...base, layers });
  },
  methods: { flatten_parameters: () => none },
});

/** Batch first, whatever the layer takes; what it gives is turned back. */
function forwardOf(stack: Stack): LayerForward {
  return (use) => {
    const args = use.arguments(['input', 'hx']);
    const given = args.value('input');
    const rank = use.trace.shape(given)?.length;
    const packedIn = isPacked(given);
    const unbatched = !packedIn && rank === 2;
    const timeFirst = !packedIn && !unbatched && !stack.batchFirst;
    const lead = unbatched ? use.add({ kind: 'unsqueeze', axis: 0 }, [given]) : packedIn ? sequenceOf(given) : given;
    const x = timeFirst ? use.add({ kind: 'permute', axes: [1, 0, 2] }, [lead]) : lead;
    const { sequence, hidden, cell } = follow(stack, use, x, initialStates(use, args.get('hx'), unbatched));
    const output = packedIn
      ? packed(sequence, use.call)
      : timeFirst
        ? use.add({ kind: 'permute', axes: [1, 0, 2] }, [sequence])
        : unbatched
          ? use.add({ kind: 'squeeze', axes: [0] }, [sequence])
          : sequence;
    const stacked = (states: readonly Value[]): Value => {
      const all = use.add(
        { kind: 'concat', axis: 0 },
        states.map((state) => use.add({ kind: 'unsqueeze', axis: 0 }, [state])),
      );
      return unbatched ? use.add({ kind: 'squeeze', axes: [1] }, [all]) : all;
    };
    const last = stacked(hidden);
    return tuple([output, stack.kind === 'LSTM' ? tuple([last, stacked(cell)]) : last]);
  };
}

/** Layers·directions × B × H, of which each direction takes its own. */
interface States {
  readonly hidden: Value | undefined;
  readonly cell: Value | undefined;
}

function initialStates(use: LayerUse, given: Value | undefined, unbatched: boolean): States {
  if (!given || given.type === 'none') return { hidden: undefined, cell: undefined };
  const parts = given.type === 'tuple' || given.type === 'list' ? given.items : [given];
  const [hidden, cell] = parts.map((part) => (unbatched ? use.add({ kind: 'unsqueeze', axis: 1 }, [part]) : part));
  return { hidden, cell };
}

interface Followed {
  readonly sequence: Value;
  /** The last states, one a direction. */
  readonly hidden: readonly Value[];
  readonly cell: readonly Value[];
}

function follow(stack: Stack, use: LayerUse, input: Value, states: States): Followed {
  let x = input;
  const hidden: Value[] = [];
  const cell: Value[] = [];
  for (const [layer, directions] of stack.layers.entries()) {
    const outputs = directions.map((direction) => {
      const initial = [states.hidden, states.cell].flatMap((state) =>
        state ? [stateOf(use, state, hidden.length)] : [],
      );
      const op = operation(stack, use, direction);
      if (!op) return use.opaque('A weight of this recurrent layer is not a parameter.', [x]);
      const sequence = use.add({ ...op, result: 'sequence' }, [x, ...initial]);
      hidden.push(endOf(use, sequence, direction.reverse));
      if (stack.kind === 'LSTM') cell.push(use.add({ ...op, result: 'cell' }, [x, ...initial]));
      return sequence;
    });
    const [only] = outputs;
    x = outputs.length === 1 && only ? only : use.add({ kind: 'concat', axis: -1 }, outputs);
    if (stack.dropout > 0 && layer < stack.layers.length - 1)
      x = use.add({ kind: 'dropout', rate: stack.dropout, variant: 'element' }, [x]);
  }
  return { sequence: x, hidden, cell };
}

/** One direction's B×H of the initial states. */
function stateOf(use: LayerUse, states: Value, place: number): Value {
  const own = use.add({ kind: 'slice', axis: 0, start: place, end: place + 1, step: 1 }, [states]);
  return use.add({ kind: 'squeeze', axes: [0] }, [own]);
}

/** The last hidden state of a direction: it ends where it began to read from the other side. */
function endOf(use: LayerUse, sequence: Value, reverse: boolean): Value {
  const end: OpOf<'slice'> = reverse
    ? { kind: 'slice', axis: 1, start: 0, end: 1, step: 1 }
    : { kind: 'slice', axis: 1, start: -1, step: 1 };
  return use.add({ kind: 'squeeze', axes: [1] }, [use.add(end, [sequence])]);
}

function operation(
  { cell, hiddenSize, projection }: Omit<Stack, 'layers'>,
  { path }: LayerUse,
  { suffix, inputSize, reverse }: Direction,
): Omit<OpOf<'recurrent'>, 'result'> | undefined {
  const inputWeight = path(`weight_ih${suffix}`);
  const recurrentWeight = path(`weight_hh${suffix}`);
  const projectionWeight = path(`weight_hr${suffix}`);
  if (inputWeight === undefined || recurrentWeight === undefined) return undefined;
  if (projection !== undefined && projectionWeight === undefined) return undefined;
  return {
    kind: 'recurrent',
    cell,
    inputSize,
    hiddenSize,
    reverse,
    inputWeight,
    recurrentWeight,
    ...optional('inputBias', path(`bias_ih${suffix}`)),
    ...optional('recurrentBias', path(`bias_hh${suffix}`)),
    ...(projection !== undefined && projectionWeight !== undefined
      ? { projection: { size: projection, weight: projectionWeight } }
      : {}),
  };
}

/** One step of a recurrent layer: a sequence of one. */
const recurrentCell = (kind: Kind): LayerDefinition => ({
  name: `${kind}Cell`,
  parameters: ['input_size', 'hidden_size', 'bias', ...(kind === 'RNN' ? ['nonlinearity'] : []), 'device', 'dtype'],
  make: (setup) => {
    const { settings } = setup;
    const inputSize = settings.dim('input_size');
    const hiddenSize = settings.dim('hidden_size');
    const base: Omit<Stack, 'layers'> = {
      kind,
      cell: cellOf(kind, kind === 'RNN' ? settings.text('nonlinearity', 'tanh') : 'tanh'),
      hiddenSize,
      projection: undefined,
      batchFirst: true,
      dropout: 0,
    };
    const direction: Direction = { suffix: '', inputSize, reverse: false };
    addDirection(setup, base, direction);
    return (use) => {
      const args = use.arguments(['input', 'hx']);
      const op = operation(base, use, direction);
      if (!op) return use.opaque('A weight of this recurrent cell is not a parameter.');
      if (use.trace.shape(use.x)?.length === 1) return use.opaque('A recurrent cell without a batch is not followed.');
      const given = args.get('hx');
      const states =
        !given || given.type === 'none' ? [] : given.type === 'tuple' || given.type === 'list' ? given.items : [given];
      const inputs = [use.add({ kind: 'unsqueeze', axis: 1 }), ...states];
      const hidden = use.add({ ...op, result: 'hidden' }, inputs);
      return kind === 'LSTM' ? tuple([hidden, use.add({ ...op, result: 'cell' }, inputs)]) : hidden;
    };
  },
});

const kinds: readonly Kind[] = ['RNN', 'LSTM', 'GRU'];

export const recurrentClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  [...kinds.map(recurrent), ...kinds.map(recurrentCell)].map((definition) => [definition.name, layerClass(definition)]),
);
