import erf from '@stdlib/math-base-special-erf';
import erfc from '@stdlib/math-base-special-erfc';
import erfcx from '@stdlib/math-base-special-erfcx';
import type { Activation } from '../activation';
import type { Moments } from './moments';
import { SELU_ALPHA, SELU_LAMBDA } from './pointwise';

/** What is known in closed form of one kind of activation, at zero-mean Gaussians of second moment q and correlation c. */
interface ClosedForm<A extends Activation> {
  /** Undefined where these parameters have none. */
  readonly moments: (activation: A, q: number) => Moments | undefined;
  /** E[φ(u₁)φ(u₂)] */
  readonly covariance?: (activation: A, q: number, c: number) => number | undefined;
  /** E[φ'(u₁)φ'(u₂)] */
  readonly derivativeCovariance?: (activation: A, q: number, c: number) => number | undefined;
  /** D4 = E[φ'⁴] */
  readonly derivativeFourthMoment?: (activation: A, q: number) => number | undefined;
}

/** Undefined where there is no closed form. */
export function closedMoments(activation: Activation, q: number): Moments | undefined {
  return formOf(activation)?.moments(activation, q);
}

export function closedCovariance(activation: Activation, q: number, c: number): number | undefined {
  return formOf(activation)?.covariance?.(activation, q, c);
}

export function closedDerivativeCovariance(activation: Activation, q: number, c: number): number | undefined {
  return formOf(activation)?.derivativeCovariance?.(activation, q, c);
}

export function closedDerivativeFourthMoment(activation: Activation, q: number): number | undefined {
  return formOf(activation)?.derivativeFourthMoment?.(activation, q);
}

function formOf(activation: Activation): ClosedForm<Activation> | undefined {
  return table[activation.kind] as ClosedForm<Activation> | undefined;
}

const leaky: ClosedForm<{ readonly kind: 'leakyRelu' | 'prelu'; readonly slope: number }> = {
  moments: ({ slope }, q) => rectified(slope, q),
  covariance: ({ slope }, q, c) => arcCosine(slope, q, c),
  derivativeCovariance: ({ slope }, _q, c) => orthantCovariance(slope, c),
  derivativeFourthMoment: ({ slope }) => (1 + slope ** 4) / 2,
};

/** e^{−q}·sinh(cq) and e^{−q}·cosh(cq), without overflow. */
const dampedSinh = (q: number, c: number): number => (Math.exp(-q * (1 - c)) - Math.exp(-q * (1 + c))) / 2;
const dampedCosh = (q: number, c: number): number => (Math.exp(-q * (1 - c)) + Math.exp(-q * (1 + c))) / 2;

const table: { readonly [K in Activation['kind']]?: ClosedForm<Extract<Activation, { kind: K }>> } = {
  linear: {
    moments: (_, q) => ({ mean: 0, secondMoment: q, derivativeMean: 1, derivativeSecondMoment: 1 }),
    covariance: (_, q, c) => c * q,
    derivativeCovariance: () => 1,
    derivativeFourthMoment: () => 1,
  },
  relu: {
    moments: (_, q) => rectified(0, q),
    covariance: (_, q, c) => arcCosine(0, q, c),
    derivativeCovariance: (_, _q, c) => orthantCovariance(0, c),
    derivativeFourthMoment: () => 1 / 2,
  },
  leakyRelu: leaky,
  prelu: leaky,
  abs: {
    moments: (_, q) => ({
      mean: Math.sqrt((2 * q) / Math.PI),
      secondMoment: q,
      derivativeMean: 0,
      derivativeSecondMoment: 1,
    }),
    covariance: (_, q, c) => arcCosine(-1, q, c),
    derivativeCovariance: (_, _q, c) => orthantCovariance(-1, c),
    derivativeFourthMoment: () => 1,
  },
  erf: {
    moments: (_, q) => ({
      mean: 0,
      secondMoment: (2 / Math.PI) * Math.asin((2 * q) / (1 + 2 * q)),
      derivativeMean: 2 / Math.sqrt(Math.PI * (1 + 2 * q)),
      derivativeSecondMoment: 4 / Math.PI / Math.sqrt(1 + 4 * q),
    }),
    covariance: (_, q, c) => (2 / Math.PI) * Math.asin((2 * c * q) / (1 + 2 * q)),
    derivativeCovariance: (_, q, c) => 4 / Math.PI / Math.sqrt((1 + 2 * q) ** 2 - (2 * c * q) ** 2),
    derivativeFourthMoment: (_, q) => 16 / Math.PI ** 2 / Math.sqrt(1 + 8 * q),
  },
  sin: {
    moments: (_, q) => ({
      mean: 0,
      secondMoment: -Math.expm1(-2 * q) / 2,
      derivativeMean: Math.exp(-q / 2),
      derivativeSecondMoment: (1 + Math.exp(-2 * q)) / 2,
    }),
    covariance: (_, q, c) => dampedSinh(q, c),
    derivativeCovariance: (_, q, c) => dampedCosh(q, c),
    derivativeFourthMoment: (_, q) => (3 + 4 * Math.exp(-2 * q) + Math.exp(-8 * q)) / 8,
  },
  cos: {
    moments: (_, q) => ({
      mean: Math.exp(-q / 2),
      secondMoment: (1 + Math.exp(-2 * q)) / 2,
      derivativeMean: 0,
      derivativeSecondMoment: -Math.expm1(-2 * q) / 2,
    }),
    covariance: (_, q, c) => dampedCosh(q, c),
    derivativeCovariance: (_, q, c) => dampedSinh(q, c),
  },
  exp: {
    moments: (_, q) => {
      const mean = Math.exp(q / 2);
      const second = Math.exp(2 * q);
      return { mean, secondMoment: second, derivativeMean: mean, derivativeSecondMoment: second };
    },
    covariance: (_, q, c) => Math.exp(q * (1 + c)),
    derivativeCovariance: (_, q, c) => Math.exp(q * (1 + c)),
    derivativeFourthMoment: (_, q) => Math.exp(8 * q),
  },
  square: {
    moments: (_, q) => ({ mean: q, secondMoment: 3 * q * q, derivativeMean: 0, derivativeSecondMoment: 4 * q }),
    covariance: (_, q, c) => q * q * (1 + 2 * c * c),
    derivativeCovariance: (_, q, c) => 4 * c * q,
    derivativeFourthMoment: (_, q) => 48 * q * q,
  },
  gelu: {
    moments: ({ approximate }, q) => (approximate === 'none' ? exactGelu(q) : undefined),
    covariance: ({ approximate }, q, c) => (approximate === 'none' ? geluCovariance(q, c) : undefined),
    derivativeCovariance: ({ approximate }, q, c) =>
      approximate === 'none' ? geluDerivativeCovariance(q, c) : undefined,
  },
  elu: { moments: ({ alpha }, q) => exponentialLinear(alpha, q) },
  celu: {
    // celu_α(x) = α·elu₁(x/α)
    moments: ({ alpha }, q) => {
      const unit = exponentialLinear(1, q / alpha ** 2);
      return { ...unit, mean: alpha * unit.mean, secondMoment: alpha ** 2 * unit.secondMoment };
    },
  },
  selu: {
    moments: (_, q) => {
      const elu = exponentialLinear(SELU_ALPHA, q);
      return {
        mean: SELU_LAMBDA * elu.mean,
        secondMoment: SELU_LAMBDA ** 2 * elu.secondMoment,
        derivativeMean: SELU_LAMBDA * elu.derivativeMean,
        derivativeSecondMoment: SELU_LAMBDA ** 2 * elu.derivativeSecondMoment,
      };
    },
  },
  hardtanh: {
    moments: ({ low, high }, q) => (low === -high && q > 0 ? symmetricHardtanh(high, q) : undefined),
  },
};

function rectified(slope: number, q: number): Moments {
  return {
    mean: (1 - slope) * Math.sqrt(q / (2 * Math.PI)),
    secondMoment: (q * (1 + slope * slope)) / 2,
    derivativeMean: (1 + slope) / 2,
    derivativeSecondMoment: (1 + slope * slope) / 2,
  };
}

/** The arc-cosine kernel of degree 1 (Cho & Saul 2009), for the slopes 1 and `slope`. */
function arcCosine(slope: number, q: number, c: number): number {
  const cosine = Math.max(-1, Math.min(1, c));
  const kernel = (Math.sqrt(1 - cosine * cosine) + cosine * (Math.PI - Math.acos(cosine))) / (2 * Math.PI);
  return q * ((1 - slope) ** 2 * kernel + slope * cosine);
}

/** The arc-cosine kernel of degree 0. */
function orthantCovariance(slope: number, c: number): number {
  const both = (Math.PI - Math.acos(Math.max(-1, Math.min(1, c)))) / (2 * Math.PI);
  return (1 - slope) ** 2 * both + slope;
}

function exactGelu(q: number): Moments {
  const a = q / (1 + q);
  const root = Math.sqrt(1 + 2 * q);
  return {
    mean: q / Math.sqrt(2 * Math.PI * (1 + q)),
    secondMoment: q / 4 + (q / (2 * Math.PI)) * (Math.asin(a) + (2 * q) / ((1 + q) * root)),
    derivativeMean: 0.5,
    derivativeSecondMoment: 0.5 + (-Math.acos(a) + (a * (5 * q + 3)) / root ** 3) / (2 * Math.PI),
  };
}

/** Kedia et al. 2024, appendix: of correlation c, E[φφ] here with the mean in it. */
function geluCovariance(q: number, c: number): number {
  const r = Math.max(-1, Math.min(1, c));
  const root = Math.sqrt((1 + q) ** 2 - (r * q) ** 2);
  const angle = r * Math.asin((r * q) / (1 + q));
  const rest = (q * (q * (1 - r * r) + 1 + r * r)) / ((1 + q) * root);
  return (q / 4) * (r + (2 / Math.PI) * (angle + rest));
}

function geluDerivativeCovariance(q: number, c: number): number {
  const r = Math.max(-1, Math.min(1, c));
  const shared = (r * q) / (1 + q);
  const square = (1 + q) ** 2 - (r * q) ** 2;
  const bend = (shared * ((1 + q) * (2 * q + 3) - 2 * (r * q) ** 2)) / square ** 1.5;
  return 0.5 + (bend - Math.acos(shared)) / (2 * Math.PI);
}

/** x for x > 0, else α(eˣ − 1). */
function exponentialLinear(alpha: number, q: number): Moments {
  const s = Math.sqrt(q);
  const once = exponentialTail(s);
  const twice = exponentialTail(2 * s);
  return {
    mean: s / Math.sqrt(2 * Math.PI) + alpha * (once - 0.5),
    secondMoment: q / 2 + alpha * alpha * squaredDeficit(s, once, twice),
    derivativeMean: 0.5 + alpha * once,
    derivativeSecondMoment: 0.5 + alpha * alpha * twice,
  };
}

/** E[eᵗᶻ; z < 0] = e^{t²/2}·Φ(−t), which overflows unless it is written with the scaled erfc. */
function exponentialTail(t: number): number {
  return erfcx(t * Math.SQRT1_2) / 2;
}

/** E[(e^{sz} − 1)²; z < 0] = twice − 2·once + 1/2, which cancels for small s: there by the half-normal moments. */
function squaredDeficit(s: number, once: number, twice: number): number {
  if (s > 0.05) return twice - 2 * once + 0.5;
  // Σ (2ᵏ − 2)(−s)ᵏ E[|z|ᵏ]/(2·k!), with E|z|ᵏ = (k − 1)·E|z|ᵏ⁻².
  let sum = 0;
  let power = 1;
  let [moment, next] = [1, Math.sqrt(2 / Math.PI)];
  for (let k = 1; k <= 14; k += 1) {
    power *= -s / k;
    [moment, next] = [next, k * moment];
    sum += ((2 ** k - 2) * power * moment) / 2;
  }
  return sum;
}

function symmetricHardtanh(bound: number, q: number): Moments {
  const t = bound / Math.sqrt(q);
  const inside = erf(t * Math.SQRT1_2);
  const tail = erfc(t * Math.SQRT1_2) / 2;
  const density = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  return {
    mean: 0,
    secondMoment: q * (inside - 2 * t * density) + 2 * bound * bound * tail,
    derivativeMean: inside,
    derivativeSecondMoment: inside,
  };
}
