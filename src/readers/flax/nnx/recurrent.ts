import type { Op, RecurrentCell } from '../../../network';
import { multiplySizes } from '../../../network/size';
import { fromDim } from '../../frameworks/sizes';
import { concatenated } from '../../keras/layers/merging';
import { shapeOf, variableState } from '../../keras/tensor';
import { bool, none, tuple, type Call, type ClassValue, type Value } from '../../python/values';
import { ArrayRecording } from '../array';
import { recurrentInitializer } from '../initializers';
import { arraysOf } from '../layers/attention';
import { optional } from '../layers/define';
import { denseLayers } from '../layers/dense';
import type { Constructed } from '../layers/use';
import { constructedOf, makeChild, nnxClass, nnxLayer } from './layer';

const linear = denseLayers.map(nnxLayer).find((made) => made?.[0] === 'Linear')?.[1];

/** A linear layer of a cell. */
interface Part {
  readonly name: string;
  readonly recurrent: boolean;
  readonly bias: boolean;
  /** How many matrices stand side by side in it. */
  readonly gates: number;
}

const apart = (names: readonly string[], recurrent: boolean): readonly Part[] =>
  names.map((name) => ({ name, recurrent, bias: recurrent, gates: 1 }));

const together = (gates: number, biased: 'input' | 'state'): readonly Part[] => [
  { name: 'dense_i', recurrent: false, bias: biased === 'input', gates },
  { name: 'dense_h', recurrent: true, bias: biased === 'state', gates },
];

interface Cell {
  readonly parts: readonly Part[];
  /** Undefined where its gates are matrices apart. */
  readonly computes?: RecurrentCell;
}

const [tanh, sigmoid] = [{ kind: 'tanh' }, { kind: 'sigmoid' }] as const;
const cells: Readonly<Record<string, Cell>> = {
  LSTMCell: { parts: [...apart(['ii', 'if_', 'ig', 'io'], false), ...apart(['hi', 'hf', 'hg', 'ho'], true)] },
  OptimizedLSTMCell: {
    parts: together(4, 'state'),
    computes: { kind: 'lstm', activation: tanh, gateActivation: sigmoid },
  },
  GRUCell: {
    parts: together(3, 'input'),
    computes: { kind: 'gru', activation: tanh, gateActivation: sigmoid, gates: ['reset', 'update'], resetAfter: true },
  },
  SimpleCell: { parts: together(1, 'input'), computes: { kind: 'plain', activation: tanh } },
};

const activationNames = ['gate_fn', 'activation_fn'];
const parameters = [
  'in_features',
  'hidden_features',
  ...activationNames,
  'kernel_init',
  'recurrent_kernel_init',
  'bias_init',
  'residual',
];

function initialise(made: Constructed): void {
  const { layer, args, settings } = made;
  const hidden = settings.dim('hidden_features');
  for (const { name, recurrent, bias, gates } of cells[layer.cls.name]?.parts ?? []) {
    const keywords = new Map<string, Value>([
      ['in_features', fromDim(recurrent ? hidden : settings.dim('in_features'))],
      ['out_features', fromDim(multiplySizes([gates, hidden]))],
      ['use_bias', bool(bias)],
    ]);
    const kernel = args.get(recurrent ? 'recurrent_kernel_init' : 'kernel_init');
    if (kernel ?? recurrent) keywords.set('kernel_init', kernel ?? recurrentInitializer(made.call));
    const biasInitializer = args.get('bias_init');
    if (biasInitializer) keywords.set('bias_init', biasInitializer);
    makeChild(linear, made, name, keywords);
  }
}

/** What is not followed of a cell still has a known shape. */
function unfollowed(use: Call, shape: ReturnType<typeof shapeOf>): Value {
  const recording = new ArrayRecording(use, true);
  const result = recording.opaque('This recurrent cell is not followed yet: its weights are known.', arraysOf(use));
  return shape ? recording.add({ kind: 'reshape', shape }, [recording.natural(result)]) : result;
}

const carried = ({ layer }: Constructed, hidden: Value, cell = hidden): Value =>
  layer.cls.name.includes('LSTM') ? tuple([cell, hidden]) : hidden;

function step(made: Constructed, use: Call): Value {
  const shape = shapeOf(use.positional[1]);
  const state = unfollowed(use, shape && [...shape.slice(0, -1), made.settings.dim('hidden_features')]);
  return tuple([carried(made, state), state]);
}

/** One of our cells over all steps of B×T×F; undefined where it is not one operation. */
function loopOf(
  { layer, args, settings }: Constructed,
  reverse: boolean,
): Omit<Extract<Op, { kind: 'recurrent' }>, 'result'> | undefined {
  const computes = cells[layer.cls.name]?.computes;
  if (!computes || [...activationNames, 'residual'].some((name) => args.has(name))) return undefined;
  const key = (part: string, name: string): string | undefined => {
    const inner = layer.attributes.get(part);
    return variableState(inner?.type === 'instance' ? inner.attributes.get(name) : undefined)?.key;
  };
  return {
    kind: 'recurrent',
    cell: computes,
    inputSize: settings.dim('in_features'),
    hiddenSize: settings.dim('hidden_features'),
    reverse,
    inputWeight: key('dense_i', 'kernel') ?? '',
    recurrentWeight: key('dense_h', 'kernel') ?? '',
    ...optional('inputBias', key('dense_i', 'bias')),
    ...optional('recurrentBias', key('dense_h', 'bias')),
  };
}

function overTime(made: Constructed, use: Call): Value {
  const { layer, args, settings } = made;
  const recording = new ArrayRecording(use, true);
  const cell = constructedOf(layer.attributes.get('cell'));
  const [x = none] = use.positional;
  const flag = (name: string): boolean => {
    const given = use.keywords.get(name);
    return given ? use.interpreter.truth(given) === true : settings.flag(name, false);
  };
  const unusual = args.has('time_major') || use.keywords.has('initial_carry') || use.keywords.has('seq_lengths');
  const backwards = flag('reverse');
  const loop = cell && !unusual ? loopOf(cell, backwards) : undefined;
  const shape = shapeOf(x);
  if (!cell || !loop || shape?.length !== 3)
    return cell && shape && !unusual
      ? unfollowed(use, [...shape.slice(0, -1), cell.settings.dim('hidden_features')])
      : recording.opaque('This loop over the steps of a cell is not understood.', arraysOf(use));
  const inputs = [recording.natural(x)];
  const sequence = recording.add({ ...loop, result: 'sequence' }, inputs);
  // Of a sequence that is gone through backwards the steps come in that order.
  const steps =
    backwards && !flag('keep_order')
      ? recording.add({ kind: 'flip', axes: [1] }, [recording.natural(sequence)])
      : sequence;
  if (!flag('return_carry')) return steps;
  const hidden = recording.add({ ...loop, result: 'hidden' }, inputs);
  const memory = loop.cell.kind === 'lstm' ? recording.add({ ...loop, result: 'cell' }, inputs) : hidden;
  return tuple([carried(cell, hidden, memory), steps]);
}

function bothWays({ layer, args }: Constructed, use: Call): Value {
  const recording = new ArrayRecording(use, true);
  const [there, back] = ['forward_rnn', 'backward_rnn'].map((name) => layer.attributes.get(name) ?? none);
  const { interpreter } = use;
  const forward = interpreter.apply(there ?? none, ...use.positional);
  const reversed = new Map<string, Value>([
    ['reverse', bool(true)],
    ['keep_order', bool(true)],
  ]);
  const backward = interpreter.call(back ?? none, { positional: use.positional, keywords: reversed });
  if (args.has('merge_fn') || !shapeOf(forward) || !shapeOf(backward))
    return recording.opaque('How both ways are merged is not understood yet.', [forward, backward]);
  return concatenated([forward, backward], -1, recording);
}

export const recurrentLayers: Readonly<Record<string, ClassValue>> = {
  ...Object.fromEntries(
    Object.keys(cells).map((name) => [name, nnxClass({ name, parameters, initialise, methods: { __call__: step } })]),
  ),
  RNN: nnxClass({
    name: 'RNN',
    parameters: ['cell', 'time_major', 'return_carry', 'reverse', 'keep_order'],
    methods: { __call__: overTime },
  }),
  Bidirectional: nnxClass({
    name: 'Bidirectional',
    parameters: ['forward_rnn', 'backward_rnn', 'merge_fn', 'time_major', 'return_carry'],
    methods: { __call__: bothWays },
  }),
};
