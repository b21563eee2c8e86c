import { isKnown, type OpOf, type PerAxis, type Shape } from '../network';
import { largestDensity, moments, pointwise, type MassAt } from '../network/moments';
import { evenness } from './borders';
import { lawOf, type GaussianLaw, type State } from './state';

/** How many positions a window holds; undefined where a size is unknown. */
export function windowSize(kernel: PerAxis): number | undefined {
  return kernel.every(isKnown) ? kernel.reduce((product, size) => product * size, 1) : undefined;
}

/** Positions in one window of an adaptive pool: in/out, at least one. */
export function adaptiveWindowSize(op: OpOf<'adaptivePool'>, input: Shape | undefined): number | undefined {
  let count = 1;
  for (const [axis, size] of op.output.entries()) {
    if (size === undefined) continue;
    const from = input?.[input.length - op.output.length + axis];
    if (!isKnown(from) || !isKnown(size) || size === 0) return undefined;
    count *= Math.max(1, from / size);
  }
  return count;
}

/** The mean over `count` positions, which correlate as two inputs do. */
export function averaged(state: State, count: number): State {
  const { secondMoment, unitAxes, sources } = state;
  const even = evenness(state.profile);
  const shared = even * (state.placeMoment ?? state.crossMoment);
  return {
    secondMoment: shared + (secondMoment - shared) / count,
    crossMoment: shared + (state.crossMoment - shared) / count,
    mean: Math.sqrt(even) * state.mean,
    unitAxes,
    sources,
  };
}

/** Activations that max-pooling commutes with: those that grow (the dip of the GELU family counts for nothing at a maximum). */
const growing: ReadonlySet<string> = new Set([
  'linear',
  'relu',
  'relu6',
  'leakyRelu',
  'prelu',
  'elu',
  'celu',
  'selu',
  'gelu',
  'silu',
  'mish',
  'tanh',
  'sigmoid',
  'logSigmoid',
  'hardSigmoid',
  'hardtanh',
  'hardswish',
  'softplus',
  'softsign',
  'erf',
  'arctan',
]);

/** The largest of `count` positions. Undefined where the count is unknown or φ does not grow. */
export function maximum(state: State, count: number | undefined): State | undefined {
  const law = lawOf(state);
  if (count === undefined || !growing.has(law.activation.kind)) return undefined;
  const { mean, secondMoment, crossMoment } = largestOf(law, Math.round(count));
  return { mean, secondMoment, crossMoment, unitAxes: state.unitAxes, sources: state.sources };
}

/**
 * The squared gradient's factor through a max-pool. All of it goes to the largest position, where φ' is not what it is at a random
 * one: the factor corrects for the E[φ'²] that the activation before will count.
 */
export function maximumGradient(state: State, count: number | undefined): number | undefined {
  const law = lawOf(state);
  if (count === undefined || !growing.has(law.activation.kind)) return undefined;
  const usual = moments(law.activation, law.secondMoment, law.mean).derivativeSecondMoment;
  return usual === 0 ? undefined : largestOf(law, Math.round(count)).derivativeSecondMoment / usual;
}

interface Largest {
  readonly mean: number;
  readonly secondMoment: number;
  readonly crossMoment: number;
  readonly derivativeSecondMoment: number;
}

/**
 * Moments of y = φ(max uᵢ), uᵢ = mean + deviation·(√ρ·z₀ + √(1 − ρ)·zᵢ), by the trapezoidal rule over z₀ and over the largest
 * zᵢ, whose density is K·n(t)·Φ(t)^{K−1}. Given z₀, two inputs are independent.
 */
function largestOf(law: GaussianLaw, count: number): Largest {
  const variance = Math.max(0, law.secondMoment - law.mean ** 2);
  const shared = variance === 0 ? 0 : Math.max(0, Math.min(1, (law.crossMoment - law.mean ** 2) / variance));
  const { value, derivative } = pointwise(law.activation);
  const deviation = Math.sqrt(variance);
  const [common, own] = [deviation * Math.sqrt(shared), deviation * Math.sqrt(1 - shared)];
  const density = largestDensity(count);
  const sum = { mean: 0, secondMoment: 0, crossMoment: 0, derivativeSecondMoment: 0 };
  const outer: readonly MassAt[] = common === 0 ? [[0, 1]] : commonGrid;
  for (const [z, weight] of outer) {
    let [m1, m2, d2] = [0, 0, 0];
    for (const [t, mass] of density) {
      const u = law.mean + common * z + own * t;
      const [y, slope] = [value(u), derivative(u)];
      m1 += mass * y;
      m2 += mass * y * y;
      d2 += mass * slope * slope;
    }
    sum.mean += weight * m1;
    sum.secondMoment += weight * m2;
    sum.crossMoment += weight * m1 * m1;
    sum.derivativeSecondMoment += weight * d2;
  }
  return sum;
}

/** The trapezoidal rule for a standard normal. */
const commonGrid = Array.from({ length: 25 }, (_, k): MassAt => {
  const z = (k - 12) / 2;
  return [z, Math.exp((-z * z) / 2) / (2 * Math.sqrt(2 * Math.PI))];
});
