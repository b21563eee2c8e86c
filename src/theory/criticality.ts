import type { Activation } from '../network';
import { covariance, derivativeCovariance, moments, pointwise, secondMomentSlope } from '../network/moments';

/** A stack of equal dense layers: z' = W φ(z) + b with σ_w² = fan_in · Var(W) and σ_b² = Var(b). */
export interface DenseStack {
  readonly activation: Activation;
  readonly weightVariance: number;
  readonly biasVariance: number;
  /** Of dropout between them: the probability p that a unit is kept (scaled by 1/p, in training mode). */
  readonly keep?: number;
}

/** The length map: q of the next pre-activation. */
export function lengthMap({ activation, weightVariance, biasVariance, keep = 1 }: DenseStack, q: number): number {
  return (weightVariance / keep) * moments(activation, q).secondMoment + biasVariance;
}

/** χ: the factor of the squared gradient norm through one layer at second moment q. */
export function chiAt({ activation, weightVariance, keep = 1 }: DenseStack, q: number): number {
  return (weightVariance / keep) * moments(activation, q).derivativeSecondMoment;
}

/** The correlation map at second moment q. Dropout draws its masks anew for each input, so that 1/p is in q alone. */
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
    // What is lost in rounding is no change of sign: hardtanh falls by less than that, and still to 0.
    const step = change(next);
    if (step * first < 0 && Math.abs(step) > 1e-13 * next) return bisect(change, Math.min(q, next), Math.max(q, next));
  }
}

/** How far information and gradients travel in an infinitely deep stack at its fixed point (Schoenholz et al. 2017). */
export interface DepthScales {
  readonly q: number;
  /** χ₁ = σ_w²·D2(q*): below 1 ordered (gradients vanish), above 1 chaotic (they explode). */
  readonly chi: number;
  /** c*, the correlation that two inputs come to. */
  readonly correlation: number;
  /** 1/|ln χ₁|, ξ_c of the slope of the correlation map at c*, and ξ_q of that of the length map at q*: all in layers. */
  readonly gradient: number;
  readonly correlationDepth: number;
  readonly length: number;
  /** 6 ξ_c: as deep as a stack can be and still be trained (Schoenholz et al. 2017). */
  readonly trainable: number;
}

/** Undefined where the second moment grows without bound. */
export function depthScales(stack: DenseStack): DepthScales | undefined {
  const { activation, weightVariance, keep = 1 } = stack;
  const q = fixedPoint(stack);
  if (!Number.isFinite(q)) return undefined;
  const chi = chiAt(stack, q);
  const correlation = q === 0 ? 1 : fixedCorrelation(stack, q, chi);
  const slope = correlation === 1 ? chi : weightVariance * derivativeCovariance(activation, q, correlation);
  const lengthSlope = q === 0 ? chi : (weightVariance / keep) * secondMomentSlope(activation, q);
  const correlationDepth = 1 / Math.abs(Math.log(slope));
  return {
    q,
    chi,
    correlation,
    gradient: 1 / Math.abs(Math.log(chi)),
    correlationDepth,
    length: 1 / Math.abs(Math.log(lengthSlope)),
    trainable: 6 * correlationDepth,
  };
}

/** Where two inputs come to: c = 1 unless it repels (the chaotic phase) or dropout takes them apart. The map is convex. */
function fixedCorrelation(stack: DenseStack, q: number, chi: number): number {
  const change = (c: number): number => correlationMap(stack, q, c) - c;
  if (stack.keep !== undefined && stack.keep < 1) return bisect(change, 0, 1);
  if (chi <= 1) return 1;
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

/**
 * The edge of chaos for a given deviation σ_b of the biases (Hayou et al. 2019); undefined where there is none. Without biases it is at q* = 0
 * for activations that are smooth there, and at any q (told as 1) for those that are free of scale.
 */
export function edgeOfChaos(activation: Activation, biasDeviation: number): CriticalPoint | undefined {
  const biasVariance = biasDeviation ** 2;
  if (biasVariance === 0) {
    if (isScaleFree(activation)) return criticalPoint(activation, 1, 0);
    const { value, derivative } = pointwise(activation);
    if (value(0) === 0 && derivative(0) !== 0)
      return { q: 0, weightVariance: 1 / derivative(0) ** 2, biasVariance, slope: 1 };
  }
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

/** φ(k·x) = k·φ(x): linear and rectified units. */
function isScaleFree(activation: Activation): boolean {
  const { value } = pointwise(activation);
  return [-3, -1, 1, 3].every((x) => Math.abs(value(2 * x) - 2 * value(x)) < 1e-12);
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
