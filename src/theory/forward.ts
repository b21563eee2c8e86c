import {
  applyOpTable,
  axisOf,
  dimText,
  isKnown,
  type Dim,
  type Node,
  type NodeId,
  type OpOf,
  type OpTable,
  type Shape,
} from '../network';
import { SELU_ALPHA, SELU_LAMBDA } from '../network/moments';
import { activated } from './activations';
import { usual, type Assumptions } from './assumptions';
import { attended, softmaxState } from './attention';
import { isUnitAxis, permutedAxes, reshapedAxes, shiftedAxes, unitAxesOf, withoutAxes } from './axes';
import { evenness, flattened, gathered, pairShare } from './borders';
import { dynamicConvolution, fanOf, transposedGain } from './convolution';
import { embedded } from './embedding';
import { independentProduct, joined, sum } from './joins';
import { groupSpread, layerSpread, localResponseFactor, normalised, type Spread } from './normalization';
import { adaptiveWindowSize, averaged, maximum, windowSize } from './pooling';
import { contracted, einsumContraction, matmulContraction } from './product';
import { recurrentState, unrolled } from './recurrent';
import { reduced } from './reductions';
import { padded, upsampled } from './resampling';
import { chosen, compared, extremumOf } from './selection';
import { constantState, noiseState, parameterState } from './sources';
import { SourceSet } from './sourceSet';
import { affineState, isFiniteState, type State } from './state';
import type { Weights } from './weights';

/** The moments of the network's own inputs. */
export type InputMoments = Pick<State, 'secondMoment' | 'mean' | 'crossMoment'>;

/** What an operation may look at besides its own fields. */
export interface Surroundings {
  readonly node: Node;
  /** One of each input; undefined where it is not known. */
  readonly states: readonly (State | undefined)[];
  readonly shapes: readonly (Shape | undefined)[];
  /** Of each input: whether it is the same for every input of the network. */
  readonly fixed: readonly boolean[];
  readonly weights: Weights;
  readonly assumptions: Assumptions;
  readonly data: InputMoments;
  /** Whether it only scales and shifts the network's own input: what it gives is the normalised data. */
  readonly preparesInput: boolean;
}

/** Operations that say something also where not all of their inputs are known: a mask, whole numbers that choose. */
const tolerant: ReadonlySet<string> = new Set(['embedding', 'attention', 'where', 'gather', 'takeAlong']);

/** The state of an operation's output; undefined where it depends on what is unknown, and where numbers overflow. */
export function forward(around: Surroundings): State | undefined {
  const { op } = around.node;
  const known = around.states.filter((state) => state !== undefined);
  if (known.length < around.states.length && !tolerant.has(op.kind)) return undefined;
  const result = applyOpTable(table, op, known, around);
  return result && isFiniteState(result) ? result : undefined;
}

const table: OpTable<[readonly State[], Surroundings], State | undefined> = {
  input: (_op, _inputs, { node, data }) => ({ ...data, unitAxes: undefined, sources: SourceSet.of(node.id) }),
  parameter: (op, _inputs, { node, weights }) => parameterState(op, node.id, weights),
  constant: (op) => constantState(op),
  noise: (op, _inputs, { node }) => noiseState(op, node.shape, node.id),
  linear: (op, [x], { node, weights }) => {
    const identity = weights.identityGain(op.weight);
    const bias = weights.bias(op.bias);
    if (!x || !bias) return undefined;
    if (identity !== undefined) return shifted(affineState(x, identity, 0), bias);
    const gain = weights.weightVariance(op.weight);
    const last = node.shape && [node.shape.length - 1];
    return gain === undefined ? undefined : shifted(mixed(x, gain, last, node.id), bias);
  },
  conv: (op, [x], { node, shapes, weights }) => {
    const gain = weights.convolutionVariance(op);
    const bias = weights.bias(op.bias);
    if (!x || !bias || gain === undefined) return undefined;
    const { share, profile } = gathered(op, shapes[0], node.shape, x.profile);
    const pairs = gain * pairShare(op, shapes[0], node.shape, x.profile) * (x.placeMoment ?? x.crossMoment);
    const placeMoment = pairs / evenness(profile);
    return shifted({ ...mixed(x, gain * share, [1], node.id), ...(profile && { profile }), placeMoment }, bias);
  },
  convTranspose: (op, [x], { node, shapes, weights }) => {
    const gain = transposedGain(op, shapes[0], node.shape, weights);
    const bias = weights.bias(op.bias);
    return x && bias && gain !== undefined ? shifted(mixed(x, gain, [1], node.id), bias) : undefined;
  },
  dynamicConv: (op, inputs, { node, shapes, fixed }) =>
    dynamicConvolution(op, inputs, {
      node: node.id,
      fixed: fixed[1] ?? false,
      fan: fanOf(op, shapes[0], node.shape),
    }),
  embedding: (op, _inputs, { states, node, weights }) => embedded(op, states[0], node.shape, node.id, weights),
  recurrent: (op, inputs, { node, shapes, weights, assumptions }) => {
    const layer = unrolled(op, inputs, shapes[0], weights, assumptions);
    const units = node.shape && [node.shape.length - 1];
    return layer && recurrentState(op, layer, { units, sources: SourceSet.of(node.id) });
  },
  batchNorm: (op, [x], { weights }) => x && normalised(x, batchSpread(x), [1], op, weights),
  layerNorm: (op, [x], { weights }) => x && normalised(x, layerSpread(op, x), x.unitAxes, op, weights),
  groupNorm: (op, [x], { weights }) => x && normalised(x, groupSpread(op, x), [1], op, weights),
  localResponseNorm: (op, [x]) => x && affineState(x, localResponseFactor(op, x), 0),
  activation: ({ activation }, [x]) => x && activated(activation, x),
  softmax: (op, [x], { shapes, assumptions }) => x && softmaxState(op, x, shapes[0], assumptions),
  dropout: (op, [x]) => x && dropped(op, x),
  pool: (op, [x]) => {
    const count = windowSize(op.kernel);
    if (!x || count === undefined) return undefined;
    return op.reduce === 'max' ? maximum(x, count) : averaged(x, count);
  },
  adaptivePool: (op, [x], { shapes, assumptions }) => {
    const count = adaptiveWindowSize(op, shapes[0]) ?? assumptions.sizeOf(undefined, usual.pooled);
    return x && (op.reduce === 'max' ? maximum(x, count) : averaged(x, count));
  },
  upsample: (op, [x], { shapes, node }) => x && upsampled(op, x, shapes[0], node.shape),
  // Each window's elements become units of one place.
  unfold: (_op, [x]) => x && plain(x, [1]),
  flatten: (_op, [x], { shapes, node }) => x && placed(x, reshapedAxes(unitsOf(x, shapes[0]), shapes[0], node.shape)),
  reshape: (_op, [x], { shapes, node }) => x && placed(x, reshapedAxes(unitsOf(x, shapes[0]), shapes[0], node.shape)),
  permute: (op, [x]) => x && turned(x, op.axes),
  squeeze: (op, [x], { shapes }) => {
    const [shape] = shapes;
    const gone = shape && op.axes.map((axis) => axisOf(axis, shape.length) ?? -1);
    return x && placed(x, gone && withoutAxes(unitAxesOf(x, shape), gone));
  },
  unsqueeze: (op, [x], { node }) => {
    const at = node.shape && axisOf(op.axis, node.shape.length);
    return x && placed(x, at === undefined ? undefined : shiftedAxes(x.unitAxes, at, 1));
  },
  expand: (op, [x], { shapes }) =>
    x && placed(x, shiftedAxes(x.unitAxes, 0, op.shape.length - (shapes[0]?.length ?? 0))),
  tile: (op, [x], { shapes }) =>
    x && placed(x, shiftedAxes(x.unitAxes, 0, op.repeats.length - (shapes[0]?.length ?? 0))),
  slice: (op, [x], { shapes, node }) => {
    if (!x || !isUnitAxis(x, op.axis, shapes[0])) return x;
    const { start, end, step, axis } = op;
    return partOf(x, node.inputs[0], `[${axis}:${sizeName(start)}:${sizeName(end)}:${step}]`);
  },
  pad: (op, [x], { shapes, node }) => x && padded(op, x, shapes[0], node.shape),
  roll: (_op, [x]) => x,
  flip: (_op, [x]) => x,
  add: (_op, inputs, { shapes }) => sum(inputs, shapes),
  multiply: (_op, inputs, { shapes }) => independentProduct(inputs, shapes),
  affine: ({ factor, offset }, [x], { preparesInput }) => x && (preparesInput ? x : affineState(x, factor, offset)),
  scale: (op, [x], { weights }) => {
    const gamma = weights.scalar(op.scale, 1);
    return (
      x &&
      gamma && {
        secondMoment: gamma.secondMoment * x.secondMoment,
        mean: gamma.mean * x.mean,
        crossMoment: gamma.secondMoment * x.crossMoment,
        unitAxes: x.unitAxes,
        // What starts at zero has nothing in common with anything.
        sources: gamma.secondMoment === 0 ? SourceSet.none : x.sources,
        ...(x.rowMoment !== undefined && { rowMoment: gamma.secondMoment * x.rowMoment }),
        ...(x.profile && { profile: x.profile }),
      }
    );
  },
  extremum: (op, inputs, { shapes }) => extremumOf(op, inputs, shapes),
  compare: (op, inputs, { shapes }) => compared(op, inputs, shapes),
  where: (_op, _inputs, { states, shapes, fixed }) => chosen(states, shapes, fixed[0] ?? false),
  stopGradient: (_op, [x]) => x,
  concat: (op, inputs, { shapes }) => joined(op, inputs, shapes),
  reduce: (op, [x], { shapes, assumptions }) => x && reduced(op, x, shapes[0], assumptions),
  matmul: (_op, _inputs, around) => {
    const product = matmulContraction(around, around.node.shape);
    return product && contracted(product, around.node.id);
  },
  einsum: (op, _inputs, around) => {
    const product = einsumContraction(op.equation, around);
    return product && contracted(product, around.node.id);
  },
  attention: (op, _inputs, { states, shapes, assumptions }) => attended(op, states, shapes, assumptions),
  cumulative: () => undefined,
  gather: (op, _inputs, { states: [x], shapes, node }) => {
    const [shape, indices] = shapes;
    if (!x || !shape || !indices) return undefined;
    const at = axisOf(op.axis, shape.length) ?? 0;
    const units = unitAxesOf(x, shape).flatMap((axis) =>
      axis < at ? [axis] : axis > at ? [axis + indices.length - 1] : indices.map((_, place) => at + place),
    );
    const taken = plain(x, units);
    return isUnitAxis(x, op.axis, shape) ? partOf(taken, node.inputs[0], `@${node.inputs[1] ?? ''}`) : taken;
  },
  takeAlong: (_op, _inputs, { states: [x] }) => x && plain(x, x.unitAxes),
  oneHot: (op, _inputs, { node }) => {
    const share = isKnown(op.classes) && op.classes > 0 ? 1 / op.classes : 0;
    const units = node.shape && [node.shape.length - 1];
    return {
      secondMoment: share,
      mean: share,
      crossMoment: share * share,
      unitAxes: units,
      sources: SourceSet.of(node.id),
    };
  },
  topK: () => undefined,
  argExtremum: () => undefined,
  identity: (_op, [x]) => x,
  opaque: () => undefined,
};

const unitsOf = (x: State, shape: Shape | undefined): readonly number[] | undefined => shape && unitAxesOf(x, shape);
const sizeName = (size: Dim | undefined): string => (size === undefined ? '' : dimText(size));

/** The same elements in other places. Rows are told only of what keeps its last axis. */
function placed(x: State, unitAxes: State['unitAxes']): State {
  return { ...x, unitAxes };
}

function turned(x: State, order: readonly number[]): State {
  const lastStays = axisOf(order.at(-1) ?? 0, order.length) === order.length - 1;
  const units = permutedAxes(x.unitAxes, order);
  return lastStays ? placed(x, units) : { ...plain(x, units), ...(x.law && { law: x.law }) };
}

/** The moments alone. */
function plain({ secondMoment, mean, crossMoment, sources }: State, unitAxes: State['unitAxes']): State {
  return { secondMoment, mean, crossMoment, unitAxes, sources };
}

/** Some of the units: independent of those that are not taken (queries, keys and values of one layer, the halves of a gate). */
function partOf(x: State, node: NodeId | undefined, part: string): State {
  return x.sources.isEmpty ? x : { ...x, sources: SourceSet.of(node ?? 0, part) };
}

/** W x of zero-mean weights of σ_w²: a new, independent Gaussian unit. */
function mixed(x: State, gain: number, unitAxes: State['unitAxes'], node: NodeId): State {
  return {
    secondMoment: gain * x.secondMoment,
    mean: 0,
    crossMoment: gain * x.crossMoment,
    unitAxes,
    sources: SourceSet.of(node),
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
    ...(x.placeMoment !== undefined && { placeMoment: x.placeMoment + shift }),
    ...(x.profile && shift !== 0 && { profile: flattened(x.profile, x.secondMoment / (x.secondMoment + shift)) }),
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
  const { secondMoment, mean, crossMoment, unitAxes, sources, averaging, rowMoment, profile } = x;
  if (variant !== 'alpha')
    return {
      secondMoment: secondMoment / keep,
      mean,
      crossMoment,
      unitAxes,
      sources,
      ...(averaging && { averaging: { ...averaging, own: averaging.own / keep } }),
      ...(rowMoment !== undefined && { rowMoment }),
      ...(profile && { profile }),
    };
  const fill = -SELU_ALPHA * SELU_LAMBDA;
  const filled: State = {
    secondMoment: keep * secondMoment + rate * fill ** 2,
    mean: keep * mean + rate * fill,
    crossMoment: keep ** 2 * crossMoment + 2 * keep * rate * fill * mean + (rate * fill) ** 2,
    unitAxes,
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
