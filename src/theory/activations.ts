import type { Activation } from '../network';
import { covariance, moments, pointwise } from '../network/moments';
import { raised } from './borders';
import { correlationOf, varianceOf, type State } from './state';

/** φ(x) of a Gaussian x: the arc-cosine kernels, and their like, of methods.md B0.1. Undefined where a Gaussian has no such moments. */
export function activated(activation: Activation, x: State): State | undefined {
  const { secondMoment, mean, crossMoment, unitAxes, sources, law } = x;
  if (isConcentrated(x) && needsDistance(activation)) return expanded(activation, x);
  const one = moments(activation, secondMoment, mean);
  return {
    secondMoment: one.secondMoment,
    mean: one.mean,
    crossMoment: covariance(activation, secondMoment, correlationOf(x), mean),
    unitAxes,
    sources,
    ...(x.placeMoment !== undefined && {
      placeMoment: covariance(activation, secondMoment, Math.max(-1, Math.min(1, x.placeMoment / secondMoment)), mean),
    }),
    ...(x.profile && { profile: raised(x.profile, exponentAt(activation, x)) }),
    ...(!law && { law: { activation, secondMoment, mean, crossMoment } }),
  };
}

/** d ln E[φ²]/d ln q: 1 of what is free of scale. */
function exponentAt(activation: Activation, { secondMoment, mean }: State): number {
  if (scaleFree.has(activation.kind) && mean === 0) return 1;
  const step = 1.1;
  const [low, high] = [1, step].map((factor) => moments(activation, factor * secondMoment, mean).secondMoment);
  return low && high ? Math.log(high / low) / Math.log(step) : 1;
}

const scaleFree: ReadonlySet<string> = new Set(['linear', 'relu', 'leakyRelu', 'prelu', 'abs']);

/** E[φ'²]. */
export function activationGradient(activation: Activation, x: State): number {
  return isConcentrated(x) && needsDistance(activation)
    ? pointwise(activation).derivative(x.mean) ** 2
    : moments(activation, x.secondMoment, x.mean).derivativeSecondMoment;
}

/** Hardly any of x is random: a mean over many units, a number of the source. It is independent of whatever it is joined with. */
export function isConcentrated(x: Pick<State, 'secondMoment' | 'mean'>): boolean {
  return varianceOf(x) <= 0.1 * x.mean ** 2;
}

/** Roots, reciprocals and logarithms, which a Gaussian's tail makes infinite. */
function needsDistance(activation: Activation): boolean {
  if (activation.kind === 'log') return true;
  return activation.kind === 'power' && (activation.exponent < 0 || !Number.isInteger(activation.exponent));
}

/** To first order in the variance: E[φ] = φ + φ''·v/2, Cov[φ_a, φ_b] = φ'²·Cov. */
function expanded(activation: Activation, x: State): State {
  const { value, derivative } = pointwise(activation);
  const { mean: at, unitAxes, sources } = x;
  const step = 1e-4 * Math.abs(at);
  const bend = step > 0 ? (derivative(at + step) - derivative(at - step)) / (2 * step) : 0;
  const mean = value(at) + (bend * varianceOf(x)) / 2;
  const slope = derivative(at) ** 2;
  return {
    mean,
    secondMoment: mean ** 2 + slope * varianceOf(x),
    crossMoment: mean ** 2 + slope * (x.crossMoment - at ** 2),
    unitAxes,
    sources,
  };
}
