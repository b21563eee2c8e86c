import type { Activation, Network, Op } from '../../../src/network';
import { Draft } from './draft';

export interface OperationCase {
  readonly title: string;
  /** Of a sample of the first input. */
  readonly shape: readonly number[];
  readonly network: Network;
}

function one(title: string, shape: readonly number[], draw: (draft: Draft) => void): OperationCase {
  const draft = new Draft();
  draft.input(...shape);
  draw(draft);
  return { title, shape, network: draft.build(title) };
}

function plain(title: string, shape: readonly number[], op: Op): OperationCase {
  return one(title, shape, (draft) => draft.add(op));
}

const pool = {
  kind: 'pool',
  kernel: [2, 2],
  stride: [2, 2],
  padding: [0, 0],
  ceil: false,
  countPadding: true,
} as const;

const constants: readonly Omit<Extract<Op, { kind: 'constant' }>, 'kind'>[] = [
  { shape: [{ symbol: 'B' }, 1, 3], content: { kind: 'fill', value: -1.5 } },
  { shape: [3], content: { kind: 'range', start: 2, step: -0.5 } },
  { shape: [2, 1], content: { kind: 'values', values: [3, -2] } },
  { shape: [2, 3], content: { kind: 'triangle', side: 'lower', diagonal: 0, inside: 1, outside: -2 } },
];

const tanh = { kind: 'tanh' } as const;
const sigmoid = { kind: 'sigmoid' } as const;
const lstm = { kind: 'lstm', activation: tanh, gateActivation: sigmoid } as const;
const gru = {
  kind: 'gru',
  activation: tanh,
  gateActivation: sigmoid,
  gates: ['reset', 'update'],
  resetAfter: true,
} as const;

const recurrences: readonly OperationCase[] = [
  one('a plain recurrent layer', [4, 3], (draft) => draft.recurrent(3, 2, { kind: 'plain', activation: tanh })),
  one('LSTM', [4, 3], (draft) => draft.recurrent(3, 2, lstm)),
  one('LSTM, backwards', [4, 3], (draft) => draft.recurrent(3, 2, lstm, { reverse: true })),
  ...(['hidden', 'cell'] as const).map((result) =>
    one(`the last ${result} of an LSTM`, [4, 3], (draft) => draft.recurrent(3, 2, lstm, { result, reverse: true })),
  ),
  one('LSTM from initial states', [4, 3], (draft) =>
    draft.recurrent(3, 2, lstm, {}, [0, draft.input(2), draft.input(2)]),
  ),
  one('LSTM with a projection', [4, 3], (draft) => {
    const weight = draft.parameter('weight_hr', 'weight', [2, 4], ['out', 'in']);
    draft.recurrent(3, 4, lstm, { projection: { size: 2, weight } });
  }),
  one('GRU', [4, 3], (draft) => draft.recurrent(3, 2, gru, {}, [0, draft.input(2)])),
  one('GRU as Keras has it', [4, 3], (draft) => {
    const normal = { kind: 'normal', mean: 0, std: 0.5 } as const;
    const bias = draft.parameter('bias', 'bias', [2, 6], ['feature', 'out'], normal);
    const cell = { ...gru, gates: ['update', 'reset'] } as const;
    draft.add({
      kind: 'recurrent',
      cell,
      inputSize: 3,
      hiddenSize: 2,
      reverse: false,
      inputWeight: draft.parameter('kernel', 'weight', [3, 6], ['in', 'out'], normal),
      recurrentWeight: draft.parameter('recurrent', 'weight', [2, 6], ['in', 'out'], normal),
      inputBias: bias,
      recurrentBias: bias,
      result: 'hidden',
    });
  }),
  one('GRU that resets before its weight', [4, 3], (draft) =>
    draft.recurrent(3, 2, { ...gru, gates: ['update', 'reset'], resetAfter: false }, { reverse: true }),
  ),
];

const upsamplings: readonly OperationCase[] = (['nearest', 'linear', 'cubic'] as const).flatMap((mode) => [
  plain(`upsample: ${mode}, by scales`, [2, 3, 4], {
    kind: 'upsample',
    mode,
    target: { kind: 'scale', factors: [2, 1.7] },
    alignCorners: false,
  }),
  plain(`upsample: ${mode}, to sizes`, [2, 3, 4], {
    kind: 'upsample',
    mode,
    target: { kind: 'output', sizes: [5, 3] },
    alignCorners: mode !== 'nearest',
  }),
]);

/** With the shapes of samples; the first letter is the batch. */
const equations: readonly [equation: string, first: number[], second?: number[]][] = [
  ['bij,bjk->bik', [3, 4], [4, 2]],
  ['bqhd,bkhd->bhqk', [3, 2, 4], [5, 2, 4]],
  ['bi,bj->bij', [3], [4]],
  ['bij,bij->b', [3, 4], [3, 4]],
  ['bij,bij->bij', [3, 4], [3, 4]],
  ['bij,cjk->bcki', [3, 4], [4, 2]],
  ['bij,bkj->bk', [3, 4], [2, 4]],
  ['bij,bij->bj', [1, 4], [3, 4]],
  ['bii->bi', [3, 3]],
  ['biji,bj->b', [3, 2, 3], [2]],
  ['bij->jb', [3, 4]],
];

function attend(
  title: string,
  rest: Partial<Extract<Op, { kind: 'attention' }>>,
  mask?: (draft: Draft) => number,
): OperationCase {
  return one(title, [2, 3, 4], (draft) => {
    const operands = [0, draft.input(2, 5, 4), draft.input(2, 5, 6), ...(mask ? [mask(draft)] : [])];
    draft.add({ kind: 'attention', causal: false, dropout: 0.1, mask: 'none', ...rest }, operands);
  });
}

/** Every operation in the forms in which frameworks use it. */
export const operationCases: readonly OperationCase[] = [
  one('linear', [5], (draft) => draft.linear(5, 7)),
  one('linear on sequences', [4, 5], (draft) => draft.linear(5, 7)),
  one('conv', [3, 6, 5], (draft) => draft.conv(3, 4, [3, 3], { padding: [1, 1] })),
  one('conv of one axis', [3, 9], (draft) => draft.conv(3, 4, [3], { padding: [1], stride: [2] })),
  one('conv with a stride that leaves a rest', [3, 8, 7], (draft) => draft.conv(3, 4, [3, 2], { stride: [2, 3] })),
  one('dilated conv', [2, 9, 8], (draft) => draft.conv(2, 3, [3, 2], { dilation: [2, 3], padding: [2, 1] })),
  one('conv in groups', [4, 5, 5], (draft) => draft.conv(4, 6, [3, 3], { groups: 2, padding: 'same' })),
  one('depthwise conv', [4, 5, 5], (draft) => draft.conv(4, 4, [3, 3], { groups: 4, padding: [1, 1] })),
  one('conv with even padding "same"', [2, 5, 6], (draft) => draft.conv(2, 3, [2, 4], { padding: 'same' })),
  one('conv without padding', [2, 5, 6], (draft) => draft.conv(2, 3, [1, 1], { padding: 'valid', stride: [2, 2] })),
  one('conv over three axes', [2, 4, 5, 3], (draft) =>
    draft.conv(2, 3, [3, 2, 2], { padding: [1, 0, 1], stride: [2, 1, 2], dilation: [1, 2, 1] }),
  ),
  one('conv over three axes in groups', [4, 3, 3, 3], (draft) =>
    draft.conv(4, 6, [2, 2, 2], { groups: 2, padding: 'same' }),
  ),
  one('depthwise conv with a stride and a multiplier', [3, 7, 6], (draft) =>
    draft.conv(3, 6, [3, 2], { groups: 3, stride: [2, 2], padding: [1, 1] }),
  ),
  one('depthwise conv with different strides', [3, 7, 6], (draft) =>
    draft.conv(3, 3, [3, 3], { groups: 3, stride: [2, 1] }),
  ),
  one('depthwise conv of one axis', [3, 9], (draft) =>
    draft.conv(3, 3, [3], { groups: 3, stride: [2], padding: [1], dilation: [2] }),
  ),
  one('depthwise conv as Keras writes it', [3, 5, 5], (draft) => {
    const weight = draft.parameter('depthwise', 'weight', [3, 3, 3, 2], ['kernel', 'kernel', 'in', 'out']);
    const geometry = { inChannels: 3, outChannels: 6, kernel: [3, 3], stride: [1, 1], dilation: [1, 1], groups: 3 };
    draft.add({ kind: 'conv', weight, padding: 'valid', ...geometry });
  }),
  one('conv with a stride and padding "same"', [2, 6, 7], (draft) =>
    draft.conv(2, 3, [3, 2], { padding: 'same', stride: [2, 3] }),
  ),
  one('conv by a computed kernel', [2, 5, 5], (draft) => {
    const parameter = draft.parameter('kernel', 'weight', [4, 1, 3, 2], ['out', 'in', 'kernel', 'kernel']);
    const kernel = draft.add({ kind: 'parameter', parameter, shape: [4, 1, 3, 2] }, []);
    const standardized = draft.add({ kind: 'affine', factor: 2, offset: -0.1 }, [kernel]);
    const geometry = { inChannels: 2, outChannels: 4, kernel: [3, 2], stride: [1, 2], dilation: [1, 1], groups: 2 };
    draft.add({ kind: 'dynamicConv', padding: [1, 0], ...geometry }, [0, standardized]);
  }),
  one('transposed conv', [3, 4, 5], (draft) =>
    draft.convTranspose(3, 2, [3, 4], { stride: [2, 3], padding: [1, 0], outputPadding: [1, 2] }),
  ),
  one('transposed conv in groups, dilated', [4, 3, 4], (draft) =>
    draft.convTranspose(4, 6, [2, 3], { groups: 2, dilation: [3, 1], outputPadding: [1, 0] }),
  ),
  one('transposed depthwise conv', [3, 3, 4], (draft) =>
    draft.convTranspose(3, 3, [3, 3], { groups: 3, stride: [2, 2], padding: [1, 1] }),
  ),
  one('transposed conv with padding "same"', [2, 3, 4], (draft) =>
    draft.convTranspose(2, 3, [4, 2], { stride: [2, 3], padding: 'same' }),
  ),
  one('transposed conv of one axis', [2, 5], (draft) => draft.convTranspose(2, 3, [4], { stride: [2], padding: [1] })),
  one('transposed conv over three axes', [2, 2, 3, 2], (draft) =>
    draft.convTranspose(2, 2, [2, 3, 2], { stride: [2, 1, 2], padding: [0, 1, 0], outputPadding: [1, 0, 0] }),
  ),
  one('a part of the outputs of linear', [4, 5], (draft) => {
    const weight = draft.parameter('qkv.weight', 'weight', [9, 5], ['out', 'in']);
    const bias = draft.parameter('qkv.bias', 'bias', [9], ['out'], { kind: 'normal', mean: 0, std: 1 });
    const part = { kind: 'linear', inFeatures: 5, outFeatures: 3, weight, bias } as const;
    const query = draft.add({ ...part, firstOutput: 0 }, [0]);
    draft.add({ kind: 'multiply' }, [query, draft.add({ ...part, firstOutput: 6 }, [0])]);
  }),
  one('linear to heads and back, as Keras writes it', [4, 5], (draft) => {
    const normal = { kind: 'normal', mean: 0, std: 1 } as const;
    const query = draft.parameter('query', 'weight', [5, 2, 3], ['in', 'out', 'out'], normal);
    const bias = draft.parameter('bias', 'bias', [2, 3], ['out', 'out'], normal);
    draft.add({ kind: 'linear', inFeatures: 5, outFeatures: 6, weight: query, bias });
    const output = draft.parameter('output', 'weight', [2, 3, 5], ['in', 'in', 'out'], normal);
    draft.add({ kind: 'linear', inFeatures: 6, outFeatures: 5, weight: output });
  }),
  one('a scale of channels written over space', [3, 2, 2], (draft) => {
    const scale = draft.parameter('gamma', 'scalar', [3, 1, 1], ['feature', 'out', 'out'], {
      kind: 'normal',
      mean: 1,
      std: 0.1,
    });
    draft.add({ kind: 'scale', scale });
  }),
  ...recurrences,
  one('two convs with nothing between', [2, 6, 6], (draft) => {
    draft.conv(2, 3, [3, 3]);
    draft.conv(3, 2, [3, 3]);
  }),
  one('conv, then linear over its width', [2, 6, 6], (draft) => {
    draft.conv(2, 3, [3, 3]);
    draft.linear(4, 3);
  }),
  one('batchNorm of features', [6], (draft) =>
    draft.add({ kind: 'batchNorm', channels: 6, epsilon: 1e-5, ...draft.affine([6]) }),
  ),
  one('batchNorm of maps', [3, 4, 5], (draft) =>
    draft.add({ kind: 'batchNorm', channels: 3, epsilon: 1e-3, ...draft.affine([3]) }),
  ),
  one('batchNorm behind conv', [2, 5, 5], (draft) => {
    draft.conv(2, 3, [3, 3]);
    draft.add({ kind: 'batchNorm', channels: 3, epsilon: 1e-5, ...draft.affine([3]) });
  }),
  plain('batchNorm of sequences, not affine', [3, 7], { kind: 'batchNorm', channels: 3, epsilon: 1e-5 }),
  one('layerNorm', [4, 6], (draft) =>
    draft.add({ kind: 'layerNorm', normalizedShape: [6], center: true, epsilon: 1e-5, ...draft.affine([6]) }),
  ),
  one('layerNorm over two axes', [4, 6], (draft) =>
    draft.add({ kind: 'layerNorm', normalizedShape: [4, 6], center: true, epsilon: 1e-5, ...draft.affine([4, 6]) }),
  ),
  one('RMS norm', [6], (draft) =>
    draft.add({
      kind: 'layerNorm',
      normalizedShape: [6],
      center: false,
      epsilon: 1e-2,
      scale: draft.parameter('scale', 'normScale', [6], ['feature'], { kind: 'normal', mean: 1, std: 0.2 }),
    }),
  ),
  one('groupNorm', [4, 3, 3], (draft) =>
    draft.add({ kind: 'groupNorm', groups: 2, channels: 4, epsilon: 1e-5, ...draft.affine([4]) }),
  ),
  one('instance norm behind conv', [2, 5, 5], (draft) => {
    draft.conv(2, 4, [3, 3]);
    draft.add({ kind: 'groupNorm', groups: 4, channels: 4, epsilon: 1e-5, ...draft.affine([4]) });
  }),
  plain('local response norm', [5, 3, 2], { kind: 'localResponseNorm', size: 4, alpha: 0.8, beta: 0.75, k: 1.5 }),
  one('local response norm behind conv', [2, 4, 4], (draft) => {
    draft.conv(2, 4, [3, 3]);
    draft.add({ kind: 'localResponseNorm', size: 3, alpha: 2, beta: 0.5, k: 1 });
  }),
  one('prelu with one slope a channel', [3, 4, 4], (draft) => {
    const slope = draft.parameter('slope', 'slope', [3], ['feature'], { kind: 'normal', mean: 0.25, std: 0.1 });
    draft.add({ kind: 'activation', activation: { kind: 'prelu', slope: 0.25 }, slope });
  }),
  one('prelu with one slope behind conv', [3, 2, 2], (draft) => {
    draft.conv(3, 2, [1, 1]);
    const slope = draft.parameter('slope', 'slope', [1], ['feature'], { kind: 'constant', value: 0.25 });
    draft.add({ kind: 'activation', activation: { kind: 'prelu', slope: 0.25 }, slope });
  }),
  plain('softmax', [5], { kind: 'softmax', axis: -1, log: false }),
  plain('log-softmax over the first axis', [5, 3], { kind: 'softmax', axis: 1, log: true }),
  plain('max pool', [2, 6, 6], { ...pool, reduce: 'max' }),
  plain('max pool with padding', [2, 7, 6], { ...pool, reduce: 'max', kernel: [3, 3], padding: [1, 1] }),
  plain('max pool, rounded up', [2, 6, 5], { ...pool, reduce: 'max', kernel: [3, 3], ceil: true }),
  plain('average pool', [2, 6, 6], { ...pool, reduce: 'average' }),
  plain('average pool of one axis', [2, 9], { ...pool, reduce: 'average', kernel: [3], stride: [2], padding: [1] }),
  plain('average pool with padding, counted', [2, 6, 6], {
    ...pool,
    reduce: 'average',
    kernel: [3, 3],
    padding: [1, 1],
  }),
  plain('average pool with padding, not counted', [2, 6, 6], {
    ...pool,
    reduce: 'average',
    kernel: [3, 3],
    padding: [1, 1],
    countPadding: false,
  }),
  plain('average pool, rounded up', [2, 6, 5], {
    ...pool,
    reduce: 'average',
    kernel: [3, 3],
    padding: [1, 1],
    ceil: true,
  }),
  ...(['max', 'average'] as const).flatMap((reduce) => [
    plain(`${reduce} pool with padding "same"`, [2, 6, 5], {
      ...pool,
      reduce,
      kernel: [3, 2],
      padding: 'same',
      countPadding: false,
    }),
    plain(`${reduce} pool over three axes`, [2, 4, 5, 4], {
      ...pool,
      reduce,
      kernel: [2, 3, 2],
      stride: [2, 1, 2],
      padding: [0, 1, 0],
    }),
    plain(`adaptive ${reduce} pool over three axes`, [2, 4, 5, 3], {
      kind: 'adaptivePool',
      reduce,
      output: [2, 2, undefined],
    }),
  ]),
  plain('max pool, dilated', [2, 8, 7], { ...pool, reduce: 'max', kernel: [3, 2], dilation: [2, 3], padding: [1, 0] }),
  plain('adaptive average pool to one', [3, 5, 4], { kind: 'adaptivePool', reduce: 'average', output: [1, 1] }),
  plain('adaptive average pool, uneven', [2, 7, 5], {
    kind: 'adaptivePool',
    reduce: 'average',
    output: [3, undefined],
  }),
  plain('adaptive max pool, uneven', [2, 7, 5], { kind: 'adaptivePool', reduce: 'max', output: [3, 2] }),
  one('flatten behind conv', [2, 4, 4], (draft) => {
    draft.conv(2, 3, [3, 3]);
    draft.add({ kind: 'flatten', start: 1, end: -1 });
    draft.linear(12, 2);
  }),
  one('reshape', [6], (draft) => {
    draft.add({ kind: 'reshape', shape: [{ symbol: 'B' }, 2, -1] });
    draft.linear(3, 2);
  }),
  one('permute', [2, 3, 4], (draft) => {
    draft.add({ kind: 'permute', axes: [0, 2, 3, 1] });
    draft.linear(2, 3);
  }),
  one('a residual join around conv', [2, 5, 5], (draft) => {
    const branch = draft.conv(2, 2, [3, 3], { padding: [1, 1] });
    draft.add({ kind: 'add' }, [0, branch]);
    draft.activation({ kind: 'tanh' });
  }),
  one('a value added to itself', [4], (draft) => draft.add({ kind: 'add' }, [0, 0])),
  one('an addition that broadcasts', [3, 4], (draft) => {
    const mean = draft.add({ kind: 'reduce', how: 'mean', axes: [1], keepDims: true });
    draft.add({ kind: 'add' }, [0, mean]);
  }),
  one('a gate', [4], (draft) => {
    const gate = draft.activation({ kind: 'sigmoid' });
    draft.add({ kind: 'multiply' }, [0, gate]);
  }),
  one('a square by multiplication', [4], (draft) => draft.add({ kind: 'multiply' }, [0, 0])),
  plain('affine', [4], { kind: 'affine', factor: -2, offset: 0.5 }),
  one('a trained scale', [3, 4], (draft) => {
    const scale = draft.parameter('gamma', 'scalar', [4], ['feature'], { kind: 'normal', mean: 1, std: 0.1 });
    draft.add({ kind: 'scale', scale });
  }),
  one('concat behind conv', [2, 4, 4], (draft) => {
    const branch = draft.conv(2, 3, [3, 3], { padding: [1, 1] });
    draft.add({ kind: 'concat', axis: 1 }, [0, branch]);
  }),
  plain('a sum over space', [3, 4, 2], { kind: 'reduce', how: 'sum', axes: [-1, -2], keepDims: false }),
  plain('dropout', [4], { kind: 'dropout', rate: 0.5, variant: 'element' }),
  plain('identity', [4], { kind: 'identity' }),
  one('a parameter as a value', [3, 4], (draft) => {
    const parameter = draft.parameter('token', 'weight', [3, 4], ['out', 'in'], { kind: 'normal', mean: 0, std: 1 });
    const value = draft.add({ kind: 'parameter', parameter, shape: [3, 4] }, []);
    draft.add({ kind: 'add' }, [0, value]);
  }),
  ...constants.map((constant) =>
    one(`a constant: ${constant.content.kind}`, [2, 3], (draft) => {
      const value = draft.add({ kind: 'constant', ...constant }, []);
      draft.add({ kind: 'multiply' }, [0, value]);
    }),
  ),
  one('noise of its own shape, and of that of another', [2, 3], (draft) => {
    const like = draft.add({ kind: 'noise', distribution: 'normal' }, [0]);
    const own = draft.add({ kind: 'noise', distribution: 'uniform', shape: [3] }, []);
    draft.add({ kind: 'multiply' }, [0, like, own]);
  }),
  one('a value held back', [4], (draft) => {
    const held = draft.add({ kind: 'stopGradient' }, [draft.add({ kind: 'noise', distribution: 'normal' }, [0])]);
    draft.add({ kind: 'multiply' }, [0, held]);
  }),
  one('several inputs', [4], (draft) => {
    const second = draft.input(2, 4);
    const first = draft.add({ kind: 'unsqueeze', axis: 1 }, [0]);
    draft.add({ kind: 'multiply' }, [first, second]);
    draft.linear(4, 3);
  }),
  plain('axes of size 1 taken away', [1, 3, 1], { kind: 'squeeze', axes: [1, -1] }),
  plain('expand', [1, 3], { kind: 'expand', shape: [2, -1, 4, 3] }),
  plain('tile', [2, 3], { kind: 'tile', repeats: [2, 1, 3, 2] }),
  plain('slice by steps', [7, 3], { kind: 'slice', axis: 1, start: 1, end: -1, step: 2 }),
  plain('slice from the back', [7, 3], { kind: 'slice', axis: -2, start: -3, step: 1 }),
  ...(['constant', 'reflect', 'replicate', 'circular'] as const).map((mode) =>
    plain(`pad: ${mode}`, [2, 4, 5], {
      kind: 'pad',
      mode,
      value: 1.5,
      pads: [
        [0, 0],
        [2, 1],
        [3, 2],
      ],
    }),
  ),
  plain('pad that cuts off', [4, 5], { kind: 'pad', mode: 'constant', value: 0, pads: [[-1, 2]] }),
  plain('roll', [4, 5], { kind: 'roll', axes: [1, -1], shifts: [-1, 7] }),
  plain('flip', [4, 5], { kind: 'flip', axes: [1, 2] }),
  one('flip behind conv', [2, 4, 4], (draft) => {
    draft.conv(2, 3, [3, 3]);
    draft.add({ kind: 'flip', axes: [2] });
  }),
  ...upsamplings,
  plain('unfold', [2, 6, 5], { kind: 'unfold', kernel: [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 2] }),
  plain('unfold of one axis', [2, 7], { kind: 'unfold', kernel: [3], stride: [2], padding: [1], dilation: [1] }),
  ...(['max', 'min'] as const).map((which) =>
    one(`the ${which} of several`, [3, 4], (draft) => {
      const mixed = draft.linear(4, 4);
      const row = draft.add({ kind: 'slice', axis: 1, start: 0, end: 1, step: 1 });
      const zero = draft.add({ kind: 'constant', shape: [1], content: { kind: 'fill', value: 0 } }, []);
      draft.add({ kind: 'extremum', which }, [mixed, row, zero]);
    }),
  ),
  ...(['less', 'lessEqual', 'greater', 'greaterEqual', 'equal', 'notEqual', 'and', 'or'] as const).map((operator) =>
    one(`compare: ${operator}`, [3, 4], (draft) => {
      const range = draft.add({ kind: 'constant', shape: [4], content: { kind: 'range', start: -1, step: 1 } }, []);
      const steps = draft.add({ kind: 'activation', activation: { kind: 'round' } }, [0]);
      const truth = draft.add({ kind: 'compare', operator }, [steps, range]);
      draft.add({ kind: 'multiply' }, [0, truth]);
    }),
  ),
  one('where', [3, 4], (draft) => {
    const zero = draft.add({ kind: 'constant', shape: [], content: { kind: 'fill', value: 0 } }, []);
    const half = draft.add({ kind: 'slice', axis: 2, start: 0, end: 1, step: 1 }, [0]);
    const condition = draft.add({ kind: 'compare', operator: 'less' }, [half, zero]);
    draft.add({ kind: 'where' }, [condition, 0, draft.add({ kind: 'affine', factor: -3, offset: 1 }, [half])]);
  }),
  one('matmul', [3, 4], (draft) => draft.add({ kind: 'matmul' }, [0, draft.input(4, 2)])),
  one('matmul that broadcasts', [2, 3, 4], (draft) => {
    const left = draft.add({ kind: 'reduce', how: 'mean', axes: [1], keepDims: true }, [0]);
    draft.add({ kind: 'matmul' }, [left, draft.add({ kind: 'permute', axes: [0, 1, 3, 2] }, [0])]);
  }),
  one('matmul by a table', [3, 4], (draft) => {
    const parameter = draft.parameter('table', 'weight', [4, 5], ['in', 'out'], { kind: 'normal', mean: 0, std: 1 });
    draft.add({ kind: 'matmul' }, [0, draft.add({ kind: 'parameter', parameter, shape: [4, 5] }, [])]);
  }),
  one('matmul by a column', [3, 4], (draft) => {
    const parameter = draft.parameter('column', 'weight', [4], ['feature'], { kind: 'normal', mean: 0, std: 1 });
    draft.add({ kind: 'matmul' }, [0, draft.add({ kind: 'parameter', parameter, shape: [4] }, [])]);
  }),
  one('matmul by a row on the left', [3, 4], (draft) => {
    const parameter = draft.parameter('row', 'weight', [3], ['feature'], { kind: 'normal', mean: 0, std: 1 });
    draft.add({ kind: 'matmul' }, [draft.add({ kind: 'parameter', parameter, shape: [3] }, []), 0]);
  }),
  ...equations.map(([equation, first, second]) =>
    one(`einsum: ${equation}`, first, (draft) =>
      draft.add({ kind: 'einsum', equation }, second === undefined ? [0] : [0, draft.input(...second)]),
    ),
  ),
  one('einsum of three', [3, 4], (draft) => {
    const second = draft.input(4, 2);
    draft.add({ kind: 'einsum', equation: 'bij,bjk,bik->bk' }, [0, second, draft.input(3, 2)]);
  }),
  attend('attention', {}),
  attend('attention, causal, of another scale', { causal: true, scale: 0.3 }),
  attend('attention with a mask that is added', { mask: 'added' }, (draft) => draft.input(1, 3, 5)),
  attend('attention with a mask of truth values', { mask: 'boolean', causal: true }, (draft) =>
    draft.add(
      {
        kind: 'constant',
        shape: [3, 5],
        content: { kind: 'values', values: [1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1] },
      },
      [],
    ),
  ),
  one('attention of one head', [3, 4], (draft) =>
    draft.add({ kind: 'attention', causal: false, dropout: 0, mask: 'none' }, [0, 0, 0]),
  ),
  ...(['mean', 'sum', 'max', 'min', 'product', 'variance', 'norm', 'logSumExp'] as const).flatMap((how) => [
    plain(`reduce: ${how}`, [3, 4, 2], { kind: 'reduce', how, axes: [1, -1], keepDims: false }),
    plain(`reduce: ${how}, of one axis that is kept`, [3, 4], { kind: 'reduce', how, axes: [2], keepDims: true }),
  ]),
  plain('the variance with a correction', [5], {
    kind: 'reduce',
    how: 'variance',
    axes: [1],
    keepDims: false,
    correction: 1,
  }),
  one('a product with zeros', [5], (draft) => {
    draft.activation({ kind: 'relu' });
    draft.linear(5, 5, { kind: 'identity', gain: 1 });
    draft.add({ kind: 'reduce', how: 'product', axes: [1], keepDims: false });
  }),
  plain('a running sum', [3, 4], { kind: 'cumulative', how: 'sum', axis: 1 }),
  plain('a running product', [3, 4], { kind: 'cumulative', how: 'product', axis: -1 }),
  one('embedding', [3], (draft) => {
    const weight = draft.parameter('table', 'embedding', [7, 4], ['feature', 'feature'], {
      kind: 'normal',
      mean: 0,
      std: 1,
    });
    draft.add({ kind: 'embedding', vocabulary: 7, features: 4, weight });
  }),
  one('an embedding tied to a linear layer', [3], (draft) => {
    const weight = draft.parameter('table', 'embedding', [7, 4], ['out', 'in'], { kind: 'normal', mean: 0, std: 1 });
    draft.add({ kind: 'embedding', vocabulary: 7, features: 4, weight });
    draft.activation({ kind: 'tanh' });
    draft.add({ kind: 'linear', inFeatures: 4, outFeatures: 7, weight });
  }),
  one('gather', [5, 3], (draft) => {
    const content = { kind: 'values', values: [4, 0, 0, -2] } as const;
    const indices = draft.add({ kind: 'constant', shape: [2, 2], content }, []);
    draft.add({ kind: 'gather', axis: 1 }, [0, indices]);
  }),
  one('gather by an input', [5, 3], (draft) => {
    const table = draft.add({ kind: 'reduce', how: 'sum', axes: [0], keepDims: false }, [0]);
    draft.add({ kind: 'gather', axis: 0 }, [table, draft.input(2)]);
  }),
  one('takeAlong', [5, 3], (draft) => draft.add({ kind: 'takeAlong', axis: 1 }, [0, draft.input(2, 3)])),
  one('oneHot', [3], (draft) => {
    draft.add({ kind: 'oneHot', classes: 4 });
    draft.linear(4, 2);
  }),
  plain('the largest in order', [5, 3], { kind: 'topK', k: 2, axis: 1, largest: true, result: 'values' }),
  plain('the smallest in order', [5], { kind: 'topK', k: 3, axis: -1, largest: false, result: 'values' }),
  one('the places of the largest', [5, 3], (draft) => {
    const places = draft.add({ kind: 'topK', k: 2, axis: 1, largest: true, result: 'indices' });
    draft.add({ kind: 'takeAlong', axis: 1 }, [0, places]);
  }),
  ...(['max', 'min'] as const).map((which) =>
    one(`the place of the ${which}`, [5, 3], (draft) => {
      const place = draft.add({ kind: 'argExtremum', which, axis: 1, keepDims: true });
      draft.add({ kind: 'takeAlong', axis: 1 }, [0, place]);
    }),
  ),
];

export const activations: readonly Activation[] = [
  { kind: 'linear' },
  { kind: 'relu' },
  { kind: 'relu6' },
  { kind: 'leakyRelu', slope: 0.1 },
  { kind: 'prelu', slope: 0.25 },
  { kind: 'elu', alpha: 1.3 },
  { kind: 'celu', alpha: 0.7 },
  { kind: 'selu' },
  { kind: 'gelu', approximate: 'none' },
  { kind: 'gelu', approximate: 'tanh' },
  { kind: 'silu' },
  { kind: 'mish' },
  { kind: 'tanh' },
  { kind: 'sigmoid' },
  { kind: 'logSigmoid' },
  { kind: 'hardSigmoid', slope: 1 / 6 },
  { kind: 'hardtanh', low: -0.8, high: 1.1 },
  { kind: 'hardswish' },
  { kind: 'softplus', beta: 2 },
  { kind: 'softsign' },
  { kind: 'softshrink', lambda: 0.5 },
  { kind: 'hardshrink', lambda: 0.5 },
  { kind: 'tanhshrink' },
  { kind: 'threshold', threshold: 0.2, value: -1 },
  { kind: 'erf' },
  { kind: 'sin' },
  { kind: 'cos' },
  { kind: 'exp' },
  { kind: 'arctan' },
  { kind: 'square' },
  { kind: 'abs' },
  { kind: 'power', exponent: 3 },
  { kind: 'power', exponent: -1 },
  { kind: 'sign' },
  { kind: 'floor' },
  { kind: 'round' },
];
