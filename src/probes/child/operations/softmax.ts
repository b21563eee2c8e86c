import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOf } from '../../../network';
import { only, type Operation } from '../operation';

/** ln softmax along `axis`: x − max − ln Σ exp(x − max). */
export function logSoftmax(x: Tensor, axis: number): Tensor {
  const shifted = tf.sub(x, tf.max(x, axis, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)));
}

export const softmax: Operation<'softmax'> = (op, inputs) => {
  const { tensor, layout } = only(inputs);
  const axis = axisOf(op.axis, tensor.rank) ?? tensor.rank - 1;
  const logarithm = logSoftmax(tensor, axis);
  const output = op.log ? logarithm : tf.exp(logarithm);
  return {
    output: { tensor: output, layout },
    saved: [output],
    pullback: (gradient) => {
      if (op.log) return { inputs: [tf.sub(gradient, tf.mul(tf.exp(output), tf.sum(gradient, axis, true)))] };
      const weighted = tf.mul(gradient, output);
      return { inputs: [tf.sub(weighted, tf.mul(output, tf.sum(weighted, axis, true)))] };
    },
  };
};
