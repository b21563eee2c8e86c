import type { Activation, Dim, RecurrentCell } from '../../../network';
import { multiplySizes } from '../../../network/size';
import { activationNamed } from '../activations';
import {
  channelsFirstGiven,
  lastSize,
  notGiven,
  optional,
  type Building,
  type LayerDefinition,
  type Using,
  type Weight,
} from '../define';
import type { Dialect } from '../dialect';
import { withOpenForgetGate } from '../initializers';
import type { Settings } from '../settings';
import type { LayerTensor } from '../tensor';

type CellKind = RecurrentCell['kind'];
const gates: Readonly<Record<CellKind, number>> = { plain: 1, gru: 3, lstm: 4 };

/** in×gates·units, units×gates·units and gates·units. */
function cellWeights({ settings, shape, dialect, weight }: Building, cell: CellKind): void {
  const units = settings.dim('units');
  const wide = multiplySizes([gates[cell], units]);
  weight({
    name: 'kernel',
    shape: [lastSize(shape, settings), wide],
    role: 'weight',
    axes: ['in', 'out'],
    initializer: 'kernel_initializer',
    fallback: dialect.kernelInitializer,
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
  const twice = cell === 'gru' && settings.flag('reset_after', dialect.resetAfter);
  weight({
    name: 'bias',
    shape: twice ? [2, wide] : [wide],
    role: 'bias',
    axes: twice ? ['feature', 'out'] : ['out'],
    initializer: 'bias_initializer',
    fallback: 'zeros',
    ...(cell === 'lstm' ? forgetGate(settings, dialect) : {}),
  });
}

function forgetGate(settings: Settings, { unitForgetBias }: Dialect): Pick<Weight, 'adjust'> {
  return settings.flag('unit_forget_bias', unitForgetBias) ? { adjust: withOpenForgetGate } : {};
}

/** The cell, or why it is not understood. */
function cellOf(kind: CellKind, settings: Settings, dialect: Dialect): RecurrentCell | string {
  const activation = namedActivation(settings, 'activation', 'tanh', dialect);
  const gateActivation = namedActivation(settings, 'recurrent_activation', dialect.recurrentActivation, dialect);
  if (!activation || !gateActivation) return 'The activation of this recurrent layer is not understood.';
  if (settings.number('recurrent_dropout', 0) > 0) return 'Dropout within a recurrent layer is not understood yet.';
  switch (kind) {
    case 'plain':
      return { kind, activation };
    case 'lstm':
      return { kind, activation, gateActivation };
    case 'gru':
      return {
        kind,
        activation,
        gateActivation,
        gates: ['update', 'reset'],
        resetAfter: settings.flag('reset_after', dialect.resetAfter),
      };
  }
}

/** Given as nothing it is linear. */
function namedActivation(settings: Settings, name: string, fallback: string, dialect: Dialect): Activation | undefined {
  const given = settings.given(name);
  if (given === null) return dialect.name === 'keras' ? { kind: 'linear' } : activationNamed(fallback, dialect);
  return activationNamed(settings.text(name, fallback), dialect);
}

/** What one direction of a recurrent layer gives. */
export interface Direction {
  readonly using: Using;
  readonly cell: CellKind;
  readonly reverse: boolean;
  readonly key: Using['key'];
  readonly sequences: boolean;
}

/** The sequence or the last hidden state. */
export function runRecurrent({ using, cell: kind, reverse, key, sequences }: Direction): LayerTensor {
  const { settings, dialect, recording, inputs, x, shape } = using;
  const cell = cellOf(kind, settings, dialect);
  if (typeof cell === 'string') return recording.opaque(cell, inputs);
  const rate = settings.number('dropout', 0);
  const dropped = rate > 0 ? recording.pointwise({ kind: 'dropout', rate, variant: 'element' }, x) : x;
  const states = inputs.slice(1).map((state) => recording.natural(state));
  const bias = key('bias');
  return recording.add(
    {
      kind: 'recurrent',
      cell,
      inputSize: lastSize(shape, settings),
      hiddenSize: settings.dim('units'),
      reverse,
      inputWeight: key('kernel') ?? '',
      recurrentWeight: key('recurrent_kernel') ?? '',
      ...optional('inputBias', bias),
      // Two rows of one weight: the first goes with the inputs, the second with the state.
      ...(cell.kind === 'gru' && cell.resetAfter ? optional('recurrentBias', bias) : {}),
      result: sequences ? 'sequence' : 'hidden',
    },
    [recording.natural(dropped), ...states],
  );
}

const affine = ['use_bias', 'kernel_initializer', 'recurrent_initializer', 'bias_initializer'];
const parametersOf: Readonly<Record<CellKind, readonly string[]>> = {
  plain: ['units', 'activation', ...affine],
  lstm: ['units', 'activation', 'recurrent_activation', ...affine, 'unit_forget_bias'],
  gru: ['units', 'activation', 'recurrent_activation', ...affine],
};
/** Given by name only, as far as people do. */
const dropouts = ['dropout', 'recurrent_dropout'];
/** What every loop over steps takes. */
export const loopParameters = ['return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll'];

/** The layer of one step. */
const cellLayer = (name: string, kind: CellKind): LayerDefinition => ({
  name,
  parameters: [...parametersOf[kind], ...dropouts, 'reset_after'],
  build: (building) => cellWeights(building, kind),
  call: ({ opaque }) => opaque(`A ${name} by itself is not understood yet.`),
});

const recurrent = (name: string, keyName: string, kind: CellKind): LayerDefinition => ({
  name,
  parameters: [...parametersOf[kind], ...dropouts, 'seed', ...loopParameters, 'reset_after'],
  operands: ['initial_state'],
  cell: { definition: cellLayer(`${name}Cell`, kind), name: keyName },
  call: (using) => {
    const { settings, key, recording } = using;
    const [sequences, state] = [settings.flag('return_sequences', false), settings.flag('return_state', false)];
    const reverse = settings.flag('go_backwards', false);
    const made = runRecurrent({ using, cell: kind, reverse, key, sequences });
    // Going backwards, the sequence is given in the order in which it was met.
    const output = reverse && sequences ? recording.add({ kind: 'flip', axes: [1] }, [made.step]) : made;
    if (!state) return output;
    const op = made.step.op;
    const again = (result: 'hidden' | 'cell'): LayerTensor =>
      op.kind === 'recurrent'
        ? recording.add({ ...op, result }, made.step.inputs)
        : recording.opaque('The state of this layer is not known.', [made]);
    return [output, again('hidden'), ...(kind === 'lstm' ? [again('cell')] : [])];
  },
});

/** A recurrence over pictures: its weights are listed, what it computes is not understood. */
const convolutionalLstm = (rank: 1 | 2 | 3): LayerDefinition => {
  const name = `ConvLSTM${rank}D`;
  const place = ['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate'];
  const parameters = [...place, 'activation', 'recurrent_activation', ...affine, 'unit_forget_bias'];
  const call: LayerDefinition['call'] = ({ opaque }) => opaque(`\`${name}\` is not understood yet.`);
  const cell: LayerDefinition = { name: 'ConvLSTMCell', parameters, build: (one) => imageWeights(one, rank), call };
  return { name, parameters, operands: ['initial_state'], cell: { definition: cell, name: 'conv_lstm_cell' }, call };
};

function imageWeights({ settings, shape, dialect, weight }: Building, rank: number): void {
  const filters = settings.dim('filters');
  const wide = multiplySizes([4, filters]);
  const kernel = settings.perAxis('kernel_size', rank, notGiven('kernel_size'));
  const make = (name: string, into: Dim, initializer: string, fallback: string): void =>
    weight({
      name,
      shape: [...kernel, into, wide],
      role: 'weight',
      axes: [...kernel.map(() => 'kernel' as const), 'in', 'out'],
      initializer,
      fallback,
    });
  const into = channelsFirstGiven(settings) ? shape?.[1] : shape?.at(-1);
  make('kernel', into ?? settings.input, 'kernel_initializer', dialect.kernelInitializer);
  make('recurrent_kernel', filters, 'recurrent_initializer', 'orthogonal');
  if (settings.flag('use_bias', true))
    weight({
      name: 'bias',
      shape: [wide],
      role: 'bias',
      axes: ['out'],
      initializer: 'bias_initializer',
      fallback: 'zeros',
      ...forgetGate(settings, dialect),
    });
}

export const recurrentLayers: readonly LayerDefinition[] = [
  recurrent('SimpleRNN', 'simple_rnn_cell', 'plain'),
  recurrent('GRU', 'gru_cell', 'gru'),
  recurrent('LSTM', 'lstm_cell', 'lstm'),
  convolutionalLstm(1),
  convolutionalLstm(2),
  convolutionalLstm(3),
];

/** The kind of cell that a class of layers runs; undefined for others. */
export function cellKindOf(className: string): CellKind | undefined {
  return cellKinds[className];
}

const cellKinds: Readonly<Partial<Record<string, CellKind>>> = { SimpleRNN: 'plain', GRU: 'gru', LSTM: 'lstm' };
