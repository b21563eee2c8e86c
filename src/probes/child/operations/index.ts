import type { OpKind, OpTable } from '../../../network';
import { ProbeError } from '../../failure';
import { passOn, type Applied, type Context, type Layout, type Operation, type Value } from '../operation';
import { activation } from './activation';
import { affine, multiply, scale, sum } from './arithmetic';
import { conv } from './convolution';
import { linear } from './linear';
import { batchNorm, groupNorm, layerNorm } from './normalization';
import { adaptivePool, pool } from './pooling';
import { concat, flatten, permute, reduce, reshape, squeeze, unsqueeze } from './shape';
import { softmax } from './softmax';
import { constant, noise, parameter } from './sources';

/** Operations that the executor does not have. */
export const notYet: Operation<OpKind> = (op, _inputs, { node }) => {
  throw new ProbeError({
    kind: 'notProbeable',
    message: `cannot be probed: line ${node.span.start.line + 1} (${op.kind}) is not computed yet`,
    span: node.span,
  });
};

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
  convTranspose: notYet,
  dynamicConv: notYet,
  embedding: notYet,
  recurrent: notYet,
  localResponseNorm: notYet,
  upsample: notYet,
  unfold: notYet,
  squeeze,
  unsqueeze,
  expand: notYet,
  tile: notYet,
  slice: notYet,
  pad: notYet,
  roll: notYet,
  flip: notYet,
  extremum: notYet,
  compare: notYet,
  where: notYet,
  stopGradient: (_op, inputs) => ({ ...passOn(inputs), pullback: () => ({ inputs: [undefined] }) }),
  matmul: notYet,
  einsum: notYet,
  attention: notYet,
  cumulative: notYet,
  gather: notYet,
  takeAlong: notYet,
  oneHot: notYet,
  topK: notYet,
  argExtremum: notYet,
  opaque: (op, _inputs, { node }) => {
    throw new ProbeError({
      kind: 'notProbeable',
      message: `cannot be probed: line ${node.span.start.line + 1} is not known (${op.reason})`,
      span: node.span,
    });
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
  convTranspose: 'framework',
  dynamicConv: 'framework',
  embedding: 'framework',
  recurrent: 'framework',
  localResponseNorm: 'framework',
  upsample: 'framework',
  unfold: 'framework',
  squeeze: 'framework',
  unsqueeze: 'framework',
  expand: 'framework',
  tile: 'framework',
  slice: 'framework',
  pad: 'framework',
  roll: 'framework',
  flip: 'framework',
  extremum: 'framework',
  compare: 'framework',
  where: 'framework',
  stopGradient: 'framework',
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
