import { applyOpTable, axisOf, isKnown, type OpOf, type OpTable } from '../network';
import { moments } from '../network/moments';
import { alphaDropoutFactor, type Surroundings } from './forward';
import { groupSpread, layerSpread, type Normalization } from './normalization';
import { adaptiveWindowSize, isLinear, maximumGradient, reducedCount, windowSize } from './pooling';
import type { State } from './state';
import { tapShare } from './taps';
import type { Weights } from './weights';

export interface Backward extends Surroundings {
  readonly inputs: readonly (State | undefined)[];
  /** Nothing but the network's outputs depends on this node, or it is one. */
  readonly atOutput: boolean;
}

/**
 * By what factor the squared norm of a gradient changes from the operation's output to each of its inputs, over whole tensors.
 * Undefined where it is unknown. Gradients are taken to be independent of the forward activations and of each other's units
 * (Schoenholz et al. 2017, §5).
 */
export function backward(surroundings: Backward): readonly (number | undefined)[] {
  const { node } = surroundings;
  return node.inputs.map((_, index) => applyOpTable(table, node.op, index, surroundings));
}

const one = (): number => 1;

const table: OpTable<[index: number, Backward], number | undefined> = {
  input: one,
  parameter: () => undefined,
  constant: () => undefined,
  noise: () => undefined,
  linear: (op, _index, { weights }) => {
    const identity = weights.identityGain(op.weight);
    return identity === undefined ? weights.weightVariance(op.weight) : identity ** 2;
  },
  conv: (op, _index, { weights, shapes, node }) => {
    const gain = weights.weightVariance(op.weight);
    return gain === undefined ? undefined : gain * tapShare(op, shapes[0], node.shape);
  },
  convTranspose: () => undefined,
  dynamicConv: () => undefined,
  embedding: () => undefined,
  recurrent: () => undefined,
  batchNorm: (op, _index, { inputs: [x], weights }) =>
    x && normalisedGradient(x.secondMoment - x.crossMoment, op, weights),
  layerNorm: (op, _index, { inputs: [x], weights }) =>
    x && normalisedGradient(layerSpread(op, x).variance, op, weights),
  groupNorm: (op, _index, { inputs: [x], weights }) =>
    x && normalisedGradient(groupSpread(op, x)?.variance, op, weights),
  localResponseNorm: () => undefined,
  activation: ({ activation }, _index, { inputs: [x] }) =>
    x && moments(activation, x.secondMoment, x.mean).derivativeSecondMoment,
  // The loss takes the softmax with it: gradients are told from the logits on.
  softmax: (_op, _index, { atOutput }) => (atOutput ? 1 : undefined),
  dropout: ({ rate, variant }) => {
    if (rate >= 1) return undefined;
    return variant === 'alpha' ? alphaDropoutFactor(rate) ** 2 * (1 - rate) : 1 / (1 - rate);
  },
  pool: (op, _index, { inputs: [x] }) => {
    const count = windowSize(op.kernel);
    return op.reduce === 'max' ? x && maximumGradient(x, count) : averagedGradient(count);
  },
  adaptivePool: (op, _index, { inputs: [x], shapes }) => {
    const count = adaptiveWindowSize(op, shapes[0]);
    return op.reduce === 'max' ? x && maximumGradient(x, count) : averagedGradient(count);
  },
  upsample: () => undefined,
  unfold: () => undefined,
  flatten: one,
  reshape: one,
  permute: one,
  squeeze: one,
  unsqueeze: one,
  // How much the copies of a gradient have in common is not known.
  expand: () => undefined,
  tile: () => undefined,
  slice: one,
  pad: one,
  roll: one,
  flip: one,
  // Of a tensor that is added n times, each copy gets n of the n² (see the sum over consumers).
  add: (_op, index, { node }) => node.inputs.filter((input) => input === node.inputs[index]).length,
  multiply: (_op, index, { inputs }) => {
    const others = inputs.filter((_, other) => other !== index);
    return others.reduce<number | undefined>(
      (product, state) => (product === undefined ? undefined : state && product * state.secondMoment),
      1,
    );
  },
  affine: ({ factor }) => factor ** 2,
  scale: (op, _index, { weights }) => weights.scalar(op.scale, 1)?.secondMoment,
  extremum: () => undefined,
  compare: () => 0,
  where: () => undefined,
  stopGradient: () => 0,
  concat: (op, index, surroundings) => partOf(op, index, surroundings),
  reduce: (op, _index, { shapes }) => {
    if (!isLinear(op)) return undefined;
    const count = reducedCount(op, shapes[0]);
    return op.how === 'sum' ? count : averagedGradient(count);
  },
  matmul: () => undefined,
  einsum: () => undefined,
  attention: () => undefined,
  cumulative: () => undefined,
  gather: () => undefined,
  takeAlong: () => undefined,
  oneHot: () => undefined,
  topK: () => undefined,
  argExtremum: () => undefined,
  identity: one,
  opaque: () => undefined,
};

function normalisedGradient(variance: number | undefined, op: Normalization, weights: Weights): number | undefined {
  const gamma = weights.scalar(op.scale, 1);
  return variance === undefined || !gamma ? undefined : gamma.secondMoment / (variance + op.epsilon);
}

/**
 * The mean over K positions hands 1/K of a gradient to each: 1/K of its squared norm in all. Where K is unknown the gradient before
 * is told as of one position, since only a constant is lost.
 */
function averagedGradient(count: number | undefined): number {
  return count === undefined ? 1 : 1 / count;
}

/** The share of the output's elements that come from one input. */
function partOf({ axis }: OpOf<'concat'>, index: number, { shapes }: Backward): number | undefined {
  let total = 0;
  let own: number | undefined;
  for (const [other, shape] of shapes.entries()) {
    const at = shape && axisOf(axis, shape.length);
    const size = at === undefined ? undefined : shape?.[at];
    if (!isKnown(size)) return undefined;
    total += size;
    if (other === index) own = size;
  }
  return own === undefined || total === 0 ? undefined : own / total;
}
