import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { broadcast, isKnown } from '../../../network';
import { inputAt, type Operation } from '../operation';
import { broadcastTo } from './repetition';
import { unbroadcast } from './shape';

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);

/** Products of the last two axes, over leading axes that broadcast. */
export function matrixProduct(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  const outer = (broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)) ?? []).filter(isKnown);
  const rows = a.shape.at(transposeA ? -1 : -2) ?? 1;
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 1;
  const matrix = b.shape.slice(-2) as [number, number];
  const inner = a.shape.slice(-2) as [number, number];
  if (sizeOf(b.shape.slice(0, -2)) === 1 && !transposeA) {
    // One right operand for all: leading axes are rows as well.
    const product = tf.matMul(
      tf.reshape<tf.Rank.R2>(a, [-1, inner[1]]),
      tf.reshape<tf.Rank.R2>(b, matrix),
      false,
      transposeB,
    );
    return tf.reshape(product, [...outer, rows, columns]);
  }
  const count = sizeOf(outer);
  const stacked = (x: Tensor, own: [number, number]) =>
    tf.reshape<tf.Rank.R3>(broadcastTo(x, [...outer, ...own]), [count, ...own]);
  const product = tf.matMul(stacked(a, inner), stacked(b, matrix), transposeA, transposeB);
  return tf.reshape(product, [...outer, rows, columns]);
}

export const matmul: Operation<'matmul'> = (_op, inputs) => {
  const left = inputAt(inputs, 0).tensor;
  const right = inputAt(inputs, 1).tensor;
  // A single axis is a row on the left and a column on the right.
  const asLeft = () => (left.rank === 1 ? tf.reshape(left, [1, -1]) : left);
  const asRight = () => (right.rank === 1 ? tf.reshape(right, [-1, 1]) : right);
  const product = matrixProduct(asLeft(), asRight());
  const shape = product.shape.filter(
    (_, axis) => !(left.rank === 1 && axis === product.rank - 2) && !(right.rank === 1 && axis === product.rank - 1),
  );
  return {
    output: { tensor: tf.reshape(product, shape), layout: 'framework' },
    pullback: (gradient) => {
      const [a, b] = [asLeft(), asRight()];
      const g = tf.reshape(gradient, product.shape);
      const byLeft = unbroadcast(matrixProduct(g, b, false, true), a.shape);
      const byRight = unbroadcast(matrixProduct(a, g, true, false), b.shape);
      return { inputs: [tf.reshape(byLeft, left.shape), tf.reshape(byRight, right.shape)] };
    },
  };
};
