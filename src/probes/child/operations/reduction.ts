import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOf, type OpOf } from '../../../network';
import { only, type Operation } from '../operation';
import { broadcastTo } from './repetition';

/** The reduction of a tensor over axes that stay with size 1, and how a gradient of that shape goes back. */
interface Reduced {
  readonly value: Tensor;
  readonly saved?: readonly Tensor[];
  readonly back: (gradient: Tensor) => Tensor;
}

type Reduction = (x: Tensor, axes: number[], op: OpOf<'reduce'>) => Reduced;

export const reduce: Operation<'reduce'> = (op, inputs) => {
  const { tensor } = only(inputs);
  const axes = op.axes.map((axis) => axisOf(axis, tensor.rank) ?? 0).sort((a, b) => a - b);
  const kept = tensor.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = op.keepDims ? kept : tensor.shape.filter((_, axis) => !axes.includes(axis));
  const { value, saved, back } = reductions[op.how](tensor, axes, op);
  return {
    output: { tensor: tf.reshape(value, shape), layout: 'framework' },
    ...(saved && { saved }),
    pullback: (gradient) => ({ inputs: [back(tf.reshape(gradient, kept))] }),
  };
};

function count({ shape }: Tensor, axes: readonly number[]): number {
  return axes.reduce((size, axis) => size * (shape[axis] ?? 1), 1);
}

/** The sum times a factor. */
function scaledSum(x: Tensor, axes: number[], factor: number): Reduced {
  const sum = tf.sum(x, axes, true);
  return {
    value: factor === 1 ? sum : tf.mul(sum, factor),
    back: (gradient) => tf.mul(gradient, tf.fill(x.shape, factor)),
  };
}

/** Equal ones share the gradient, as in `torch.amax`. */
function largest(x: Tensor, axes: number[], sign: 1 | -1): Reduced {
  const signed = sign === 1 ? x : tf.neg(x);
  const best = tf.max(signed, axes, true);
  const value = sign === 1 ? best : tf.neg(best);
  return {
    value,
    saved: [value],
    back: (gradient) => {
      const isBest = tf.cast(tf.equal(x, broadcastTo(value, x.shape)), 'float32');
      return tf.mul(isBest, tf.div(gradient, tf.sum(isBest, axes, true)));
    },
  };
}

const reductions: Readonly<Record<OpOf<'reduce'>['how'], Reduction>> = {
  sum: (x, axes) => scaledSum(x, axes, 1),
  mean: (x, axes) => scaledSum(x, axes, 1 / count(x, axes)),
  max: (x, axes) => largest(x, axes, 1),
  min: (x, axes) => largest(x, axes, -1),
  variance: (x, axes, { correction = 0 }) => {
    const number = count(x, axes);
    const centered = tf.sub(x, tf.mul(tf.sum(x, axes, true), 1 / number));
    const factor = 1 / (number - correction);
    return {
      value: tf.mul(tf.sum(tf.square(centered), axes, true), factor),
      saved: [centered],
      back: (gradient) => tf.mul(tf.mul(centered, 2 * factor), gradient),
    };
  },
  norm: (x, axes) => {
    const value = tf.sqrt(tf.sum(tf.square(x), axes, true));
    return {
      value,
      saved: [value],
      // Zero at zero, where there is none.
      back: (gradient) => tf.mul(x, tf.div(gradient, tf.maximum(value, SMALLEST))),
    };
  },
  logSumExp: (x, axes) => {
    const shift = tf.max(x, axes, true);
    const value = tf.add(shift, tf.log(tf.sum(tf.exp(tf.sub(x, shift)), axes, true)));
    return { value, saved: [value], back: (gradient) => tf.mul(gradient, tf.exp(tf.sub(x, value))) };
  },
  product: (x, axes) => {
    const lines = linesAlong(x, axes);
    return {
      value: lines.reduce((values) => values.reduce((product, factor) => product * factor, 1)),
      back: (gradient) => lines.spread(gradient, othersProduct),
    };
  },
};

const SMALLEST = 2 ** -126;

/** Of every value, the product of all others: it is right where some are zero. */
function othersProduct(values: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  let before = 1;
  for (const [i, value] of values.entries()) {
    result[i] = before;
    before *= value;
  }
  let after = 1;
  for (let i = values.length - 1; i >= 0; i--) {
    result[i] = (result[i] ?? 0) * after;
    after *= values[i] ?? 1;
  }
  return result;
}

/** A tensor's values over the reduced axes, line by line in float64 on the host. */
function linesAlong(x: Tensor, axes: readonly number[]) {
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...others, ...axes];
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const moved = order.map((axis) => x.shape[axis] ?? 1);
  const back = order.map((_, axis) => order.indexOf(axis));
  const length = axes.reduce((size, axis) => size * (x.shape[axis] ?? 1), 1);
  const read = (): Float64Array[] => {
    const data = Float64Array.from(tf.transpose(x, order).dataSync<'float32'>());
    return Array.from({ length: data.length / length }, (_, i) => data.subarray(i * length, (i + 1) * length));
  };
  return {
    reduce: (fold: (values: Float64Array) => number): Tensor => tf.tensor(Float32Array.from(read(), fold), kept),
    spread: (gradient: Tensor, factors: (values: Float64Array) => Float64Array): Tensor => {
      const by = gradient.dataSync<'float32'>();
      const result = new Float32Array(x.size);
      for (const [line, values] of read().entries())
        for (const [i, factor] of factors(values).entries()) result[line * length + i] = factor * (by[line] ?? NaN);
      return tf.transpose(tf.tensor(result, moved), back);
    },
  };
}
