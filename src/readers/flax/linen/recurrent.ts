import type { Dim } from '../../../network';
import type { Draw } from '../../kerasLayers/initializers';
import { concatenated } from '../../keras/layers/merging';
import { shapeOf } from '../../keras/tensor';
import { none, tuple, type Call, type ClassValue, type Value } from '../../python/values';
import { ArrayRecording } from '../array';
import { defaults, drawOf } from '../initializers';
import { arraysOf } from '../layers/attention';
import { types } from '../layers/define';
import { lastSize, type Constructed } from '../layers/use';
import { constructedOf, linenClass } from './layer';
import { declare, setUp } from './scope';
import { linenState } from './state';

/** A matrix of a cell: a linear layer of its own, that has its own name. */
interface Gate {
  readonly name: string;
  /** Whether it meets the state; else it meets the input. */
  readonly recurrent: boolean;
  readonly bias: boolean;
}

const fields = ['kernel_init', 'recurrent_kernel_init', 'bias_init', ...types.slice(0, 2), 'carry_init'];

const gatesOf = (letters: readonly string[], inputBias: boolean, biased: readonly string[]): readonly Gate[] =>
  letters.flatMap((letter) => [
    { name: `i${letter}`, recurrent: false, bias: inputBias },
    { name: `h${letter}`, recurrent: true, bias: biased.includes(letter) },
  ]);

const lstm = gatesOf(['i', 'f', 'g', 'o'], false, ['i', 'f', 'g', 'o']);
const cellGates: Readonly<Record<string, readonly Gate[]>> = {
  LSTMCell: lstm,
  OptimizedLSTMCell: lstm,
  GRUCell: gatesOf(['r', 'z', 'n'], true, ['n']),
  SimpleCell: gatesOf([''], true, []),
};

const cellFields = (name: string): readonly string[] =>
  name === 'SimpleCell'
    ? ['features', 'activation_fn', ...fields]
    : ['features', 'gate_fn', 'activation_fn', ...fields];

/** Makes the weights of a cell for inputs of this size. */
function declareCell({ layer, args, settings, call }: Constructed, into: Dim): void {
  const features = settings.dim('features');
  const weight = (
    name: string,
    role: 'weight' | 'bias',
    shape: readonly Dim[],
    setting: string,
    fallback: Draw,
  ): void => {
    const axes = role === 'bias' ? (['out'] as const) : (['in', 'out'] as const);
    const make: Parameters<typeof declare>[1]['make'] = () => ({
      shape,
      role,
      axes,
      drawn: drawOf(args.get(setting), fallback, shape, call),
    });
    declare(layer, { collection: 'params', name, site: layer.site, make }, call.interpreter);
  };
  for (const { name, recurrent, bias } of cellGates[layer.cls.name] ?? []) {
    if (recurrent)
      weight(`${name}/kernel`, 'weight', [features, features], 'recurrent_kernel_init', defaults.recurrentKernel);
    else weight(`${name}/kernel`, 'weight', [into, features], 'kernel_init', defaults.kernel);
    if (bias) weight(`${name}/bias`, 'bias', [features], 'bias_init', defaults.zeros);
  }
}

/** The gates are matrices apart: what they compute together is not followed, but its shape is known. */
function unfollowed(use: Call, shape: readonly Dim[] | undefined): Value {
  const recording = new ArrayRecording(use, true);
  const result = recording.opaque(
    'A recurrent cell of Flax is not followed yet: its weights are known.',
    arraysOf(use),
  );
  return shape ? recording.add({ kind: 'reshape', shape }, [recording.natural(result)]) : result;
}

/** One step: `carry, y = cell(carry, x)`. */
function step(made: Constructed, use: Call): Value {
  const [, x] = use.positional;
  const shape = shapeOf(x);
  declareCell(made, lastSize(shape));
  const state = unfollowed(use, shape && [...shape.slice(0, -1), made.settings.dim('features')]);
  return tuple([carried(made, state), state]);
}

/** An LSTM carries its cell as well. */
const carried = ({ layer }: Constructed, state: Value): Value =>
  layer.cls.name.includes('LSTM') ? tuple([state, state]) : state;

const cellClasses = Object.fromEntries(
  Object.keys(cellGates).map((name) => [name, linenClass(name, cellFields(name), { __call__: step })]),
);

/** A cell over all steps: B×T×F. */
function overTime({ layer, args, settings }: Constructed, use: Call): Value {
  const state = linenState(layer);
  if (state) setUp(layer, state, use.interpreter);
  const made = constructedOf(layer.attributes.get('cell'));
  const shape = shapeOf(use.positional[0]);
  if (!made || !cellGates[made.layer.cls.name] || args.has('time_major'))
    return new ArrayRecording(use, true).opaque(
      'A loop over the steps of this cell is not understood.',
      arraysOf(use),
      'those of a cell',
    );
  declareCell(made, lastSize(shape));
  const features = made.settings.dim('features');
  const sequence = unfollowed(use, shape && [...shape.slice(0, -1), features]);
  if (!settings.flag('return_carry', false)) return sequence;
  return tuple([carried(made, unfollowed(use, shape && [...shape.slice(0, -2), features])), sequence]);
}

/** Both ways over the steps, side by side. */
function bothWays({ layer, args }: Constructed, use: Call): Value {
  const state = linenState(layer);
  if (state) setUp(layer, state, use.interpreter);
  const recording = new ArrayRecording(use, true);
  const ways = ['forward_rnn', 'backward_rnn'].map((name) =>
    use.interpreter.apply(layer.attributes.get(name) ?? none, ...use.positional),
  );
  if (args.has('merge_fn') || ways.some((way) => !shapeOf(way)))
    return recording.opaque('How both ways are merged is not understood yet.', ways);
  return concatenated(ways, -1, recording);
}

export const recurrentLayers: Readonly<Record<string, ClassValue>> = {
  ...cellClasses,
  RNN: linenClass('RNN', ['cell', 'time_major', 'return_carry', 'reverse', 'keep_order'], { __call__: overTime }),
  Bidirectional: linenClass(
    'Bidirectional',
    ['forward_rnn', 'backward_rnn', 'merge_fn', 'time_major', 'return_carry'],
    {
      __call__: bothWays,
    },
  ),
};
