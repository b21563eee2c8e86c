import * as tf from '@tensorflow/tfjs-core';
import { only, type Operation, type ParameterGradient } from '../operation';

/** y = x Wᵀ + b over the last axis. The kernel layout of W is in×out. */
export const linear: Operation<'linear'> = (op, inputs, context) => {
  const { tensor: x, layout } = only(inputs);
  const weight = context.parameter(op.weight);
  const [inFeatures = 1, outFeatures = 1] = weight.shape;
  const rows = tf.reshape<tf.Rank.R2>(x, [-1, inFeatures]);
  const product = tf.matMul(rows, weight);
  const biased = op.bias === undefined ? product : tf.add(product, context.parameter(op.bias));
  const outShape = [...x.shape.slice(0, -1), outFeatures];
  return {
    output: { tensor: tf.reshape(biased, outShape), layout },
    pullback: (gradient, parameters) => {
      const gradientRows = tf.reshape<tf.Rank.R2>(gradient, [-1, outFeatures]);
      const byInput = tf.reshape(tf.matMul(gradientRows, weight, false, true), x.shape);
      if (!parameters) return { inputs: [byInput] };
      const byWeight = tf.matMul(tf.reshape<tf.Rank.R2>(x, [-1, inFeatures]), gradientRows, true, false);
      const list: ParameterGradient[] = [{ path: op.weight, gradient: byWeight }];
      if (op.bias !== undefined) list.push({ path: op.bias, gradient: tf.sum(gradientRows, 0) });
      return { inputs: [byInput], parameters: list };
    },
  };
};
