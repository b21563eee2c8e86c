import erf from '@stdlib/math-base-special-erf';
import type { OpOf, Shape } from '../network';
import { disjointUnion, unitAxesOfAll } from './joins';
import { SourceSet } from './sourceSet';
import { varianceOf, type State } from './state';

type Shapes = readonly (Shape | undefined)[];

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const distribution = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;

/** 1 where a comparison holds: with the probability that it does of two independent Gaussians. */
export function compared({ operator }: OpOf<'compare'>, [a, b]: readonly State[], shapes: Shapes): State | undefined {
  if (!a || !b) return undefined;
  const p = probability(operator, a, b);
  const sources = SourceSet.union([a.sources, b.sources]);
  return { secondMoment: p, mean: p, crossMoment: p * p, unitAxes: unitAxesOfAll([a, b], shapes), sources };
}

function probability(operator: OpOf<'compare'>['operator'], a: State, b: State): number {
  const variance = varianceOf(a) + varianceOf(b);
  const difference = b.mean - a.mean;
  const below = variance > 0 ? distribution(difference / Math.sqrt(variance)) : Number(difference > 0);
  const [either, both] = [Math.min(1, Math.max(0, a.mean)), Math.min(1, Math.max(0, b.mean))];
  switch (operator) {
    case 'less':
    case 'lessEqual':
      return below;
    case 'greater':
    case 'greaterEqual':
      return 1 - below;
    case 'equal':
      return variance > 0 ? 0 : Number(difference === 0);
    case 'notEqual':
      return variance > 0 ? 1 : Number(difference !== 0);
    case 'and':
      return either * both;
    case 'or':
      return either + both - either * both;
  }
}

/** One or the other of two tensors, by a condition that is independent of both and holds with the probability of its mean. */
export function chosen(
  [condition, then, otherwise]: readonly (State | undefined)[],
  shapes: Shapes,
  fixed: boolean,
): State | undefined {
  // Scores, and what stands where they are not to count: by a condition of positions alone it is the causal mask.
  for (const [scores, mask] of [[then, otherwise] as const, [otherwise, then] as const])
    if (scores && mask?.hides) return fixed ? { ...scores, causal: true } : scores;
  if (!condition || !then || !otherwise) return undefined;
  const p = Math.min(1, Math.max(0, condition.mean));
  const mix = (a: number, b: number): number => p * a + (1 - p) * b;
  return {
    secondMoment: mix(then.secondMoment, otherwise.secondMoment),
    mean: mix(then.mean, otherwise.mean),
    crossMoment:
      p * p * then.crossMoment + 2 * p * (1 - p) * then.mean * otherwise.mean + (1 - p) ** 2 * otherwise.crossMoment,
    unitAxes: unitAxesOfAll([then, otherwise], shapes.slice(1)),
    sources: SourceSet.union([condition.sources, then.sources, otherwise.sources]),
  };
}

/**
 * The larger (or smaller) of independent Gaussians, pair by pair: mean and second moment by Clark 1961. What two inputs have in common is
 * a part of each Gaussian; given that part they are independent.
 */
export function extremumOf({ which }: OpOf<'extremum'>, inputs: readonly State[], shapes: Shapes): State | undefined {
  const sources = disjointUnion(inputs);
  const [first, ...others] = inputs;
  if (!sources || !first) return undefined;
  const sign = which === 'max' ? 1 : -1;
  let result: Gaussian = gaussianOf(first, sign);
  for (const other of others) result = larger(result, gaussianOf(other, sign));
  const { mean, variance, shared } = result;
  return {
    secondMoment: variance + mean ** 2,
    mean: sign * mean,
    crossMoment: shared + mean ** 2,
    unitAxes: unitAxesOfAll(inputs, shapes),
    sources,
  };
}

/** How much of the gradient goes to each: the probability that it is the larger one. */
export function extremumShare(
  { which }: OpOf<'extremum'>,
  index: number,
  inputs: readonly State[],
): number | undefined {
  const own = inputs[index];
  const [other, ...more] = inputs.filter((_, at) => at !== index);
  if (!own || !other || more.length > 0) return undefined;
  const variance = varianceOf(own) + varianceOf(other);
  const lead = (which === 'max' ? 1 : -1) * (own.mean - other.mean);
  return variance > 0 ? distribution(lead / Math.sqrt(variance)) : Number(lead > 0);
}

interface Gaussian {
  readonly mean: number;
  readonly variance: number;
  /** Of the variance, what two inputs share. */
  readonly shared: number;
}

function gaussianOf(state: State, sign: number): Gaussian {
  const shared = Math.max(0, state.crossMoment - state.mean ** 2);
  return { mean: sign * state.mean, variance: varianceOf(state), shared };
}

function larger(a: Gaussian, b: Gaussian): Gaussian {
  const { mean, second } = clark(a.mean, a.variance, b.mean, b.variance);
  let [square, weight] = [0, 0];
  // Over the difference of the shared parts and, independent of it, what moves both alike.
  const spread = Math.sqrt(a.shared + b.shared);
  for (let z = -5; z <= 5; z += 0.25) {
    const shift = spread * z;
    const part = spread > 0 ? a.shared / (a.shared + b.shared) : 0;
    const inner = clark(
      a.mean + part * shift,
      a.variance - a.shared,
      b.mean - (1 - part) * shift,
      b.variance - b.shared,
    );
    square += density(z) * inner.mean ** 2;
    weight += density(z);
  }
  const alike = spread > 0 ? (a.shared * b.shared) / (a.shared + b.shared) : 0;
  return { mean, variance: second - mean ** 2, shared: Math.max(0, square / weight - mean ** 2 + alike) };
}

/** Mean and second moment of the larger of two independent Gaussians (Clark 1961, eqs. 2 and 3). */
function clark(m1: number, v1: number, m2: number, v2: number): { mean: number; second: number } {
  const spread = Math.sqrt(Math.max(0, v1) + Math.max(0, v2));
  if (spread === 0) return { mean: Math.max(m1, m2), second: Math.max(m1, m2) ** 2 };
  const alpha = (m1 - m2) / spread;
  const [first, top] = [distribution(alpha), spread * density(alpha)];
  return {
    mean: m1 * first + m2 * (1 - first) + top,
    second: (m1 * m1 + v1) * first + (m2 * m2 + v2) * (1 - first) + (m1 + m2) * top,
  };
}
