import { applyOpTable, axisOf, isKnown, type OpOf, type OpTable } from '../network';
import { activationGradient } from './activations';
import { attentionGradient, softmaxGradient } from './attention';
import { fanOf, transposedGain } from './convolution';
import { alphaDropoutFactor, type Surroundings } from './forward';
import { groupSpread, layerSpread, localResponseFactor, type Normalization } from './normalization';
import { adaptiveWindowSize, maximumGradient, windowSize } from './pooling';
import { contractedGradient, einsumContraction, matmulContraction, type Contraction } from './product';
import { recurrentGradient, unrolled } from './recurrent';
import { reducedGradient } from './reductions';
import { paddedShare, squaredWeights } from './resampling';
import { extremumShare } from './selection';
import type { Weights } from './weights';

/** Where an operation stands on the way back. */
export interface Place {
  /** Nothing but the network's outputs depends on this node, or it is one. */
  readonly atOutput: boolean;
  /** Everything that it is used for goes into a softmax. */
  readonly towardsSoftmax: boolean;
  /** Of a convolution: the share of its taps that hand a gradient on (see `scattered`). */
  readonly share: number;
}

/**
 * By what factor the squared norm of a gradient changes from the operation's output to the input of this index, over whole tensors.
 * Undefined where it is unknown. Gradients are taken to be independent of the forward activations and of each other's units
 * (Schoenholz et al. 2017, §5).
 */
export function backward(index: number, around: Surroundings, place: Place): number | undefined {
  return applyOpTable(table, around.node.op, index, around, place);
}

const one = (): number => 1;

/** What is not taken gets nothing; what is taken twice gets two independent parts. */
const taken = (_op: unknown, index: number): number => (index === 0 ? 1 : 0);

const table: OpTable<[index: number, Surroundings, Place], number | undefined> = {
  input: one,
  parameter: one,
  constant: one,
  noise: one,
  linear: (op, _index, { weights }) => {
    const identity = weights.identityGain(op.weight);
    return identity === undefined ? weights.weightVariance(op.weight) : identity ** 2;
  },
  conv: (op, _index, { weights }, { share }) => {
    const gain = weights.convolutionVariance(op);
    return gain === undefined ? undefined : gain * share;
  },
  convTranspose: (op, _index, { shapes, node, weights }) => transposedGain(op, shapes[0], node.shape, weights),
  dynamicConv: (op, index, { states, shapes, node }) => {
    const fan = fanOf(op, shapes[0], node.shape);
    const other = states[1 - index];
    return fan === undefined ? undefined : other && fan * other.secondMoment;
  },
  // Whole numbers have no gradient.
  embedding: () => 0,
  recurrent: (op, index, { states, shapes, weights, assumptions }) => {
    const layer = unrolled(op, states, shapes[0], weights, assumptions);
    return layer && recurrentGradient(op, layer, index);
  },
  batchNorm: (op, _index, { states: [x], weights }) =>
    x && normalisedGradient(x.secondMoment - x.crossMoment, op, weights),
  layerNorm: (op, _index, { states: [x], weights }) =>
    x && normalisedGradient(layerSpread(op, x).variance, op, weights),
  groupNorm: (op, _index, { states: [x], weights }) =>
    x && normalisedGradient(groupSpread(op, x)?.variance, op, weights),
  localResponseNorm: (op, _index, { states: [x] }) => x && localResponseFactor(op, x) ** 2,
  activation: ({ activation }, _index, { states: [x] }) => x && activationGradient(activation, x),
  // The loss takes the softmax with it: gradients are told from the logits on.
  softmax: (op, _index, { states: [x], shapes, assumptions }, { atOutput }) =>
    atOutput ? 1 : x && softmaxGradient(op, x, shapes[0], assumptions),
  dropout: ({ rate, variant }) => {
    if (rate >= 1) return undefined;
    return variant === 'alpha' ? alphaDropoutFactor(rate) ** 2 * (1 - rate) : 1 / (1 - rate);
  },
  pool: (op, _index, { states: [x] }) => {
    const count = windowSize(op.kernel);
    return op.reduce === 'max' ? x && maximumGradient(x, count) : averagedGradient(count);
  },
  adaptivePool: (op, _index, { states: [x], shapes }) => {
    const count = adaptiveWindowSize(op, shapes[0]);
    return op.reduce === 'max' ? x && maximumGradient(x, count) : averagedGradient(count);
  },
  upsample: (op, _index, { shapes, node }) => squaredWeights(op, shapes[0], node.shape),
  // What an element gets from the windows that it is in, or from its copies, is independent.
  unfold: one,
  flatten: one,
  reshape: one,
  permute: one,
  squeeze: one,
  unsqueeze: one,
  expand: one,
  tile: one,
  slice: one,
  pad: (op, _index, { shapes, node }) => paddedShare(op, shapes[0], node.shape),
  roll: one,
  flip: one,
  // Of a tensor that is added n times, each copy gets n of the n² (see the sum over consumers).
  add: (_op, index, { node }) => node.inputs.filter((input) => input === node.inputs[index]).length,
  multiply: (_op, index, { states }) => {
    const others = states.filter((_, other) => other !== index);
    return others.reduce<number | undefined>(
      (product, state) => (product === undefined ? undefined : state && product * state.secondMoment),
      1,
    );
  },
  affine: ({ factor }) => factor ** 2,
  scale: (op, _index, { weights }) => weights.scalar(op.scale, 1)?.secondMoment,
  extremum: (op, index, { states }) => {
    const known = states.filter((state) => state !== undefined);
    return known.length === states.length ? extremumShare(op, index, known) : undefined;
  },
  compare: () => 0,
  where: (_op, index, { states: [condition, then, otherwise] }) => {
    if (index === 0) return 0;
    const [own, other] = index === 1 ? [then, otherwise] : [otherwise, then];
    if (own?.hides) return 0;
    if (other?.hides) return 1;
    return condition && (index === 1 ? condition.mean : 1 - condition.mean);
  },
  stopGradient: () => 0,
  concat: (op, index, surroundings) => partOf(op, index, surroundings),
  reduce: (op, _index, { states: [x], shapes, assumptions }) => reducedGradient(op, x, shapes[0], assumptions),
  matmul: (_op, index, around, { towardsSoftmax }) =>
    productGradient(matmulContraction(around, around.node.shape), index, towardsSoftmax),
  einsum: (op, index, around, { towardsSoftmax }) =>
    productGradient(einsumContraction(op.equation, around), index, towardsSoftmax),
  attention: (op, index, { states, shapes, assumptions }) => attentionGradient(op, index, states, shapes, assumptions),
  cumulative: () => undefined,
  gather: taken,
  takeAlong: taken,
  oneHot: () => 0,
  topK: one,
  argExtremum: () => 0,
  identity: one,
  opaque: () => undefined,
};

function productGradient(product: Contraction | undefined, index: number, towardsSoftmax: boolean): number | undefined {
  return product && contractedGradient(product, index === 0 ? 'left' : 'right', towardsSoftmax);
}

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
function partOf({ axis }: OpOf<'concat'>, index: number, { shapes }: Surroundings): number | undefined {
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
