/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOf } from '../../../network';
import { only, type Operation } from '../operation';

/** Running sums and products along an axis, in float64 on the host. */
export const cumulative: Operation<'cumulative'> = (op, inputs) => {
  const { tensor: x } = only(inputs);
  const axis = axisOf(op.axis, x.rank) ?? 0;
  return {
    output: {
      tensor: alongLines(axis, [x], op.how === 'sum' ? ([line]) => sums(line!) : ([line]) => products(line!)),
      layout: 'framework',
    },
    pullback: (gradient) => ({
      inputs: [
        op.how === 'sum'
          ? alongLines(axis, [gradient], ([line]) => sums(line!.toReversed()).reverse())
          : alongLines(axis, [gradient, x], ([by, line]) => productsBack(by!, line!)),
      ],
    }),
  };
};

/** Computes line by line along an axis of tensors of one shape. */
function alongLines(
  axis: number,
  tensors: readonly Tensor[],
  compute: (lines: readonly Float64Array[]) => Float64Array,
): Tensor {
  const { shape } = tensors[0]!;
  const length = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((size, dim) => size * dim, 1);
  const data = tensors.map((tensor) => tensor.dataSync<'float32'>());
  const result = new Float32Array(data[0]!.length);
  const lines = data.map(() => new Float64Array(length));
  for (let start = 0; start < result.length; start += length * inner)
    for (let k = 0; k < inner; k++) {
      for (const [t, line] of lines.entries())
        for (let i = 0; i < length; i++) line[i] = data[t]![start + i * inner + k]!;
      const computed = compute(lines);
      for (let i = 0; i < length; i++) result[start + i * inner + k] = computed[i]!;
    }
  return tf.tensor(result, shape);
}

function sums(line: Float64Array): Float64Array {
  let sum = 0;
  return line.map((value) => (sum += value));
}

function products(line: Float64Array): Float64Array {
  let product = 1;
  return line.map((value) => (product *= value));
}

/**
 * ∂L/∂x_i = Σ_{j ≥ i} g_j Π_{k ≤ j, k ≠ i} x_k: what is before i, times a sum from behind, in which g_j counts the factors between.
 * No division: it is right where values are zero.
 */
function productsBack(gradient: Float64Array, line: Float64Array): Float64Array {
  const result = new Float64Array(line.length);
  let behind = 0;
  for (let i = line.length - 1; i >= 0; i--) {
    const here = gradient[i]! + behind;
    result[i] = here;
    behind = here * line[i]!;
  }
  let before = 1;
  for (let i = 0; i < line.length; i++) {
    result[i]! *= before;
    before *= line[i]!;
  }
  return result;
}
