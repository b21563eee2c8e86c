import erf from '@stdlib/math-base-special-erf';
import type { Activation, ActivationKind } from '../activation';

/** An activation as a function of one number. */
export interface Pointwise {
  readonly value: (x: number) => number;
  /** Almost everywhere; at a kink, one of the two sides. */
  readonly derivative: (x: number) => number;
  /** Where the value or a low derivative jumps: break points for quadrature. */
  readonly kinks: readonly number[];
}

/** α and λ that make mean 0 and variance 1 the fixed point (Klambauer et al. 2017, eq. 14). */
export const SELU_ALPHA = 1.6732632423543772;
export const SELU_LAMBDA = 1.0507009873554805;

/** The function, its derivative and its kinks. */
export function pointwise(activation: Activation): Pointwise {
  const make = table[activation.kind] as (activation: Activation) => Pointwise;
  return make(activation);
}

type OfKind<K extends ActivationKind> = Extract<Activation, { kind: K }>;
type ActivationTable<Result> = { readonly [K in ActivationKind]: (activation: OfKind<K>) => Result };

const fixed = (value: Pointwise['value'], derivative: Pointwise['derivative'], kinks: readonly number[] = []) => {
  const result: Pointwise = { value, derivative, kinks };
  return () => result;
};

const leaky = ({ slope }: { readonly slope: number }): Pointwise => ({
  value: (x) => (x > 0 ? x : slope * x),
  derivative: (x) => (x > 0 ? 1 : slope),
  kinks: [0],
});

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
const normalDensity = (x: number): number => INVERSE_SQRT_2PI * Math.exp((-x * x) / 2);
const normalCdf = (x: number): number => (1 + erf(x * Math.SQRT1_2)) / 2;
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : 1 - 1 / (1 + Math.exp(x)));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sechSquared = (x: number): number => {
  const decay = Math.exp(-2 * Math.abs(x));
  return (4 * decay) / (1 + decay) ** 2;
};

const GELU_TANH_SCALE = Math.sqrt(2 / Math.PI);
const GELU_TANH_CUBIC = 0.044715;

const gelu: Pointwise = {
  value: (x) => x * normalCdf(x),
  derivative: (x) => normalCdf(x) + x * normalDensity(x),
  kinks: [],
};
const geluTanh: Pointwise = {
  value: (x) => (x / 2) * (1 + Math.tanh(GELU_TANH_SCALE * (x + GELU_TANH_CUBIC * x ** 3))),
  derivative: (x) => {
    const inner = GELU_TANH_SCALE * (x + GELU_TANH_CUBIC * x ** 3);
    const slope = GELU_TANH_SCALE * (1 + 3 * GELU_TANH_CUBIC * x * x);
    return (1 + Math.tanh(inner)) / 2 + (x / 2) * sechSquared(inner) * slope;
  },
  kinks: [],
};

const roundHalfToEven = (x: number): number => {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
};

/** The places of jumps, one apart, as far as a Gaussian of moderate variance sees them. */
const steps = (shift: number): readonly number[] => Array.from({ length: 129 }, (_, index) => index - 64 + shift);

const table: ActivationTable<Pointwise> = {
  linear: fixed(
    (x) => x,
    () => 1,
  ),
  relu: fixed(
    (x) => Math.max(x, 0),
    (x) => (x > 0 ? 1 : 0),
    [0],
  ),
  relu6: fixed(
    (x) => Math.min(Math.max(x, 0), 6),
    (x) => (x > 0 && x < 6 ? 1 : 0),
    [0, 6],
  ),
  leakyRelu: leaky,
  prelu: leaky,
  elu: ({ alpha }) => ({
    value: (x) => (x > 0 ? x : alpha * Math.expm1(x)),
    derivative: (x) => (x > 0 ? 1 : alpha * Math.exp(x)),
    kinks: [0],
  }),
  celu: ({ alpha }) => ({
    value: (x) => (x > 0 ? x : alpha * Math.expm1(x / alpha)),
    derivative: (x) => (x > 0 ? 1 : Math.exp(x / alpha)),
    kinks: [0],
  }),
  selu: fixed(
    (x) => SELU_LAMBDA * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    (x) => SELU_LAMBDA * (x > 0 ? 1 : SELU_ALPHA * Math.exp(x)),
    [0],
  ),
  gelu: ({ approximate }) => (approximate === 'tanh' ? geluTanh : gelu),
  silu: fixed(
    (x) => x * sigmoid(x),
    (x) => {
      const gate = sigmoid(x);
      return gate * (1 + x * (1 - gate));
    },
  ),
  mish: fixed(
    (x) => x * Math.tanh(softplus(x)),
    (x) => {
      const inner = softplus(x);
      return Math.tanh(inner) + x * sechSquared(inner) * sigmoid(x);
    },
  ),
  tanh: fixed(Math.tanh, sechSquared),
  sigmoid: fixed(sigmoid, (x) => sigmoid(x) * sigmoid(-x)),
  logSigmoid: fixed(
    (x) => -softplus(-x),
    (x) => sigmoid(-x),
  ),
  hardSigmoid: ({ slope }) => ({
    value: (x) => Math.max(0, Math.min(1, slope * x + 0.5)),
    derivative: (x) => (Math.abs(slope * x) < 0.5 ? slope : 0),
    kinks: [-0.5 / slope, 0.5 / slope],
  }),
  hardtanh: ({ low, high }) => ({
    value: (x) => Math.max(low, Math.min(high, x)),
    derivative: (x) => (x > low && x < high ? 1 : 0),
    kinks: [low, high],
  }),
  hardswish: fixed(
    (x) => (x * Math.max(0, Math.min(6, x + 3))) / 6,
    (x) => (x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6),
    [-3, 3],
  ),
  softplus: ({ beta }) => ({
    value: (x) => softplus(beta * x) / beta,
    derivative: (x) => sigmoid(beta * x),
    kinks: [],
  }),
  // The second derivative of softsign jumps at zero.
  softsign: fixed(
    (x) => x / (1 + Math.abs(x)),
    (x) => 1 / (1 + Math.abs(x)) ** 2,
    [0],
  ),
  softshrink: ({ lambda }) => ({
    value: (x) => Math.sign(x) * Math.max(Math.abs(x) - lambda, 0),
    derivative: (x) => (Math.abs(x) > lambda ? 1 : 0),
    kinks: [-lambda, lambda],
  }),
  hardshrink: ({ lambda }) => ({
    value: (x) => (Math.abs(x) > lambda ? x : 0),
    derivative: (x) => (Math.abs(x) > lambda ? 1 : 0),
    kinks: [-lambda, lambda],
  }),
  tanhshrink: fixed(
    (x) => x - Math.tanh(x),
    (x) => Math.tanh(x) ** 2,
  ),
  threshold: ({ threshold, value }) => ({
    value: (x) => (x > threshold ? x : value),
    derivative: (x) => (x > threshold ? 1 : 0),
    kinks: [threshold],
  }),
  erf: fixed(erf, (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)),
  sin: fixed(Math.sin, Math.cos),
  cos: fixed(Math.cos, (x) => -Math.sin(x)),
  exp: fixed(Math.exp, Math.exp),
  arctan: fixed(Math.atan, (x) => 1 / (1 + x * x)),
  square: fixed(
    (x) => x * x,
    (x) => 2 * x,
  ),
  abs: fixed(Math.abs, Math.sign, [0]),
  power: ({ exponent }) => ({
    value: (x) => x ** exponent,
    derivative: (x) => exponent * x ** (exponent - 1),
    kinks: [0],
  }),
  log: ({ offset }) => ({
    value: (x) => Math.log(offset + x),
    derivative: (x) => 1 / (offset + x),
    kinks: [-offset],
  }),
  sign: fixed(Math.sign, () => 0, [0]),
  floor: fixed(Math.floor, () => 0, steps(0)),
  round: fixed(roundHalfToEven, () => 0, steps(0.5)),
};
