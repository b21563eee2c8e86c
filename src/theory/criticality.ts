import type { Activation } from '../network';
import { covariance, derivativeCovariance, moments, secondMomentSlope } from '../network/moments';

/** A stack of equal dense layers: z' = W φ(z) + b with σ_w² = fan_in · Var(W) and σ_b² = Var(b). */
export interface DenseStack {
  readonly activation: Activation;
  readonly weightVariance: number;
  readonly biasVariance: number;
}

/** The length map: q of the next pre-activation. */
export function lengthMap({ activation, weightVariance, biasVariance }: DenseStack, q: number): number {
  return weightVariance * moments(activation, q).secondMoment + biasVariance;
}

/** The correlation map at second moment q. */
export function correlationMap({ activation, weightVariance, biasVariance }: DenseStack, q: number, c: number): number {
  return (weightVariance * covariance(activation, q, c) + biasVariance) / q;
}

const SMALLEST = 1e-12;
const LARGEST = 1e9;

/**
 * q*, the second moment that a stack comes to from q = 1; 0 or Infinity where it vanishes or explodes. The length map grows with
 * q, so it runs to the nearest root in the direction of the first step; it is bracketed, since at criticality it is
 * approached as a power of the depth and no iteration on q would end.
 */
export function fixedPoint(stack: DenseStack): number {
  const change = (q: number): number => lengthMap(stack, q) - q;
  const first = change(1);
  if (Math.abs(first) < 1e-12) return 1;
  const factor = first > 0 ? 1.25 : 0.8;
  for (let q = 1; ; q *= factor) {
    const next = q * factor;
    if (next < SMALLEST) return 0;
    if (next > LARGEST) return Infinity;
    if (Math.sign(change(next)) !== Math.sign(first)) return bisect(change, Math.min(q, next), Math.max(q, next));
  }
}

/** How far information and gradients travel in an infinitely deep stack at its fixed point (Schoenholz et al. 2017). */
export interface DepthScales {
  readonly q: number;
  /** χ₁ = σ_w²·D2(q*): below 1 ordered (gradients vanish), above 1 chaotic (they explode). */
  readonly chi: number;
  /** c*, the correlation that two inputs come to. */
  readonly correlation: number;
  /** 1/|ln χ₁|, −1/ln of the slope of the correlation map at c*, and of the length map at q*: all in layers. */
  readonly gradient: number;
  readonly correlationDepth: number;
  readonly length: number;
}

/** Undefined where the second moment grows without bound. */
export function depthScales(stack: DenseStack): DepthScales | undefined {
  const { activation, weightVariance } = stack;
  const q = fixedPoint(stack);
  if (!Number.isFinite(q)) return undefined;
  const chi = weightVariance * moments(activation, q).derivativeSecondMoment;
  const correlation = chi <= 1 || q === 0 ? 1 : fixedCorrelation(stack, q);
  const slope = correlation === 1 ? chi : weightVariance * derivativeCovariance(activation, q, correlation);
  const lengthSlope = q === 0 ? chi : weightVariance * secondMomentSlope(activation, q);
  return {
    q,
    chi,
    correlation,
    gradient: 1 / Math.abs(Math.log(chi)),
    correlationDepth: -1 / Math.log(slope),
    length: -1 / Math.log(lengthSlope),
  };
}

/** The stable correlation of the chaotic phase: c = 1 repels there, and the map is convex. */
function fixedCorrelation(stack: DenseStack, q: number): number {
  const change = (c: number): number => correlationMap(stack, q, c) - c;
  for (let distance = 1e-9; distance < 1; distance *= 2)
    if (change(1 - distance) < 0) return bisect(change, 0, 1 - distance);
  return 1;
}

/** A point of χ₁ = 1. */
export interface CriticalPoint {
  readonly q: number;
  readonly weightVariance: number;
  readonly biasVariance: number;
  /** dq'/dq there: above 1 the point repels and cannot be used (GELU, SiLU, Mish at small σ_b). */
  readonly slope: number;
}

/** The edge of chaos for a given deviation σ_b > 0 of the biases (Hayou et al. 2019); undefined where there is none. */
export function edgeOfChaos(activation: Activation, biasDeviation: number): CriticalPoint | undefined {
  const biasVariance = biasDeviation ** 2;
  const excess = (q: number): number => {
    const { secondMoment, derivativeSecondMoment } = moments(activation, q);
    return secondMoment / derivativeSecondMoment + biasVariance - q;
  };
  const q = firstRoot(excess, 1e-9, 1e4);
  return q === undefined ? undefined : criticalPoint(activation, q, biasVariance);
}

/**
 * The half-stable critical point of GELU-like activations, where lengths and gradients are kept at once: χ_∥ = χ_⊥ = 1
 * (Roberts, Yaida & Hanin 2022, §5.3.4). Undefined for other activations.
 */
export function halfStablePoint(activation: Activation): CriticalPoint | undefined {
  const difference = (q: number): number =>
    secondMomentSlope(activation, q) - moments(activation, q).derivativeSecondMoment;
  const q = firstRoot(difference, 0.01, 1e3);
  if (q === undefined) return undefined;
  const { secondMoment, derivativeSecondMoment } = moments(activation, q);
  const biasVariance = q - secondMoment / derivativeSecondMoment;
  // Of scale-invariant activations every q solves it, with rounding for a sign and no bias.
  return biasVariance < 1e-9 * q ? undefined : criticalPoint(activation, q, biasVariance);
}

function criticalPoint(activation: Activation, q: number, biasVariance: number): CriticalPoint {
  const weightVariance = 1 / moments(activation, q).derivativeSecondMoment;
  return { q, weightVariance, biasVariance, slope: weightVariance * secondMomentSlope(activation, q) };
}

/** The smallest change of sign from positive to negative. */
function firstRoot(f: (x: number) => number, low: number, high: number): number | undefined {
  for (let x = low; x < high; x *= 1.25) if (f(x) > 0 && f(1.25 * x) <= 0) return bisect(f, x, 1.25 * x);
  return undefined;
}

function bisect(f: (x: number) => number, low: number, high: number): number {
  const rising = f(low) < 0;
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (f(middle) < 0 === rising) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
