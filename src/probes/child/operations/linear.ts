import * as tf from '@tensorflow/tfjs-core';
import { only, type Operation, type ParameterGradient } from '../operation';

/** y = x Wᵀ + b over the last axis. The kernel layout of W is in×out, of which some outputs alone may be used. */
export const linear: Operation<'linear'> = (op, inputs, context) => {
  const { tensor: x, layout } = only(inputs);
  const weight = context.parameter(op.weight);
  const [inFeatures = 1, allFeatures = 1] = weight.shape;
  const first = op.firstOutput === undefined ? 0 : context.size(op.firstOutput);
  const outFeatures = context.size(op.outFeatures);
  const isPart = outFeatures !== allFeatures;
  const used = () =>
    isPart ? tf.slice(weight, [0, first], [inFeatures, outFeatures]) : (weight as typeof weight & tf.Tensor2D);
  const rows = tf.reshape<tf.Rank.R2>(x, [-1, inFeatures]);
  const product = tf.matMul(rows, used());
  const bias = op.bias === undefined ? undefined : context.parameter(op.bias);
  const biased = bias === undefined ? product : tf.add(product, isPart ? tf.slice(bias, [first], [outFeatures]) : bias);
  const outShape = [...x.shape.slice(0, -1), outFeatures];
  const rest: [number, number] = [first, allFeatures - first - outFeatures];
  return {
    output: { tensor: tf.reshape(biased, outShape), layout },
    pullback: (gradient, parameters) => {
      const gradientRows = tf.reshape<tf.Rank.R2>(gradient, [-1, outFeatures]);
      const byInput = tf.reshape(tf.matMul(gradientRows, used(), false, true), x.shape);
      if (!parameters) return { inputs: [byInput] };
      const byWeight = tf.matMul(tf.reshape<tf.Rank.R2>(x, [-1, inFeatures]), gradientRows, true, false);
      const list: ParameterGradient[] = [
        { path: op.weight, gradient: isPart ? tf.pad(byWeight, [[0, 0], rest]) : byWeight },
      ];
      if (op.bias !== undefined) {
        const byBias = tf.sum(gradientRows, 0);
        list.push({ path: op.bias, gradient: isPart ? tf.pad(byBias, [rest]) : byBias });
      }
      return { inputs: [byInput], parameters: list };
    },
  };
};
