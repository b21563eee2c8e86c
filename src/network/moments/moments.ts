import type { Activation } from '../activation';
import {
  closedCovariance,
  closedDerivativeCovariance,
  closedDerivativeFourthMoment,
  closedMoments,
} from './closedForms';
import { hermiteSpectrum, spectrumCovariance, spectrumSlope, type HermiteSpectrum } from './hermite';
import { pointwise } from './pointwise';
import { gaussianExpectation, gaussianRule } from './quadrature';

/** Expectations of φ(u) and φ'(u) over a Gaussian u. */
export interface Moments {
  /** M1 = E[φ] */
  readonly mean: number;
  /** M2 = E[φ²] */
  readonly secondMoment: number;
  /** D1 = E[φ'] */
  readonly derivativeMean: number;
  /** D2 = E[φ'²] */
  readonly derivativeSecondMoment: number;
}

/**
 * The moments at u ~ N(mean, q − mean²): q is the second moment of u, as throughout. In closed form where there is one, else by
 * quadrature; remembered, since an edit changes few layers of a network.
 */
export function moments(activation: Activation, q: number, mean = 0): Moments {
  return remembered(momentsMemo, activation, q, mean, () => {
    if (isSingular(activation)) return undefinedMoments;
    const closed = mean === 0 ? closedMoments(activation, q) : undefined;
    return closed ?? quadratureMoments(activation, q, mean);
  });
}

/** The same by quadrature alone. Wrong for what grows beyond all Gaussians' reach (`exp` at large q), which has closed forms. */
export function quadratureMoments(activation: Activation, q: number, mean = 0): Moments {
  const { value, derivative, kinks } = pointwise(activation);
  const deviation = deviationOf(q, mean);
  if (deviation === 0) {
    const [y, slope] = [value(mean), derivative(mean)];
    return { mean: y, secondMoment: y * y, derivativeMean: slope, derivativeSecondMoment: slope * slope };
  }
  const { nodes, weights } = gaussianRule(deviation, mean, kinks);
  let [m1, m2, d1, d2] = [0, 0, 0, 0];
  for (let k = 0; k < nodes.length; k += 1) {
    const x = mean + deviation * (nodes[k] ?? 0);
    const weight = weights[k] ?? 0;
    const [y, slope] = [value(x), derivative(x)];
    m1 += weight * y;
    m2 += weight * y * y;
    d1 += weight * slope;
    d2 += weight * slope * slope;
  }
  return { mean: m1, secondMoment: m2, derivativeMean: d1, derivativeSecondMoment: d2 };
}

/** Where a Gaussian has no second moment under φ, or φ is not defined for half of it. */
function isSingular(activation: Activation): boolean {
  if (activation.kind === 'power') return activation.exponent < 0 || !Number.isInteger(activation.exponent);
  return activation.kind === 'log';
}

const undefinedMoments: Moments = {
  mean: NaN,
  secondMoment: NaN,
  derivativeMean: NaN,
  derivativeSecondMoment: NaN,
};

/** V = M2 − M1²: the variance of φ(u). */
export function activationVariance(activation: Activation, q: number): number {
  const { mean, secondMoment } = moments(activation, q);
  return secondMoment - mean * mean;
}

/** D4 = E[φ'⁴], of the spread of the Jacobian's singular values (Pennington, Schoenholz & Ganguli 2017). */
export function derivativeFourthMoment(activation: Activation, q: number, mean = 0): number {
  const closed = mean === 0 ? closedDerivativeFourthMoment(activation, q) : undefined;
  if (closed !== undefined) return closed;
  const { derivative, kinks } = pointwise(activation);
  return gaussianExpectation((x) => derivative(x) ** 4, deviationOf(q, mean), mean, kinks);
}

/** dM2/dq = E[φ(u)φ'(u)u]/q at mean zero: the slope of the length map, over σ_w². */
export function secondMomentSlope(activation: Activation, q: number): number {
  if (activation.kind === 'exp') return 2 * Math.exp(2 * q);
  const { value, derivative, kinks } = pointwise(activation);
  return gaussianExpectation((x) => value(x) * derivative(x) * x, Math.sqrt(q), 0, kinks) / q;
}

/** E[φ(u₁)φ(u₂)] of two Gaussians of second moment q, the given mean, and c = E[u₁u₂]/q. */
export function covariance(activation: Activation, q: number, c: number, mean = 0): number {
  const closed = mean === 0 ? closedCovariance(activation, q, c) : undefined;
  return closed ?? spectrumCovariance(spectrumOf(activation, q, mean), centred(q, c, mean));
}

/** E[φ'(u₁)φ'(u₂)], as {@link covariance}. At c = 1 it is D2. */
export function derivativeCovariance(activation: Activation, q: number, c: number, mean = 0): number {
  const closed = mean === 0 ? closedDerivativeCovariance(activation, q, c) : undefined;
  if (closed !== undefined) return closed;
  return spectrumSlope(spectrumOf(activation, q, mean), centred(q, c, mean)) / deviationOf(q, mean) ** 2;
}

function spectrumOf(activation: Activation, q: number, mean: number): HermiteSpectrum {
  return remembered(spectrumMemo, activation, q, mean, () => {
    const { secondMoment, derivativeSecondMoment } = moments(activation, q, mean);
    const deviation = deviationOf(q, mean);
    const slopeMoment = deviation * deviation * derivativeSecondMoment;
    return hermiteSpectrum(pointwise(activation), deviation, mean, secondMoment, slopeMoment);
  });
}

function deviationOf(q: number, mean: number): number {
  return Math.sqrt(Math.max(0, q - mean * mean));
}

/** The correlation of u₁ − mean and u₂ − mean. */
function centred(q: number, c: number, mean: number): number {
  const variance = q - mean * mean;
  return variance <= 0 ? 1 : Math.max(-1, Math.min(1, (c * q - mean * mean) / variance));
}

type Memo<Value> = Map<string, Map<number, Value>>;
const momentsMemo: Memo<Moments> = new Map();
const spectrumMemo: Memo<HermiteSpectrum> = new Map();
const MEMO_SIZE = 2048;

function remembered<Value>(
  memo: Memo<Value>,
  activation: Activation,
  q: number,
  mean: number,
  compute: () => Value,
): Value {
  const shape = activationKey(activation);
  const key = mean === 0 ? shape : `${shape} ${mean}`;
  let values = memo.get(key);
  if (!values) {
    if (memo.size >= MEMO_SIZE) memo.clear();
    values = new Map<number, Value>();
    memo.set(key, values);
  }
  const known = values.get(q);
  if (known !== undefined) return known;
  if (values.size >= MEMO_SIZE) values.clear();
  const value = compute();
  values.set(q, value);
  return value;
}

const keys = new WeakMap<Activation, string>();

/** Activations of one kind and equal parameters have one key. */
export function activationKey(activation: Activation): string {
  let key = keys.get(activation);
  if (key === undefined) {
    key = Object.values(activation).join(' ');
    keys.set(activation, key);
  }
  return key;
}
