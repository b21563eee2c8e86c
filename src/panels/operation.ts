import {
  applyOpTable,
  dimText,
  shapeText,
  type Activation,
  type Convolution,
  type Op,
  type OpOf,
  type OpTable,
  type PerAxis,
} from '../network';

/** An operation with the sizes that make it, for people: `Linear 256→256`, `Conv2d 3→64, 3×3, stride 2`. */
export function operationText(op: Op): string {
  return applyOpTable(table, op);
}

const activationNames: Readonly<Record<Activation['kind'], string>> = {
  linear: 'Identity',
  relu: 'ReLU',
  relu6: 'ReLU6',
  leakyRelu: 'LeakyReLU',
  prelu: 'PReLU',
  elu: 'ELU',
  celu: 'CELU',
  selu: 'SELU',
  gelu: 'GELU',
  silu: 'SiLU',
  mish: 'Mish',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  logSigmoid: 'LogSigmoid',
  hardSigmoid: 'Hardsigmoid',
  hardtanh: 'Hardtanh',
  hardswish: 'Hardswish',
  softplus: 'Softplus',
  softsign: 'Softsign',
  softshrink: 'Softshrink',
  hardshrink: 'Hardshrink',
  tanhshrink: 'Tanhshrink',
  threshold: 'Threshold',
  erf: 'erf',
  sin: 'sin',
  cos: 'cos',
  exp: 'exp',
  arctan: 'arctan',
  square: 'Square',
  abs: 'abs',
  power: 'Power',
  log: 'log',
  sign: 'sign',
  floor: 'floor',
  round: 'round',
};

const sizes = (axes: PerAxis): string => axes.map(dimText).join('×');
const stride = (axes: PerAxis): string => {
  const all = new Set(axes.map(dimText));
  if (all.size > 1) return `, stride ${sizes(axes)}`;
  return all.has('1') ? '' : `, stride ${[...all].join('')}`;
};
const reduction = (how: 'max' | 'average'): string => (how === 'max' ? 'MaxPool' : 'AvgPool');

const dropoutNames: Readonly<Record<OpOf<'dropout'>['variant'], string>> = {
  element: 'Dropout',
  channel: 'Dropout of channels',
  sample: 'Stochastic depth',
  alpha: 'AlphaDropout',
};

const reductionNames: Readonly<Record<OpOf<'reduce'>['how'], string>> = {
  mean: 'Mean',
  sum: 'Sum',
  max: 'Max',
  min: 'Min',
  product: 'Product',
  variance: 'Variance',
  norm: 'Norm',
  logSumExp: 'LogSumExp',
};

function convolutionText(name: string, op: Convolution): string {
  const groups = op.groups === 1 ? '' : `, ${dimText(op.groups)} groups`;
  const channels = `${dimText(op.inChannels)}→${dimText(op.outChannels)}`;
  return `${name}${op.kernel.length}d ${channels}, ${sizes(op.kernel)}${stride(op.stride)}${groups}`;
}

const table: OpTable<[], string> = {
  input: ({ name }) => `Input ${name}`,
  parameter: ({ shape }) => `Parameter ${shapeText(shape)}`,
  constant: ({ shape }) => `Constant ${shape ? shapeText(shape) : ''}`.trim(),
  noise: ({ distribution }) => (distribution === 'normal' ? 'Gaussian noise' : 'Uniform noise'),
  linear: (op) => `Linear ${dimText(op.inFeatures)}→${dimText(op.outFeatures)}`,
  conv: (op) => convolutionText('Conv', op),
  convTranspose: (op) => convolutionText('ConvTranspose', op),
  dynamicConv: (op) => convolutionText('Conv', op),
  embedding: (op) => `Embedding ${dimText(op.vocabulary)}→${dimText(op.features)}`,
  recurrent: (op) => {
    const name = { plain: 'RNN', lstm: 'LSTM', gru: 'GRU' }[op.cell.kind];
    return `${name} ${dimText(op.inputSize)}→${dimText(op.hiddenSize)}${op.reverse ? ', backward in time' : ''}`;
  },
  batchNorm: ({ channels }) => `BatchNorm ${dimText(channels)}`,
  layerNorm: ({ center, normalizedShape }) => `${center ? 'LayerNorm' : 'RMSNorm'} ${shapeText(normalizedShape)}`,
  groupNorm: ({ groups, channels }) => `GroupNorm ${dimText(channels)}, ${dimText(groups)} groups`,
  localResponseNorm: ({ size }) => `LocalResponseNorm ${size}`,
  activation: ({ activation }) => activationNames[activation.kind],
  softmax: ({ log }) => (log ? 'LogSoftmax' : 'Softmax'),
  dropout: ({ rate, variant }) => `${dropoutNames[variant]} ${rate}`,
  pool: (op) => `${reduction(op.reduce)}${op.kernel.length}d ${sizes(op.kernel)}${stride(op.stride)}`,
  adaptivePool: ({ reduce, output }) =>
    `Adaptive${reduction(reduce)}${output.length}d → ${output.map((size) => (size === undefined ? 'same' : dimText(size))).join('×')}`,
  upsample: ({ mode, target }) => {
    const to = target.kind === 'output' ? `→ ${sizes(target.sizes)}` : `×${[...new Set(target.factors)].join('×')}`;
    return `Upsample ${to}, ${mode}`;
  },
  unfold: ({ kernel }) => `Unfold ${sizes(kernel)}`,
  flatten: () => 'Flatten',
  reshape: () => 'Reshape',
  permute: ({ axes }) => `Permute ${axes.join(', ')}`,
  squeeze: () => 'Squeeze',
  unsqueeze: () => 'Unsqueeze',
  expand: ({ shape }) => `Expand ${shape.map(dimText).join('×')}`,
  tile: ({ repeats }) => `Repeat ${repeats.map(dimText).join('×')}`,
  slice: ({ axis, start, end, step }) =>
    `Slice [${dimText(start)}:${end === undefined ? '' : dimText(end)}${step === 1 ? '' : `:${step}`}] of axis ${axis}`,
  pad: ({ mode }) => (mode === 'constant' ? 'Pad' : `Pad, ${mode}`),
  roll: ({ axes, shifts }) => `Roll axes ${axes.join(', ')} by ${shifts.map(dimText).join(', ')}`,
  flip: ({ axes }) => `Flip axes ${axes.join(', ')}`,
  add: () => 'Add',
  multiply: () => 'Multiply',
  affine: ({ factor, offset }) => `× ${factor}${offset === 0 ? '' : ` + ${offset}`}`,
  scale: () => 'Scale (trained)',
  extremum: ({ which }) => (which === 'max' ? 'Maximum' : 'Minimum'),
  compare: ({ operator }) => `Compare (${operator})`,
  where: () => 'Where',
  stopGradient: () => 'Detach',
  concat: () => 'Concat',
  matmul: () => 'MatMul',
  einsum: ({ equation }) => `Einsum ${equation}`,
  attention: ({ causal }) => (causal ? 'Attention, causal' : 'Attention'),
  reduce: ({ how }) => reductionNames[how],
  cumulative: ({ how }) => (how === 'sum' ? 'Cumulative sum' : 'Cumulative product'),
  gather: () => 'Gather',
  takeAlong: () => 'Gather',
  oneHot: ({ classes }) => `One-hot ${dimText(classes)}`,
  topK: ({ k }) => `Top ${dimText(k)}`,
  argExtremum: ({ which }) => (which === 'max' ? 'Argmax' : 'Argmin'),
  identity: () => 'Identity',
  opaque: () => 'Not understood',
};
