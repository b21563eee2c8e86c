import type { Activation, Dim, RecurrentCell } from '../../../network';
import { multiplySizes } from '../../../network/size';
import { activationNamed } from '../activations';
import { lastSize, optional, type Building, type LayerDefinition, type Using, type Weight } from '../define';
import type { Dialect } from '../dialect';
import { withOpenForgetGate } from '../initializers';
import type { Settings } from '../settings';
import type { LayerTensor } from '../tensor';

type CellKind = RecurrentCell['kind'];
const gates: Readonly<Record<CellKind, number>> = { plain: 1, gru: 3, lstm: 4 };

/** in×gates·units, units×gates·units and gates·units. */
export function buildRecurrent({ settings, shape, dialect, weight }: Building, cell: CellKind): void {
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
export function cellOf(kind: CellKind, settings: Settings, dialect: Dialect): RecurrentCell | string {
  const activation = namedActivation(settings, 'activation', 'tanh', dialect);
  const gateActivation = namedActivation(settings, 'recurrent_activation', dialect.recurrentActivation, dialect);
  if (!activation || !gateActivation) return 'The activation of this recurrent layer is not understood.';
  if (settings.number('recurrent_dropout', 0) > 0) return 'Dropout within a recurrent layer is not understood yet.';
  switch (kind) {
    case 'plain':
      return { kind, activation };
    case 'lstm':
      return { kind, activation, gateActivation };
    case 'gru': {
      const resetAfter = settings.flag('reset_after', dialect.resetAfter);
      if (resetAfter && settings.flag('use_bias', true)) return 'A GRU with two biases is not understood yet.';
      return { kind, activation, gateActivation, gates: ['update', 'reset'], resetAfter };
    }
  }
}

function namedActivation(settings: Settings, name: string, fallback: string, dialect: Dialect): Activation | undefined {
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

/** The sequence or the last hidden state; undefined with a reason where the cell is not understood. */
export function runRecurrent({ using, cell: kind, reverse, key, sequences }: Direction): LayerTensor {
  const { settings, dialect, recording, inputs, x, shape } = using;
  const cell = cellOf(kind, settings, dialect);
  if (typeof cell === 'string') return recording.opaque(cell, inputs);
  const rate = settings.number('dropout', 0);
  const dropped = rate > 0 ? recording.pointwise({ kind: 'dropout', rate, variant: 'element' }, x) : x;
  const states = inputs.slice(1).map((state) => recording.natural(state));
  return recording.add(
    {
      kind: 'recurrent',
      cell,
      inputSize: lastSize(shape, settings),
      hiddenSize: settings.dim('units'),
      reverse,
      inputWeight: key('kernel') ?? '',
      recurrentWeight: key('recurrent_kernel') ?? '',
      ...optional('inputBias', key('bias')),
      result: sequences ? 'sequence' : 'hidden',
    },
    [recording.natural(dropped), ...states],
  );
}

const recurrent = (name: string, cell: CellKind): LayerDefinition => ({
  name,
  build: (building) => buildRecurrent(building, cell),
  call: (using) => {
    const { settings, key, recording } = using;
    const [sequences, state] = [settings.flag('return_sequences', false), settings.flag('return_state', false)];
    const reverse = settings.flag('go_backwards', false);
    const made = runRecurrent({ using, cell, reverse, key, sequences });
    // Going backwards, the sequence is given in the order in which it was met.
    const output = reverse && sequences ? recording.add({ kind: 'flip', axes: [1] }, [made.step]) : made;
    if (!state) return output;
    const op = made.step.op;
    const again = (result: 'hidden' | 'cell'): LayerTensor =>
      op.kind === 'recurrent'
        ? recording.add({ ...op, result }, made.step.inputs)
        : recording.opaque('The state of this layer is not known.', [made]);
    return [output, again('hidden'), ...(cell === 'lstm' ? [again('cell')] : [])];
  },
});

/** A recurrence over pictures: its weights are listed, what it computes is not understood. */
const convolutionalLstm: LayerDefinition = {
  name: 'ConvLSTM2D',
  build: ({ settings, shape, dialect, weight }) => {
    const filters = settings.dim('filters');
    const wide = multiplySizes([4, filters]);
    const kernel = settings.perAxis('kernel_size', 2, { symbol: 'kernel_size' });
    const make = (name: string, into: Dim, initializer: string, fallback: string): void =>
      weight({
        name,
        shape: [...kernel, into, wide],
        role: 'weight',
        axes: ['kernel', 'kernel', 'in', 'out'],
        initializer,
        fallback,
      });
    make('kernel', lastSize(shape, settings), 'kernel_initializer', dialect.kernelInitializer);
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
  },
  call: ({ opaque }) => opaque('`ConvLSTM2D` is not understood yet.'),
};

export const recurrentLayers: readonly LayerDefinition[] = [
  recurrent('SimpleRNN', 'plain'),
  recurrent('GRU', 'gru'),
  recurrent('LSTM', 'lstm'),
  convolutionalLstm,
];

/** The kind of cell that a class of layers or cells runs; undefined for others. */
export function cellKindOf(className: string): CellKind | undefined {
  return cellKinds[className.replace(/Cell$/, '')];
}

const cellKinds: Readonly<Partial<Record<string, CellKind>>> = { SimpleRNN: 'plain', GRU: 'gru', LSTM: 'lstm' };
