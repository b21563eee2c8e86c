import type { OpKind, OpTable } from '../../../network';
import { passOn, refuseNode, type Applied, type Context, type Layout, type Value } from '../operation';
import { attention } from './attention';
import { compare, extremum, where } from './comparison';
import { matmul } from './contraction';
import { cumulative } from './cumulative';
import { einsum } from './einsum';
import { embedding, gather, oneHot, takeAlong } from './lookup';
import { argExtremum, topK } from './ranking';
import { reduce } from './reduction';
import { expand, flip, roll, tile } from './repetition';
import { pad, slice } from './slicing';
import { unfold } from './unfold';
import { upsample } from './upsample';
import { activation } from './activation';
import { affine, multiply, scale, sum } from './arithmetic';
import { conv, dynamicConv } from './convolution';
import { localResponseNorm } from './localResponse';
import { recurrent } from './recurrent';
import { convTranspose } from './transposedConvolution';
import { linear } from './linear';
import { batchNorm, groupNorm, layerNorm } from './normalization';
import { adaptivePool, pool } from './pooling';
import { concat, flatten, permute, reshape, squeeze, unsqueeze } from './shape';
import { softmax } from './softmax';
import { constant, noise, parameter } from './sources';

/** Every operation on the backend: forward, and the vector–Jacobian product at the point where it was applied. */
export const operations: OpTable<[inputs: readonly Value[], context: Context], Applied> = {
  input: () => {
    throw new Error('an input is given, not computed');
  },
  linear,
  conv,
  batchNorm,
  layerNorm,
  groupNorm,
  activation,
  softmax,
  // Probes look at the network without its noise: dropout is off.
  dropout: (_op, inputs) => passOn(inputs),
  pool,
  adaptivePool,
  flatten,
  reshape,
  permute,
  add: sum,
  multiply,
  affine,
  scale,
  concat,
  reduce,
  identity: (_op, inputs) => passOn(inputs),
  parameter,
  constant,
  noise,
  convTranspose,
  dynamicConv,
  embedding,
  recurrent,
  localResponseNorm,
  upsample,
  unfold,
  squeeze,
  unsqueeze,
  expand,
  tile,
  slice,
  pad,
  roll,
  flip,
  extremum,
  compare,
  where,
  stopGradient: (_op, inputs) => ({ ...passOn(inputs), pullback: () => ({ inputs: [undefined] }) }),
  matmul,
  einsum,
  attention,
  cumulative,
  gather,
  takeAlong,
  oneHot,
  topK,
  argExtremum,
  opaque: (op, _inputs, { node }) => {
    throw refuseNode(node, `is not known (${op.reason})`);
  },
};

/** The layout in which an operation wants its inputs; `any`: all in the same one, whichever that is. */
export const inputLayouts: Readonly<Record<OpKind, Layout | 'any'>> = {
  input: 'any',
  linear: 'framework',
  conv: 'channelsLast',
  batchNorm: 'any',
  layerNorm: 'framework',
  groupNorm: 'framework',
  activation: 'any',
  softmax: 'framework',
  dropout: 'any',
  pool: 'channelsLast',
  adaptivePool: 'channelsLast',
  flatten: 'framework',
  reshape: 'framework',
  permute: 'framework',
  add: 'any',
  multiply: 'any',
  affine: 'any',
  scale: 'framework',
  concat: 'framework',
  reduce: 'framework',
  identity: 'any',
  parameter: 'framework',
  constant: 'framework',
  noise: 'framework',
  convTranspose: 'channelsLast',
  dynamicConv: 'framework',
  embedding: 'framework',
  recurrent: 'framework',
  localResponseNorm: 'any',
  upsample: 'any',
  unfold: 'framework',
  squeeze: 'framework',
  unsqueeze: 'framework',
  expand: 'framework',
  tile: 'framework',
  slice: 'framework',
  pad: 'framework',
  roll: 'framework',
  flip: 'framework',
  extremum: 'any',
  compare: 'any',
  where: 'any',
  stopGradient: 'any',
  matmul: 'framework',
  einsum: 'framework',
  attention: 'framework',
  cumulative: 'framework',
  gather: 'framework',
  takeAlong: 'framework',
  oneHot: 'framework',
  topK: 'framework',
  argExtremum: 'framework',
  opaque: 'any',
};
