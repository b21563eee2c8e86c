import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Activation, ActivationKind } from '../../../network';
import { SELU_ALPHA, SELU_LAMBDA } from '../../../network/moments';
import { only, type Context, type Operation } from '../operation';
import { channelVector, sumToChannels } from './channels';

/** φ and φ′, pointwise. At a kink φ′ is what PyTorch takes. */
interface Pointwise {
  readonly value: (x: Tensor) => Tensor;
  readonly derivative: (x: Tensor) => Tensor;
}

type ActivationTable = {
  readonly [K in ActivationKind]: (activation: Extract<Activation, { kind: K }>) => Pointwise;
};

const { add, mul, sub, div, sigmoid } = tf;

/** `yes` where the condition holds, else `no`; both may be numbers. */
function choose(condition: Tensor, yes: Tensor | number, no: Tensor | number): Tensor {
  const full = (x: Tensor | number) => (typeof x === 'number' ? tf.fill(condition.shape, x) : x);
  return tf.where(condition, full(yes), full(no));
}

/** 1 where the condition holds, else 0. */
function indicator(condition: Tensor): Tensor {
  return tf.cast(condition, 'float32');
}

/** The slope beside 1 of a function that is the identity above zero. */
function twoSlopes(x: Tensor, below: number): Tensor {
  return choose(tf.greater(x, 0), 1, below);
}

/** sech² x = 4 σ(2x) σ(−2x): unlike 1 − tanh² it keeps its relative precision where tanh saturates. */
function sechSquared(x: Tensor): Tensor {
  const twice = mul(x, 2);
  return mul(mul(sigmoid(twice), sigmoid(tf.neg(twice))), 4);
}

/** α (exp x − 1) below zero, by the vector kernel that takes α = 1. */
function eluLike(alpha: number, x: Tensor): Tensor {
  return choose(tf.greater(x, 0), x, mul(tf.elu(tf.minimum(x, 0)), alpha));
}

function eluSlope(alpha: number, x: Tensor): Tensor {
  return choose(tf.greater(x, 0), 1, mul(tf.exp(tf.minimum(x, 0)), alpha));
}

/** ln(1 + exp x) without overflow. */
function logOnePlusExp(x: Tensor): Tensor {
  return add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/** Φ, the standard normal distribution. */
function normalCdf(x: Tensor): Tensor {
  return mul(add(tf.erf(mul(x, Math.SQRT1_2)), 1), 0.5);
}

function normalDensity(x: Tensor): Tensor {
  return mul(tf.exp(mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
}

const GELU_CUBIC = 0.044715;
const GELU_SCALE = Math.sqrt(2 / Math.PI);

function geluTanhArgument(x: Tensor): Tensor {
  return mul(add(x, mul(mul(tf.square(x), x), GELU_CUBIC)), GELU_SCALE);
}

const table: ActivationTable = {
  linear: () => ({ value: (x) => x, derivative: (x) => tf.fill(x.shape, 1) }),
  relu: () => ({ value: (x) => tf.relu(x), derivative: (x) => indicator(tf.greater(x, 0)) }),
  relu6: () => clamp(0, 6),
  leakyRelu: ({ slope }) => ({
    value: (x) => mul(x, twoSlopes(x, slope)),
    derivative: (x) => twoSlopes(x, slope),
  }),
  prelu: ({ slope }) => ({ value: (x) => mul(x, twoSlopes(x, slope)), derivative: (x) => twoSlopes(x, slope) }),
  elu: ({ alpha }) => ({ value: (x) => eluLike(alpha, x), derivative: (x) => eluSlope(alpha, x) }),
  celu: ({ alpha }) => ({
    value: (x) => choose(tf.greater(x, 0), x, mul(tf.elu(tf.minimum(div(x, alpha), 0)), alpha)),
    derivative: (x) => eluSlope(1, div(x, alpha)),
  }),
  selu: () => ({
    value: (x) => mul(eluLike(SELU_ALPHA, x), SELU_LAMBDA),
    derivative: (x) => mul(eluSlope(SELU_ALPHA, x), SELU_LAMBDA),
  }),
  gelu: ({ approximate }) =>
    approximate === 'none'
      ? {
          value: (x) => mul(x, normalCdf(x)),
          derivative: (x) => add(normalCdf(x), mul(x, normalDensity(x))),
        }
      : {
          value: (x) => mul(mul(x, 0.5), add(tf.tanh(geluTanhArgument(x)), 1)),
          derivative: (x) => {
            const u = geluTanhArgument(x);
            const slope = mul(add(mul(tf.square(x), 3 * GELU_CUBIC), 1), GELU_SCALE);
            return add(mul(add(tf.tanh(u), 1), 0.5), mul(mul(mul(x, 0.5), sechSquared(u)), slope));
          },
        },
  silu: () => ({
    value: (x) => mul(x, sigmoid(x)),
    derivative: (x) => mul(sigmoid(x), add(mul(x, sigmoid(tf.neg(x))), 1)),
  }),
  mish: () => ({
    value: (x) => mul(x, tf.tanh(logOnePlusExp(x))),
    derivative: (x) => {
      const softplus = logOnePlusExp(x);
      return add(tf.tanh(softplus), mul(mul(x, sechSquared(softplus)), sigmoid(x)));
    },
  }),
  tanh: () => ({ value: (x) => tf.tanh(x), derivative: sechSquared }),
  sigmoid: () => ({ value: (x) => sigmoid(x), derivative: (x) => mul(sigmoid(x), sigmoid(tf.neg(x))) }),
  logSigmoid: () => ({ value: (x) => tf.neg(logOnePlusExp(tf.neg(x))), derivative: (x) => sigmoid(tf.neg(x)) }),
  hardSigmoid: ({ slope }) => ({
    value: (x) => tf.minimum(tf.maximum(add(mul(x, slope), 0.5), 0), 1),
    derivative: (x) => mul(inside(x, -0.5 / slope, 0.5 / slope), slope),
  }),
  hardtanh: ({ low, high }) => clamp(low, high),
  hardswish: () => ({
    value: (x) => mul(x, mul(tf.minimum(tf.maximum(add(x, 3), 0), 6), 1 / 6)),
    derivative: (x) => choose(tf.greaterEqual(x, 3), 1, choose(tf.greater(x, -3), add(mul(x, 1 / 3), 0.5), 0)),
  }),
  softplus: ({ beta }) => ({
    value: (x) => mul(logOnePlusExp(mul(x, beta)), 1 / beta),
    derivative: (x) => sigmoid(mul(x, beta)),
  }),
  softsign: () => ({
    value: (x) => div(x, add(tf.abs(x), 1)),
    derivative: (x) => div(1, tf.square(add(tf.abs(x), 1))),
  }),
  softshrink: ({ lambda }) => ({
    value: (x) => sub(x, tf.minimum(tf.maximum(x, -lambda), lambda)),
    derivative: (x) => indicator(tf.greater(tf.abs(x), lambda)),
  }),
  hardshrink: ({ lambda }) => ({
    value: (x) => choose(tf.greater(tf.abs(x), lambda), x, 0),
    derivative: (x) => indicator(tf.greater(tf.abs(x), lambda)),
  }),
  tanhshrink: () => ({
    value: (x) => sub(x, tf.tanh(x)),
    derivative: (x) => tf.square(tf.tanh(x)),
  }),
  threshold: ({ threshold, value }) => ({
    value: (x) => choose(tf.greater(x, threshold), x, value),
    derivative: (x) => indicator(tf.greater(x, threshold)),
  }),
  erf: () => ({
    value: (x) => tf.erf(x),
    derivative: (x) => mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)),
  }),
  sin: () => ({ value: (x) => tf.sin(x), derivative: (x) => tf.cos(x) }),
  cos: () => ({ value: (x) => tf.cos(x), derivative: (x) => tf.neg(tf.sin(x)) }),
  exp: () => ({ value: (x) => tf.exp(x), derivative: (x) => tf.exp(x) }),
  arctan: () => ({ value: (x) => tf.atan(x), derivative: (x) => div(1, add(tf.square(x), 1)) }),
  square: () => ({ value: (x) => tf.square(x), derivative: (x) => mul(x, 2) }),
  abs: () => ({ value: (x) => tf.abs(x), derivative: (x) => tf.sign(x) }),
  power: ({ exponent }) => ({
    value: (x) => power(x, exponent),
    derivative: (x) => mul(power(x, exponent - 1), exponent),
  }),
  log: ({ offset }) => ({
    value: (x) => (offset === 1 ? tf.log1p(x) : tf.log(add(x, offset))),
    derivative: (x) => div(1, add(x, offset)),
  }),
  sign: () => ({ value: (x) => tf.sign(x), derivative: (x) => tf.zerosLike(x) }),
  floor: () => ({ value: (x) => tf.floor(x), derivative: (x) => tf.zerosLike(x) }),
  round: () => ({ value: (x) => tf.round(x), derivative: (x) => tf.zerosLike(x) }),
};

/** xᵖ by the kernels that are exact for it. */
function power(x: Tensor, exponent: number): Tensor {
  switch (exponent) {
    case -1:
      return div(1, x);
    case -0.5:
      return tf.rsqrt(x);
    case 0:
      return tf.onesLike(x);
    case 0.5:
      return tf.sqrt(x);
    case 1:
      return x;
    case 2:
      return tf.square(x);
    case 3:
      return mul(tf.square(x), x);
    default:
      return tf.pow(x, exponent);
  }
}

function clamp(low: number, high: number): Pointwise {
  return {
    value: (x) => tf.minimum(tf.maximum(x, low), high),
    derivative: (x) => inside(x, low, high),
  };
}

/** 1 strictly between the bounds, else 0. */
function inside(x: Tensor, low: number, high: number): Tensor {
  return indicator(tf.logicalAnd(tf.greater(x, low), tf.less(x, high)));
}

/** φ and φ′ of an activation. */
export function pointwise(activation: Activation): Pointwise {
  const entry = table[activation.kind] as (activation: Activation) => Pointwise;
  return entry(activation);
}

export const activation: Operation<'activation'> = (op, inputs, context) => {
  if (op.slope !== undefined) return learnedSlope(op.slope, inputs, context);
  const { tensor: x, layout } = only(inputs);
  const { value, derivative } = pointwise(op.activation);
  return {
    output: { tensor: value(x), layout },
    pullback: (gradient) => ({ inputs: [mul(gradient, derivative(x))] }),
  };
};

/** PReLU: x above zero, a·x below, with one slope a or one a channel. */
function learnedSlope(path: string, inputs: Parameters<Operation<'activation'>>[1], context: Context) {
  const x = only(inputs);
  const slope = context.parameter(path);
  const factor = () => choose(tf.greater(x.tensor, 0), 1, tf.broadcastTo(channelVector(slope, x), x.tensor.shape));
  const bySlope = (gradient: Tensor) => sumToChannels(mul(gradient, tf.minimum(x.tensor, 0)), x.layout, slope.size);
  return {
    output: { tensor: mul(x.tensor, factor()), layout: x.layout },
    pullback: (gradient: Tensor, parameters: boolean) => ({
      inputs: [mul(gradient, factor())],
      ...(parameters && {
        parameters: [{ path, gradient: tf.reshape(bySlope(gradient), slope.shape) }],
      }),
    }),
  };
}
