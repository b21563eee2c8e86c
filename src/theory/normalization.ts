import { isKnown, sameDim, type OpOf } from '../network';
import type { State } from './state';
import type { Weights } from './weights';

/** What is left of x after its mean is taken off: the variance that is divided by, and E[x_a x_b] of the rest. */
export interface Spread {
  readonly variance: number;
  readonly covariance: number;
}

export type Normalization = OpOf<'batchNorm'> | OpOf<'layerNorm'> | OpOf<'groupNorm'>;

/** γ·(x − mean)/√(variance + ε) + β. Undefined where the spread or an initialiser is. */
export function normalised(
  { sources, profile }: State,
  spread: Spread | undefined,
  unitAxes: State['unitAxes'],
  op: Normalization,
  weights: Weights,
): State | undefined {
  const gamma = weights.scalar(op.scale, 1);
  const beta = weights.scalar(op.shift, 0);
  if (!spread || !gamma || !beta) return undefined;
  const factor = gamma.secondMoment / (spread.variance + op.epsilon);
  return {
    secondMoment: factor * spread.variance + beta.secondMoment,
    mean: beta.mean,
    crossMoment: factor * spread.covariance + beta.secondMoment,
    unitAxes,
    sources,
    ...(profile && { profile }),
  };
}

/** Over the units (and positions) of one input. RMS norm takes no mean off. */
export function layerSpread({ center }: OpOf<'layerNorm'>, { secondMoment, mean, crossMoment }: State): Spread {
  const removed = center ? mean * mean : 0;
  return { variance: secondMoment - removed, covariance: crossMoment - removed };
}

/**
 * Over positions and the n channels of a group: the mean taken off is that of all units plus 1/n of what one unit's positions
 * share. Undefined where n is not known and it matters (a single group is taken to be wide).
 */
export function groupSpread(op: OpOf<'groupNorm'>, { secondMoment, mean, crossMoment }: State): Spread | undefined {
  const size = groupSize(op);
  if (size === undefined) return undefined;
  const shared = (crossMoment - mean * mean) / size;
  return { variance: secondMoment - mean * mean - shared, covariance: crossMoment - mean * mean - shared };
}

function groupSize({ groups, channels }: OpOf<'groupNorm'>): number | undefined {
  if (sameDim(groups, channels)) return 1;
  if (isKnown(groups) && isKnown(channels)) return channels / groups;
  return groups === 1 ? Infinity : undefined;
}

/**
 * (k + α·q)^−β: the sum of squares over neighbouring channels is taken at its mean, which is exact for the small α that it is used with
 * (Krizhevsky et al. 2012: 10⁻⁴).
 */
export function localResponseFactor({ k, alpha, beta }: OpOf<'localResponseNorm'>, { secondMoment }: State): number {
  return (k + alpha * secondMoment) ** -beta;
}
