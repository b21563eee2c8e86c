import * as tf from '@tensorflow/tfjs-core';
import { only, type Operation, type ParameterGradient } from '../operation';

/**
 * y = x Wᵀ + b over the last axis. The kernel layout of W is in×out, each of one axis or several (Keras's heads); some of the
 * outputs alone may be used.
 */
export const linear: Operation<'linear'> = (op, inputs, context) => {
  const { tensor: x, layout } = only(inputs);
  const weight = context.parameter(op.weight);
  const inFeatures = context.size(op.inFeatures);
  const allFeatures = weight.size / inFeatures;
  const first = op.firstOutput === undefined ? 0 : context.size(op.firstOutput);
  const outFeatures = context.size(op.outFeatures);
  const isPart = outFeatures !== allFeatures;
  const used = () => {
    const matrix = tf.reshape<tf.Rank.R2>(weight, [inFeatures, allFeatures]);
    return isPart ? tf.slice(matrix, [0, first], [inFeatures, outFeatures]) : matrix;
  };
  const rows = tf.reshape<tf.Rank.R2>(x, [-1, inFeatures]);
  const product = tf.matMul(rows, used());
  const bias = op.bias === undefined ? undefined : context.parameter(op.bias);
  const flat = bias && tf.reshape(bias, [allFeatures]);
  const biased = flat === undefined ? product : tf.add(product, isPart ? tf.slice(flat, [first], [outFeatures]) : flat);
  const outShape = [...x.shape.slice(0, -1), outFeatures];
  const rest: [number, number] = [first, allFeatures - first - outFeatures];
  return {
    output: { tensor: tf.reshape(biased, outShape), layout },
    pullback: (gradient, parameters) => {
      const gradientRows = tf.reshape<tf.Rank.R2>(gradient, [-1, outFeatures]);
      const byInput = tf.reshape(tf.matMul(gradientRows, used(), false, true), x.shape);
      if (!parameters) return { inputs: [byInput] };
      const byWeight = tf.matMul(tf.reshape<tf.Rank.R2>(x, [-1, inFeatures]), gradientRows, true, false);
      const whole = isPart ? tf.pad(byWeight, [[0, 0], rest]) : byWeight;
      const list: ParameterGradient[] = [{ path: op.weight, gradient: tf.reshape(whole, weight.shape) }];
      if (op.bias !== undefined && bias !== undefined) {
        const byBias = tf.sum(gradientRows, 0);
        const all = isPart ? tf.pad(byBias, [rest]) : byBias;
        list.push({ path: op.bias, gradient: tf.reshape(all, bias.shape) });
      }
      return { inputs: [byInput], parameters: list };
    },
  };
};
