import { applyOpTable, axisOf, type Node, type NodeId, type OpOf, type OpTable, type Shape } from '../network';
import { covariance, moments, SELU_ALPHA, SELU_LAMBDA } from '../network/moments';
import { independentProduct, joined, sum } from './joins';
import { groupSpread, layerSpread, normalised, type Spread } from './normalization';
import { adaptiveWindowSize, averaged, isLinear, maximum, reduced, windowSize } from './pooling';
import { affineState, correlationOf, isFiniteState, type State } from './state';
import { tapShare } from './taps';
import type { Weights } from './weights';

/** The moments of the network's own inputs. */
export type InputMoments = Pick<State, 'secondMoment' | 'mean' | 'crossMoment'>;

/** What an operation may look at besides its own fields. */
export interface Surroundings {
  readonly node: Node;
  /** One of each input. */
  readonly shapes: readonly (Shape | undefined)[];
  readonly weights: Weights;
  readonly data: InputMoments;
  /** Whether it only scales and shifts the network's own input: what it gives is the normalised data. */
  readonly preparesInput: boolean;
}

/** The state of an operation's output; undefined where it depends on what is unknown, and where numbers overflow. */
export function forward(inputs: readonly (State | undefined)[], surroundings: Surroundings): State | undefined {
  const known = inputs.filter((state) => state !== undefined);
  if (known.length < inputs.length) return undefined;
  const result = applyOpTable(table, surroundings.node.op, known, surroundings);
  return result && isFiniteState(result) ? result : undefined;
}

const table: OpTable<[readonly State[], Surroundings], State | undefined> = {
  input: (_op, _inputs, { node, data }) => ({ ...data, unitAxis: undefined, sources: new Set([node.id]) }),
  // What depends on the operations without a prediction is not judged.
  parameter: () => undefined,
  constant: () => undefined,
  noise: () => undefined,
  linear: (op, [x], { node, weights }) => {
    const identity = weights.identityGain(op.weight);
    const bias = weights.bias(op.bias);
    if (!x || !bias) return undefined;
    if (identity !== undefined) return shifted(affineState(x, identity, 0), bias);
    const gain = weights.weightVariance(op.weight);
    const last = node.shape === undefined ? undefined : node.shape.length - 1;
    return gain === undefined ? undefined : shifted(mixed(x, gain, last, node.id), bias);
  },
  conv: (op, [x], { node, shapes, weights }) => {
    const gain = weights.weightVariance(op.weight);
    const bias = weights.bias(op.bias);
    if (!x || !bias || gain === undefined) return undefined;
    return shifted(mixed(x, gain * tapShare(op, shapes[0], node.shape), 1, node.id), bias);
  },
  convTranspose: () => undefined,
  dynamicConv: () => undefined,
  embedding: () => undefined,
  recurrent: () => undefined,
  batchNorm: (op, [x], { weights }) => x && normalised(x, batchSpread(x), 1, op, weights),
  layerNorm: (op, [x], { weights }) => x && normalised(x, layerSpread(op, x), x.unitAxis, op, weights),
  groupNorm: (op, [x], { weights }) => x && normalised(x, groupSpread(op, x), 1, op, weights),
  localResponseNorm: () => undefined,
  activation: ({ activation }, [x]) => {
    if (!x) return undefined;
    const { secondMoment, mean, crossMoment, unitAxis, sources, law } = x;
    const one = moments(activation, secondMoment, mean);
    return {
      secondMoment: one.secondMoment,
      mean: one.mean,
      crossMoment: covariance(activation, secondMoment, correlationOf(x), mean),
      unitAxis,
      sources,
      ...(!law && { law: { activation, secondMoment, mean, crossMoment } }),
    };
  },
  // Not a hidden unit: as an output it is left out of the gradient's way, elsewhere it is not judged.
  softmax: () => undefined,
  dropout: (op, [x]) => x && dropped(op, x),
  pool: (op, [x]) => {
    const count = windowSize(op.kernel);
    return x && (op.reduce === 'max' ? maximum(x, count) : averaged(x, count));
  },
  adaptivePool: (op, [x], { shapes }) => {
    const count = adaptiveWindowSize(op, shapes[0]);
    return x && (op.reduce === 'max' ? maximum(x, count) : averaged(x, count));
  },
  upsample: () => undefined,
  unfold: () => undefined,
  flatten: (op, [x], { shapes }) => x && { ...x, unitAxis: flattenedAxis(op, x.unitAxis, shapes[0]) },
  reshape: (_op, [x]) => x && { ...x, unitAxis: undefined },
  permute: (op, [x], { shapes }) => {
    const rank = shapes[0]?.length ?? op.axes.length;
    const to = op.axes.findIndex((axis) => axisOf(axis, rank) === x?.unitAxis);
    return x && { ...x, unitAxis: to < 0 ? undefined : to };
  },
  squeeze: (_op, [x]) => x && { ...x, unitAxis: undefined },
  unsqueeze: (_op, [x]) => x && { ...x, unitAxis: undefined },
  expand: (_op, [x]) => x && { ...x, unitAxis: undefined },
  tile: (_op, [x]) => x,
  slice: (_op, [x]) => x,
  pad: () => undefined,
  roll: (_op, [x]) => x,
  flip: (_op, [x]) => x,
  add: (_op, inputs) => sum(inputs),
  multiply: (_op, inputs) => independentProduct(inputs),
  affine: ({ factor, offset }, [x], { preparesInput }) => x && (preparesInput ? x : affineState(x, factor, offset)),
  scale: (op, [x], { weights }) => {
    const gamma = weights.scalar(op.scale, 1);
    return (
      x &&
      gamma && {
        secondMoment: gamma.secondMoment * x.secondMoment,
        mean: gamma.mean * x.mean,
        crossMoment: gamma.secondMoment * x.crossMoment,
        unitAxis: x.unitAxis,
        sources: x.sources,
      }
    );
  },
  extremum: () => undefined,
  compare: () => undefined,
  where: () => undefined,
  stopGradient: (_op, [x]) => x,
  concat: (op, inputs, { shapes }) => joined(op, inputs, shapes),
  reduce: (op, [x], { shapes }) => x && (isLinear(op) ? reduced(op, x, shapes[0]) : undefined),
  matmul: () => undefined,
  einsum: () => undefined,
  attention: () => undefined,
  cumulative: () => undefined,
  gather: () => undefined,
  takeAlong: () => undefined,
  oneHot: () => undefined,
  topK: () => undefined,
  argExtremum: () => undefined,
  identity: (_op, [x]) => x,
  opaque: () => undefined,
};

/** W x of zero-mean weights of σ_w²: a new, independent Gaussian unit. */
function mixed(x: State, gain: number, unitAxis: number | undefined, node: NodeId): State {
  return {
    secondMoment: gain * x.secondMoment,
    mean: 0,
    crossMoment: gain * x.crossMoment,
    unitAxis,
    sources: new Set([node]),
  };
}

/** x + b, the bias being independent of x and the same for all inputs. */
function shifted(x: State, bias: { readonly mean: number; readonly secondMoment: number }): State {
  const shift = bias.secondMoment + 2 * x.mean * bias.mean;
  return {
    ...x,
    secondMoment: x.secondMoment + shift,
    mean: x.mean + bias.mean,
    crossMoment: x.crossMoment + shift,
  };
}

/** The mean of a unit over the batch is what two inputs share: the variance is what they do not (Yang et al. 2019). */
function batchSpread({ secondMoment, crossMoment }: State): Spread {
  return { variance: secondMoment - crossMoment, covariance: 0 };
}

/** Training mode: masks are drawn anew for each input (and position), so that only the second moment grows. */
function dropped({ rate, variant }: OpOf<'dropout'>, x: State): State | undefined {
  const keep = 1 - rate;
  if (keep <= 0) return undefined;
  const { secondMoment, mean, crossMoment, unitAxis, sources } = x;
  if (variant !== 'alpha') return { secondMoment: secondMoment / keep, mean, crossMoment, unitAxis, sources };
  const fill = -SELU_ALPHA * SELU_LAMBDA;
  const filled: State = {
    secondMoment: keep * secondMoment + rate * fill ** 2,
    mean: keep * mean + rate * fill,
    crossMoment: keep ** 2 * crossMoment + 2 * keep * rate * fill * mean + (rate * fill) ** 2,
    unitAxis,
    sources,
  };
  const factor = alphaDropoutFactor(rate);
  return affineState(filled, factor, -factor * rate * fill);
}

/** a = (p + α'²·p·(1 − p))^{−1/2} (Klambauer et al. 2017). */
export function alphaDropoutFactor(rate: number): number {
  const keep = 1 - rate;
  return (keep + (SELU_ALPHA * SELU_LAMBDA) ** 2 * keep * rate) ** -0.5;
}

function flattenedAxis(
  { start, end }: OpOf<'flatten'>,
  unitAxis: number | undefined,
  shape: Shape | undefined,
): number | undefined {
  const first = shape && axisOf(start, shape.length);
  const last = shape && axisOf(end, shape.length);
  if (first === undefined || last === undefined || unitAxis === undefined || unitAxis < first) return unitAxis;
  return unitAxis <= last ? first : unitAxis - (last - first);
}
