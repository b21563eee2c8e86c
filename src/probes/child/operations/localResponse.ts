import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { only, type Operation } from '../operation';
import { mapAxis, mapAxisBack, type AxisMap } from './axisMap';
import { channelAxis } from './channels';

/** x · (k + α/size · Σ x²)^−β, over ⌊size/2⌋ channels before and the rest of `size` behind. */
export const localResponseNorm: Operation<'localResponseNorm'> = (op, inputs) => {
  const { tensor: x, layout } = only(inputs);
  const axis = channelAxis(layout, x.rank);
  const neighbours = neighbourhood(x.shape[axis] ?? 1, op.size, op.alpha / op.size);
  const base = tf.add(mapAxis(tf.square(x), axis, neighbours), op.k);
  const power = (exponent: number): Tensor => tf.pow(base, exponent);
  return {
    output: { tensor: tf.mul(x, power(-op.beta)), layout },
    saved: [base],
    pullback: (gradient) => {
      const byBase = tf.mul(tf.mul(gradient, x), tf.mul(power(-op.beta - 1), -2 * op.beta));
      const shared = tf.mul(x, mapAxisBack(byBase, axis, neighbours));
      return { inputs: [tf.add(tf.mul(gradient, power(-op.beta)), shared)] };
    },
  };
};

function neighbourhood(channels: number, size: number, weight: number): AxisMap {
  const indices = Int32Array.from({ length: channels * size }, (_, i) => {
    const channel = Math.floor(i / size) + (i % size) - Math.floor(size / 2);
    return channel >= 0 && channel < channels ? channel : -1;
  });
  return { from: channels, to: channels, taps: size, indices, weights: new Float32Array(indices.length).fill(weight) };
}
