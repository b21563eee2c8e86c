import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isKnown, product, type OpOf } from '../../../network';
import {
  only,
  refuseNode,
  type Applied,
  type ChannelStatistics,
  type Context,
  type Operation,
  type ParameterGradient,
  type Value,
} from '../operation';
import { asChannelRows, channelVector, sumToChannels } from './channels';

/** The mean along one axis, which stays with size 1. */
function meanAlong(x: Tensor, axis: number): Tensor {
  return tf.mul(tf.sum(x, axis, true), 1 / (x.shape[axis] ?? 1));
}

interface Standardized {
  readonly output: Tensor;
  /** 1/√(variance + ε). */
  readonly inverseDeviation: Tensor;
}

/** x̂ = (x − mean) / √(variance + ε) along `axis`; without `center`, x / √(mean square + ε). */
function standardize(x: Tensor, axis: number, epsilon: number, center: boolean): Standardized {
  const centered = center ? tf.sub(x, meanAlong(x, axis)) : x;
  const variance = meanAlong(tf.square(centered), axis);
  const inverseDeviation = tf.div(1, tf.sqrt(tf.add(variance, epsilon)));
  return { output: tf.mul(centered, inverseDeviation), inverseDeviation };
}

/** ∂L/∂x = (g − mean(g) − x̂·mean(g·x̂)) / √(variance + ε); the middle term is that of the mean. */
function standardizePullback(
  gradient: Tensor,
  { output, inverseDeviation }: Standardized,
  axis: number,
  center: boolean,
): Tensor {
  const along = tf.mul(output, meanAlong(tf.mul(gradient, output), axis));
  const rest = center ? tf.sub(gradient, meanAlong(gradient, axis)) : gradient;
  return tf.mul(tf.sub(rest, along), inverseDeviation);
}

/** The affine part of a norm: x̂·scale + shift, with parameters already shaped to broadcast. */
function affine(x: Tensor, scale: Tensor | undefined, shift: Tensor | undefined): Tensor {
  const scaled = scale === undefined ? x : tf.mul(x, scale);
  return shift === undefined ? scaled : tf.add(scaled, shift);
}

export const batchNorm: Operation<'batchNorm'> = (op, inputs, context) => {
  const input = only(inputs);
  const scale = op.scale === undefined ? undefined : context.parameter(op.scale);
  const shift = op.shift === undefined ? undefined : context.parameter(op.shift);
  const constant = context.constantStatistics?.get(context.node.id) ?? gatheredStatistics(op, context);
  if (constant !== undefined) {
    const factor = tf.div(1, tf.sqrt(tf.add(tf.tensor1d(constant.variance), op.epsilon)));
    const slope = scale === undefined ? factor : tf.mul(factor, scale);
    const offset = tf.neg(tf.mul(tf.tensor1d(constant.mean), slope));
    const total = shift === undefined ? offset : tf.add(offset, shift);
    const output = tf.add(tf.mul(input.tensor, channelVector(slope, input)), channelVector(total, input));
    return {
      output: { tensor: output, layout: input.layout },
      saved: [slope],
      pullback: (gradient, parameters) => ({
        inputs: [tf.mul(gradient, channelVector(slope, input))],
        ...(parameters && { parameters: constantNormGradients(op, input, gradient, constant) }),
      }),
    };
  }
  const { rows, back } = asChannelRows(input);
  const standardized = standardize(rows, 0, op.epsilon, true);
  return {
    output: { tensor: back(affine(standardized.output, scale, shift)), layout: input.layout },
    saved: [standardized.output, standardized.inverseDeviation],
    pullback: (gradient, parameters) => {
      const gradientRows = asChannelRows({ tensor: gradient, layout: input.layout }).rows;
      const scaled = scale === undefined ? gradientRows : tf.mul(gradientRows, scale);
      const byInput = back(standardizePullback(scaled, standardized, 0, true));
      if (!parameters) return { inputs: [byInput] };
      const list: ParameterGradient[] = [];
      if (op.scale !== undefined)
        list.push({ path: op.scale, gradient: tf.sum(tf.mul(gradientRows, standardized.output), 0) });
      if (op.shift !== undefined) list.push({ path: op.shift, gradient: tf.sum(gradientRows, 0) });
      return { inputs: [byInput], parameters: list };
    },
  };
};

/** The statistics that a batch norm gathered in training; undefined where it takes those of the batch. */
function gatheredStatistics(
  { running, channels }: OpOf<'batchNorm'>,
  { mode, buffer, size, node }: Context,
): ChannelStatistics | undefined {
  if (mode === 'training' || running === undefined) return undefined;
  const read = (path: string) => {
    const values = buffer(path);
    if (values?.length === size(channels)) return values;
    throw refuseNode(node, `needs ${path}, which ${values === undefined ? 'was not given' : 'has another size'}`);
  };
  return { mean: read(running.mean), variance: read(running.variance) };
}

function constantNormGradients(
  op: OpOf<'batchNorm'>,
  { tensor, layout }: Value,
  gradient: Tensor,
  { mean, variance }: ChannelStatistics,
): ParameterGradient[] {
  const channels = mean.length;
  const list: ParameterGradient[] = [];
  if (op.scale !== undefined) {
    const against = { tensor, layout };
    const deviation = tf.sqrt(tf.add(tf.tensor1d(variance), op.epsilon));
    const centered = tf.sub(tensor, channelVector(tf.tensor1d(mean), against));
    const normal = tf.div(centered, channelVector(deviation, against));
    list.push({ path: op.scale, gradient: sumToChannels(tf.mul(gradient, normal), layout, channels) });
  }
  if (op.shift !== undefined) list.push({ path: op.shift, gradient: sumToChannels(gradient, layout, channels) });
  return list;
}

export const layerNorm: Operation<'layerNorm'> = (op, inputs, context) => {
  const { tensor: x, layout } = only(inputs);
  const features = product(x.shape.slice(x.rank - op.normalizedShape.length)) ?? 1;
  const flat = (path: string | undefined) =>
    path === undefined ? undefined : tf.reshape(context.parameter(path), [features]);
  const scale = flat(op.scale);
  const shift = flat(op.shift);
  const standardized = standardize(tf.reshape(x, [-1, features]), 1, op.epsilon, op.center);
  return {
    output: { tensor: tf.reshape(affine(standardized.output, scale, shift), x.shape), layout },
    saved: [standardized.output, standardized.inverseDeviation, ...(scale === undefined ? [] : [scale])],
    pullback: (gradient, parameters) => {
      const rows = tf.reshape(gradient, [-1, features]);
      const scaled = scale === undefined ? rows : tf.mul(rows, scale);
      const byInput = tf.reshape(standardizePullback(scaled, standardized, 1, op.center), x.shape);
      if (!parameters) return { inputs: [byInput] };
      const list: ParameterGradient[] = [];
      if (op.scale !== undefined) list.push({ path: op.scale, gradient: tf.sum(tf.mul(rows, standardized.output), 0) });
      if (op.shift !== undefined) list.push({ path: op.shift, gradient: tf.sum(rows, 0) });
      return { inputs: [byInput], parameters: list };
    },
  };
};

export const groupNorm: Operation<'groupNorm'> = (op, inputs, context): Applied => {
  const input = only(inputs);
  const { tensor: x, layout } = input;
  const [batch = 1, channels = 1] = x.shape;
  const groups = isKnown(op.groups) ? op.groups : channels;
  const scale = op.scale === undefined ? undefined : context.parameter(op.scale);
  const shift = op.shift === undefined ? undefined : context.parameter(op.shift);
  const asGroups = (tensor: Tensor) => tf.reshape(tensor, [batch * groups, -1]);
  const standardized = standardize(asGroups(x), 1, op.epsilon, true);
  const shaped = (vector: Tensor | undefined) => vector && channelVector(vector, input);
  const normal: Value = { tensor: tf.reshape(standardized.output, x.shape), layout };
  return {
    output: { tensor: affine(normal.tensor, shaped(scale), shaped(shift)), layout },
    saved: [standardized.output, standardized.inverseDeviation],
    pullback: (gradient, parameters) => {
      const scaled = scale === undefined ? gradient : tf.mul(gradient, channelVector(scale, input));
      const byInput = tf.reshape(standardizePullback(asGroups(scaled), standardized, 1, true), x.shape);
      if (!parameters) return { inputs: [byInput] };
      const byScale = tf.mul(gradient, tf.reshape(standardized.output, x.shape));
      const list: ParameterGradient[] = [];
      if (op.scale !== undefined) list.push({ path: op.scale, gradient: sumToChannels(byScale, layout, channels) });
      if (op.shift !== undefined) list.push({ path: op.shift, gradient: sumToChannels(gradient, layout, channels) });
      return { inputs: [byInput], parameters: list };
    },
  };
};
