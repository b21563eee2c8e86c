import assert from 'node:assert/strict';
import { isKnown, parametersByPath, type Network, type Op, type RecurrentCell } from '../../src/network';
import { loadBackend } from '../../src/probes/child/backend';
import { forward } from '../../src/probes/child/forward';
import { draw } from '../../src/probes/child/initialize';
import { Pace } from '../../src/probes/child/pace';
import { Random } from '../../src/probes/child/random';
import type { FloatTensor } from '../../src/probes/protocol';
import { Draft } from '../unit/probes/draft';
import { askPython } from './python';

/** Holds the executor's operations against those of PyTorch and Keras themselves, on the same values. */

interface Case {
  readonly title: string;
  readonly shapes: readonly (readonly number[])[];
  readonly network: Network;
  /** In Python; see operations.py. */
  readonly expression: string;
}

function one(
  title: string,
  shapes: readonly (readonly number[])[],
  build: (draft: Draft, inputs: number[]) => void,
  expression: string,
): Case {
  const draft = new Draft();
  const inputs = shapes.map((shape) => draft.input(...shape.slice(1)));
  build(draft, inputs);
  return { title, shapes, network: draft.build(), expression };
}

function plain(title: string, shape: readonly number[], op: Op, expression: string): Case {
  return one(title, [shape], (draft) => draft.add(op), expression);
}

const tanh = { kind: 'tanh' } as const;
const sigmoid = { kind: 'sigmoid' } as const;
const lstm: RecurrentCell = { kind: 'lstm', activation: tanh, gateActivation: sigmoid };
const gru = { kind: 'gru', activation: tanh, gateActivation: sigmoid } as const;
const torchGru: RecurrentCell = { ...gru, gates: ['reset', 'update'], resetAfter: true };
const normal = { kind: 'normal', mean: 0, std: 0.5 } as const;

function kerasRecurrent(
  draft: Draft,
  cell: RecurrentCell,
  gates: number,
  biases: 'one' | 'two',
  reverse = false,
): void {
  const units = 4;
  const bias = draft.parameter(
    'bias',
    'bias',
    biases === 'two' ? [2, gates * units] : [gates * units],
    biases === 'two' ? ['feature', 'out'] : ['out'],
    normal,
  );
  draft.add({
    kind: 'recurrent',
    cell,
    inputSize: 3,
    hiddenSize: units,
    reverse,
    inputWeight: draft.parameter('kernel', 'weight', [3, gates * units], ['in', 'out'], normal),
    recurrentWeight: draft.parameter('recurrent', 'weight', [units, gates * units], ['in', 'out'], normal),
    inputBias: bias,
    ...(biases === 'two' && { recurrentBias: bias }),
    result: 'sequence',
  });
}

const torchWeights = (line: number): string =>
  ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((name) => `${name}_l0=w["m${line}.${name}"]`).join(', ');

const pool = { kind: 'pool', stride: [2, 2], ceil: false } as const;
const image = [2, 3, 7, 6];

const cases: readonly Case[] = [
  one(
    'Conv3d',
    [[2, 2, 4, 5, 3]],
    (draft) => draft.conv(2, 3, [3, 2, 2], { padding: [1, 0, 1], stride: [2, 1, 2], dilation: [1, 2, 1] }),
    'F.conv3d(x[0], w["m1.weight"], w["m1.bias"], (2, 1, 2), (1, 0, 1), (1, 2, 1))',
  ),
  one(
    'Conv2d, padding same, even kernel, dilated, in groups',
    [[2, 4, 6, 7]],
    (draft) => draft.conv(4, 6, [2, 4], { padding: 'same', dilation: [1, 2], groups: 2 }),
    'F.conv2d(x[0], w["m1.weight"], w["m1.bias"], 1, "same", (1, 2), 2)',
  ),
  one(
    'Conv2d, depthwise with a multiplier',
    [image],
    (draft) => draft.conv(3, 6, [3, 3], { stride: [2, 2], groups: 3 }),
    'F.conv2d(x[0], w["m1.weight"], w["m1.bias"], 2, groups=3)',
  ),
  one(
    'ConvTranspose2d',
    [[2, 4, 4, 5]],
    (draft) => draft.convTranspose(4, 6, [3, 4], { stride: [2, 3], padding: [1, 0], outputPadding: [1, 2], groups: 2 }),
    'F.conv_transpose2d(x[0], w["m1.weight"], w["m1.bias"], (2, 3), (1, 0), (1, 2), 2)',
  ),
  one(
    'ConvTranspose3d, dilated',
    [[1, 2, 3, 2, 3]],
    (draft) => draft.convTranspose(2, 3, [2, 3, 2], { stride: [2, 1, 1], dilation: [1, 2, 1], padding: [0, 1, 0] }),
    'F.conv_transpose3d(x[0], w["m1.weight"], w["m1.bias"], (2, 1, 1), (0, 1, 0), 0, 1, (1, 2, 1))',
  ),
  one(
    'Keras Conv2D, padding same, stride 2',
    [image],
    (draft) => {
      const weight = draft.parameter('kernel', 'weight', [3, 2, 3, 5], ['kernel', 'kernel', 'in', 'out'], normal);
      const geometry = { inChannels: 3, outChannels: 5, kernel: [3, 2], stride: [2, 2], dilation: [1, 1], groups: 1 };
      draft.add({ kind: 'conv', weight, padding: 'same', ...geometry });
    },
    'first(layer(keras.layers.Conv2D(5, (3, 2), 2, "same", use_bias=False), last(x[0]), w["kernel"]))',
  ),
  one(
    'Keras DepthwiseConv2D',
    [image],
    (draft) => {
      const weight = draft.parameter('kernel', 'weight', [3, 3, 3, 2], ['kernel', 'kernel', 'in', 'out'], normal);
      const geometry = { inChannels: 3, outChannels: 6, kernel: [3, 3], stride: [2, 2], dilation: [1, 1], groups: 3 };
      draft.add({ kind: 'conv', weight, padding: 'same', ...geometry });
    },
    'first(layer(keras.layers.DepthwiseConv2D(3, 2, "same", 2, use_bias=False), last(x[0]), w["kernel"]))',
  ),
  one(
    'Keras Conv2DTranspose, padding same',
    [[2, 3, 4, 5]],
    (draft) => {
      const weight = draft.parameter('kernel', 'weight', [3, 4, 2, 3], ['kernel', 'kernel', 'out', 'in'], normal);
      const geometry = { inChannels: 3, outChannels: 2, kernel: [3, 4], stride: [2, 2], dilation: [1, 1], groups: 1 };
      draft.add({ kind: 'convTranspose', weight, padding: 'same', outputPadding: [0, 0], ...geometry });
    },
    'first(layer(keras.layers.Conv2DTranspose(2, (3, 4), 2, "same", use_bias=False), last(x[0]), w["kernel"]))',
  ),
  one(
    'LSTM',
    [[2, 5, 3]],
    (draft) => draft.recurrent(3, 4, lstm),
    `module(torch.nn.LSTM(3, 4, batch_first=True), ${torchWeights(1)})(x[0])[0]`,
  ),
  one(
    'the last cell of an LSTM from initial states',
    [
      [2, 5, 3],
      [2, 4],
      [2, 4],
    ],
    (draft, inputs) => draft.recurrent(3, 4, lstm, { result: 'cell' }, inputs),
    `module(torch.nn.LSTM(3, 4, batch_first=True), ${torchWeights(3)})(x[0], (x[1][None], x[2][None]))[1][1][0]`,
  ),
  one(
    'LSTM with a projection',
    [[2, 5, 3]],
    (draft) => {
      const weight = draft.parameter('hr', 'weight', [2, 4], ['out', 'in'], normal);
      draft.recurrent(3, 4, lstm, { projection: { size: 2, weight } });
    },
    `module(torch.nn.LSTM(3, 4, batch_first=True, proj_size=2), ${torchWeights(1)}, weight_hr_l0=w["hr"])(x[0])[0]`,
  ),
  one(
    'GRU, backwards',
    [[2, 5, 3]],
    (draft) => draft.recurrent(3, 4, torchGru, { reverse: true }),
    `module(torch.nn.GRU(3, 4, batch_first=True), ${torchWeights(1)})(x[0].flip(1))[0].flip(1)`,
  ),
  one(
    'the last hidden state of an RNN',
    [[2, 5, 3]],
    (draft) => draft.recurrent(3, 4, { kind: 'plain', activation: { kind: 'relu' } }, { result: 'hidden' }),
    `module(torch.nn.RNN(3, 4, nonlinearity="relu", batch_first=True), ${torchWeights(1)})(x[0])[1][0]`,
  ),
  one(
    'Keras LSTM',
    [[2, 5, 3]],
    (draft) => kerasRecurrent(draft, lstm, 4, 'one'),
    'layer(keras.layers.LSTM(4, return_sequences=True), x[0], w["kernel"], w["recurrent"], w["bias"])',
  ),
  one(
    'Keras GRU',
    [[2, 5, 3]],
    (draft) => kerasRecurrent(draft, { ...gru, gates: ['update', 'reset'], resetAfter: true }, 3, 'two'),
    'layer(keras.layers.GRU(4, return_sequences=True), x[0], w["kernel"], w["recurrent"], w["bias"])',
  ),
  one(
    'Keras GRU that resets before its weight, backwards',
    [[2, 5, 3]],
    (draft) => kerasRecurrent(draft, { ...gru, gates: ['update', 'reset'], resetAfter: false }, 3, 'one', true),
    'layer(keras.layers.GRU(4, return_sequences=True, reset_after=False, go_backwards=True), x[0], w["kernel"], w["recurrent"], w["bias"]).flip(1)',
  ),
  ...(['nearest', 'linear', 'cubic'] as const).flatMap((mode) => {
    const name = { nearest: 'nearest', linear: 'bilinear', cubic: 'bicubic' }[mode];
    const corners = mode === 'nearest' ? [undefined] : [false, true];
    return corners.flatMap((alignCorners) =>
      [
        { target: { kind: 'scale', factors: [2, 1.7] } as const, python: 'scale_factor=(2, 1.7)' },
        { target: { kind: 'scale', factors: [0.5, 2.3] } as const, python: 'scale_factor=(0.5, 2.3)' },
        { target: { kind: 'output', sizes: [11, 4] } as const, python: 'size=(11, 4)' },
      ].map(({ target, python }) =>
        plain(
          `interpolate: ${mode}, ${python}, corners ${String(alignCorners)}`,
          image,
          { kind: 'upsample', mode, target, alignCorners: alignCorners ?? false },
          `F.interpolate(x[0], ${python}, mode="${name}"${alignCorners === true ? ', align_corners=True' : ''})`,
        ),
      ),
    );
  }),
  plain(
    'unfold',
    image,
    { kind: 'unfold', kernel: [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 2] },
    'F.unfold(x[0], (3, 2), (1, 2), (1, 0), (2, 1))',
  ),
  plain(
    'LocalResponseNorm',
    [2, 6, 3, 2],
    { kind: 'localResponseNorm', size: 4, alpha: 0.8, beta: 0.75, k: 1.5 },
    'F.local_response_norm(x[0], 4, 0.8, 0.75, 1.5)',
  ),
  plain(
    'MaxPool2d, dilated',
    [2, 2, 9, 8],
    { ...pool, reduce: 'max', kernel: [3, 2], padding: [1, 0], dilation: [2, 3], countPadding: true },
    'F.max_pool2d(x[0], (3, 2), 2, (1, 0), (2, 3))',
  ),
  plain(
    'AvgPool3d',
    [2, 2, 4, 5, 6],
    { ...pool, reduce: 'average', kernel: [2, 3, 2], stride: [2, 1, 2], padding: [0, 1, 1], countPadding: true },
    'F.avg_pool3d(x[0], (2, 3, 2), (2, 1, 2), (0, 1, 1))',
  ),
  plain(
    'AvgPool2d, rounded up, padding not counted',
    image,
    { ...pool, reduce: 'average', kernel: [3, 3], padding: [1, 1], ceil: true, countPadding: false },
    'F.avg_pool2d(x[0], 3, 2, 1, ceil_mode=True, count_include_pad=False)',
  ),
  plain(
    'AdaptiveMaxPool3d',
    [2, 2, 5, 4, 6],
    { kind: 'adaptivePool', reduce: 'max', output: [3, undefined, 4] },
    'F.adaptive_max_pool3d(x[0], (3, None, 4))',
  ),
  plain(
    'Keras AveragePooling2D, padding same',
    image,
    { ...pool, reduce: 'average', kernel: [3, 2], padding: 'same', countPadding: false },
    'first(layer(keras.layers.AveragePooling2D((3, 2), 2, "same"), last(x[0])))',
  ),
  plain(
    'Keras MaxPooling2D, padding same',
    image,
    { ...pool, reduce: 'max', kernel: [3, 2], padding: 'same', countPadding: false },
    'first(layer(keras.layers.MaxPooling2D((3, 2), 2, "same"), last(x[0])))',
  ),
  ...(['reflect', 'replicate', 'circular'] as const).map((mode) =>
    plain(
      `pad: ${mode}`,
      image,
      {
        kind: 'pad',
        mode,
        value: 0,
        pads: [
          [2, 1],
          [1, 3],
        ],
      },
      `F.pad(x[0], (1, 3, 2, 1), "${mode}")`,
    ),
  ),
  plain('roll', image, { kind: 'roll', axes: [1, -1], shifts: [-1, 8] }, 'x[0].roll((-1, 8), (1, -1))'),
  plain(
    'variance',
    image,
    { kind: 'reduce', how: 'variance', axes: [1, 3], keepDims: true, correction: 1 },
    'x[0].var((1, 3), keepdim=True)',
  ),
  plain('logsumexp', image, { kind: 'reduce', how: 'logSumExp', axes: [-1], keepDims: false }, 'x[0].logsumexp(-1)'),
  plain('cumprod', image, { kind: 'cumulative', how: 'product', axis: 2 }, 'x[0].cumprod(2)'),
  plain(
    'topk',
    image,
    { kind: 'topK', k: 3, axis: 2, largest: false, result: 'indices' },
    'x[0].topk(3, 2, largest=False).indices',
  ),
  plain('argmax', image, { kind: 'argExtremum', which: 'max', axis: 1, keepDims: false }, 'x[0].argmax(1)'),
  one(
    'einsum',
    [
      [2, 3, 4, 5],
      [2, 6, 4, 5],
    ],
    (draft, inputs) => draft.add({ kind: 'einsum', equation: 'bqhd,bkhd->bhqk' }, inputs),
    'torch.einsum("bqhd,bkhd->bhqk", x[0], x[1])',
  ),
  one(
    'einsum with a diagonal',
    [
      [2, 3, 4, 3],
      [2, 4],
    ],
    (draft, inputs) => draft.add({ kind: 'einsum', equation: 'biji,bj->ib' }, inputs),
    'torch.einsum("biji,bj->ib", x[0], x[1])',
  ),
  one(
    'attention, causal',
    [
      [2, 2, 5, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 6],
    ],
    (draft, inputs) => draft.add({ kind: 'attention', causal: true, dropout: 0, mask: 'none' }, inputs),
    'F.scaled_dot_product_attention(*x, is_causal=True)',
  ),
  one(
    'attention with a mask, which closes one row',
    [
      [2, 2, 3, 4],
      [2, 2, 4, 4],
      [2, 2, 4, 4],
    ],
    (draft, inputs) => {
      const content = { kind: 'values', values: [1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1] } as const;
      const mask = draft.add({ kind: 'constant', shape: [3, 4], content }, []);
      draft.add({ kind: 'attention', causal: false, scale: 0.7, dropout: 0, mask: 'boolean' }, [...inputs, mask]);
    },
    'F.scaled_dot_product_attention(*x, attn_mask=torch.tensor([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]]).bool(), scale=0.7)',
  ),
];

function inputsOf({ shapes, title }: Case): FloatTensor[] {
  const random = new Random(1, title);
  return shapes.map((shape) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  }));
}

async function weightsOf({ parameters }: Network): Promise<Record<string, FloatTensor>> {
  const siblings = parametersByPath(parameters);
  const pace = new Pace({ isCancellationRequested: false });
  const drawn = parameters.map(
    async (one) => [one.path, { shape: one.shape.filter(isKnown), data: await draw(one, siblings, 2, pace) }] as const,
  );
  return Object.fromEntries(await Promise.all(drawn));
}

describe('operations by the frameworks themselves', () => {
  let answers: readonly { readonly shape: number[]; readonly data: number[] }[];
  const weights: Record<string, FloatTensor>[] = [];
  before(async () => {
    await loadBackend({ GRADLENS_BACKEND: 'wasm' });
    for (const { network } of cases) weights.push(await weightsOf(network));
    const plain = ({ shape, data }: FloatTensor) => ({ shape, data: [...data] });
    answers = await askPython(
      'operations.py',
      cases.map((one, i) => ({
        expression: one.expression,
        inputs: inputsOf(one).map(plain),
        weights: Object.fromEntries(Object.entries(weights[i]!).map(([path, value]) => [path, plain(value)])),
      })),
    );
  });

  for (const [i, one] of cases.entries())
    it(one.title, async () => {
      const values = Object.fromEntries(Object.entries(weights[i]!).map(([path, { data }]) => [path, data]));
      const [output] = await forward(one.network, values, inputsOf(one));
      assert.ok(output);
      const { shape, data } = answers[i]!;
      assert.deepEqual(output.shape, shape);
      const largest = Math.max(1, ...data.map(Math.abs));
      for (const [at, expected] of data.entries())
        assert.ok(
          Math.abs(output.data[at]! - expected) <= 2e-5 * largest,
          `at ${String(at)}: ${String(output.data[at])}, not ${String(expected)}`,
        );
    });
});
