import { applyOpTable, dimText, shapeText, type Activation, type Op, type OpTable, type PerAxis } from '../network';

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
};

const sizes = (axes: PerAxis): string => axes.map(dimText).join('×');
const stride = (axes: PerAxis): string => {
  const all = new Set(axes.map(dimText));
  if (all.size > 1) return `, stride ${sizes(axes)}`;
  return all.has('1') ? '' : `, stride ${[...all].join('')}`;
};
const reduction = (how: 'max' | 'average'): string => (how === 'max' ? 'MaxPool' : 'AvgPool');

const table: OpTable<[], string> = {
  input: ({ name }) => `Input ${name}`,
  linear: (op) => `Linear ${dimText(op.inFeatures)}→${dimText(op.outFeatures)}`,
  conv: (op) => {
    const groups = op.groups === 1 ? '' : `, ${dimText(op.groups)} groups`;
    const channels = `${dimText(op.inChannels)}→${dimText(op.outChannels)}`;
    return `Conv${op.kernel.length}d ${channels}, ${sizes(op.kernel)}${stride(op.stride)}${groups}`;
  },
  batchNorm: ({ channels }) => `BatchNorm ${dimText(channels)}`,
  layerNorm: ({ center, normalizedShape }) => `${center ? 'LayerNorm' : 'RMSNorm'} ${shapeText(normalizedShape)}`,
  groupNorm: ({ groups, channels }) => `GroupNorm ${dimText(channels)}, ${dimText(groups)} groups`,
  activation: ({ activation }) => activationNames[activation.kind],
  softmax: ({ log }) => (log ? 'LogSoftmax' : 'Softmax'),
  dropout: ({ rate, variant }) => `${variant === 'alpha' ? 'AlphaDropout' : 'Dropout'} ${rate}`,
  pool: (op) => `${reduction(op.reduce)}${op.kernel.length}d ${sizes(op.kernel)}${stride(op.stride)}`,
  adaptivePool: ({ reduce, output }) =>
    `Adaptive${reduction(reduce)}${output.length}d → ${output.map((size) => (size === undefined ? 'same' : dimText(size))).join('×')}`,
  flatten: () => 'Flatten',
  reshape: () => 'Reshape',
  permute: ({ axes }) => `Permute ${axes.join(', ')}`,
  add: () => 'Add',
  multiply: () => 'Multiply',
  affine: ({ factor, offset }) => `× ${factor}${offset === 0 ? '' : ` + ${offset}`}`,
  scale: () => 'Scale (trained)',
  concat: () => 'Concat',
  reduce: ({ how }) => (how === 'mean' ? 'Mean' : 'Sum'),
  identity: () => 'Identity',
  opaque: () => 'Not understood',
};
