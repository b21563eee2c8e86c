import type { Pointwise } from './pointwise';
import { gaussianRule } from './quadrature';

/**
 * a_k² of φ(mean + deviation·z) = Σ a_k h_k(z) in normalised Hermite polynomials, so that
 * E[φ(u₁)φ(u₂)] = Σ a_k² ρᵏ for Gaussians of correlation ρ (Mehler's formula).
 */
export interface HermiteSpectrum {
  readonly squares: Float64Array;
  /** Σ a_k² over the degrees left out, and the mean degree at which they count. */
  readonly tail: number;
  readonly tailDegree: number;
}

const MAX_DEGREE = 128;

/**
 * `secondMoment` is E[φ²] and `slopeMoment` is deviation²·E[φ'²] = Σ k·a_k²: with them the tail is exact in value and in slope
 * at ρ = 1, also for kinked functions, whose coefficients fall slowly.
 */
export function hermiteSpectrum(
  { value, kinks }: Pointwise,
  deviation: number,
  mean: number,
  secondMoment: number,
  slopeMoment: number,
): HermiteSpectrum {
  const { nodes, weights } = gaussianRule(deviation, mean, kinks);
  const count = nodes.length;
  // h_k(z)·weight·φ: the recursion h_{k+1} = (z·h_k − √k·h_{k−1})/√(k+1) is linear, so it runs on the products.
  let current = new Float64Array(count);
  let previous = new Float64Array(count);
  for (let k = 0; k < count; k += 1) current[k] = (weights[k] ?? 0) * value(mean + deviation * (nodes[k] ?? 0));
  const squares = new Float64Array(MAX_DEGREE + 1);
  let [total, slope, degree] = [0, 0, 0];
  for (; degree <= MAX_DEGREE; degree += 1) {
    let coefficient = 0;
    const next = previous;
    const [rise, fall] = [1 / Math.sqrt(degree + 1), Math.sqrt(degree / (degree + 1))];
    for (let k = 0; k < count; k += 1) {
      const term = current[k] ?? 0;
      coefficient += term;
      next[k] = rise * (nodes[k] ?? 0) * term - fall * (previous[k] ?? 0);
    }
    [previous, current] = [current, next];
    const square = coefficient * coefficient;
    squares[degree] = square;
    total += square;
    slope += degree * square;
    if (degree > 1 && secondMoment - total < 1e-13 * secondMoment) break;
  }
  const tail = Math.max(0, secondMoment - total);
  const tailDegree = Math.max(degree, tail > 0 ? (slopeMoment - slope) / tail : 0);
  return { squares: squares.subarray(0, Math.min(degree + 1, MAX_DEGREE + 1)), tail, tailDegree };
}

/** E[φ(u₁)φ(u₂)] at correlation ρ. */
export function spectrumCovariance({ squares, tail, tailDegree }: HermiteSpectrum, correlation: number): number {
  let sum = 0;
  for (let degree = squares.length - 1; degree >= 0; degree -= 1) sum = sum * correlation + (squares[degree] ?? 0);
  return sum + tail * signedPower(correlation, tailDegree);
}

/** d/dρ E[φ(u₁)φ(u₂)] = deviation²·E[φ'(u₁)φ'(u₂)] (Price's theorem). */
export function spectrumSlope({ squares, tail, tailDegree }: HermiteSpectrum, correlation: number): number {
  let sum = 0;
  for (let degree = squares.length - 1; degree >= 1; degree -= 1)
    sum = sum * correlation + degree * (squares[degree] ?? 0);
  return sum + (tail === 0 ? 0 : tail * tailDegree * signedPower(correlation, tailDegree - 1));
}

/** The degrees of a tail are as often odd as even: for ρ < 0 they cancel. */
function signedPower(correlation: number, degree: number): number {
  return correlation > 0 ? correlation ** degree : 0;
}
