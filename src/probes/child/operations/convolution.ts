import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { isKnown, type OpOf } from '../../../network';
import { only, type Operation, type ParameterGradient } from '../operation';
import { asMaps, cropMaps, padMaps, pair, type Edges } from './space';

type Pair = [number, number];

/** Convolution over one or two axes of space. The kernel layout of the filter is space×in×out. */
export const conv: Operation<'conv'> = (op, inputs, context) => {
  const { tensor: x } = only(inputs);
  const { maps, back } = asMaps(x, context.node);
  const weight = context.parameter(op.weight);
  const dilation = pair(op.dilation, 1);
  const filter = dilate(asFilter(weight), dilation);
  const strides = pair(op.stride, 1);
  const edges = borders(op, [maps.shape[1], maps.shape[2]], [filter.shape[0], filter.shape[1]], strides);
  const groups = isKnown(op.groups) ? op.groups : 1;
  const padded = padMaps(maps, edges);
  const product = convolveGroups(padded, filter, strides, groups);
  const output = op.bias === undefined ? product : tf.add(product, context.parameter(op.bias));
  return {
    output: { tensor: back(output), layout: 'channelsLast' },
    saved: padded === maps ? [] : [padded],
    pullback: (gradient, parameters) => {
      const map = asMaps(gradient, context.node).maps;
      const source = padded === maps ? asMaps(x, context.node).maps : padded;
      const whole = dilate(asFilter(weight), dilation);
      const byPadded = inputGradient(map, whole, source.shape, strides, groups);
      const byInput = back(cropMaps(byPadded, edges));
      if (!parameters) return { inputs: [byInput] };
      const byFilter = undilate(filterGradient(source, map, whole.shape, strides, groups), dilation);
      const list: ParameterGradient[] = [{ path: op.weight, gradient: tf.reshape(byFilter, weight.shape) }];
      if (op.bias !== undefined) list.push({ path: op.bias, gradient: tf.sum(map, [0, 1, 2]) });
      return { inputs: [byInput], parameters: list };
    },
  };
};

function asFilter(weight: Tensor): Tensor4D {
  return weight.rank === 4
    ? (weight as Tensor4D)
    : tf.reshape<tf.Rank.R4>(weight, [1, ...weight.shape] as Tensor4D['shape']);
}

function borders(op: OpOf<'conv'>, size: Pair, kernel: Pair, stride: Pair): Edges {
  if (op.padding === 'valid') return [pairOf(0), pairOf(0)];
  if (op.padding === 'same') return [same(size[0], kernel[0], stride[0]), same(size[1], kernel[1], stride[1])];
  const [height, width] = pair(op.padding, 0);
  return [pairOf(height), pairOf(width)];
}

function pairOf(size: number): Pair {
  return [size, size];
}

/** ⌈size / stride⌉ outputs; the odd zero goes after, as in PyTorch and TensorFlow. */
function same(size: number, kernel: number, stride: number): Pair {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The filter with dilation−1 zeros between its taps: tfjs has no gradient of dilated convolutions. */
function dilate(filter: Tensor4D, [dy, dx]: Pair): Tensor4D {
  if (dy === 1 && dx === 1) return filter;
  const [height, width, channels, filters] = filter.shape;
  const spread = tf.pad(tf.reshape(filter, [height, 1, width, 1, channels * filters]), [
    [0, 0],
    [0, dy - 1],
    [0, 0],
    [0, dx - 1],
    [0, 0],
  ]);
  const maps = tf.reshape<tf.Rank.R4>(spread, [height * dy, width * dx, channels, filters]);
  return tf.slice(maps, [0, 0, 0, 0], [(height - 1) * dy + 1, (width - 1) * dx + 1, channels, filters]);
}

/** The taps of a dilated filter without the zeros between. */
function undilate(filter: Tensor4D, [dy, dx]: Pair): Tensor4D {
  if (dy === 1 && dx === 1) return filter;
  const [height, width, channels, filters] = filter.shape;
  const rows = (height - 1) / dy + 1;
  const columns = (width - 1) / dx + 1;
  const full = tf.pad(filter, [
    [0, rows * dy - height],
    [0, columns * dx - width],
    [0, 0],
    [0, 0],
  ]);
  const apart = tf.reshape(full, [rows, dy, columns, dx, channels * filters]);
  const taps = tf.slice(apart, [0, 0, 0, 0, 0], [rows, 1, columns, 1, channels * filters]);
  return tf.reshape<tf.Rank.R4>(taps, [rows, columns, channels, filters]);
}

/** The part of a tensor that belongs to one group, along its last axis. */
function part(x: Tensor4D, group: number, groups: number): Tensor4D {
  const size = x.shape[3] / groups;
  return tf.slice(x, [0, 0, 0, group * size], [x.shape[0], x.shape[1], x.shape[2], size]);
}

function eachGroup(groups: number, compute: (group: number) => Tensor4D): Tensor4D {
  return tf.concat4d(
    Array.from({ length: groups }, (_, group) => tf.tidy(() => compute(group))),
    3,
  );
}

function convolveGroups(maps: Tensor4D, filter: Tensor4D, strides: Pair, groups: number): Tensor4D {
  if (groups === 1) return tf.conv2d(maps, filter, strides, 'valid');
  return eachGroup(groups, (g) => tf.conv2d(part(maps, g, groups), part(filter, g, groups), strides, 'valid'));
}

function inputGradient(
  gradient: Tensor4D,
  filter: Tensor4D,
  inputShape: Tensor4D['shape'],
  strides: Pair,
  groups: number,
): Tensor4D {
  const one = (dy: Tensor4D, f: Tensor4D, shape: number[]): Tensor4D =>
    tf
      .engine()
      .runKernel(
        tf.Conv2DBackpropInput,
        { dy, filter: f },
        { strides, pad: 'valid', dataFormat: 'NHWC', inputShape: shape },
      );
  if (groups === 1) return one(gradient, filter, inputShape);
  const [batch, height, width, channels] = inputShape;
  const shape = [batch, height, width, channels / groups];
  return eachGroup(groups, (g) => one(part(gradient, g, groups), part(filter, g, groups), shape));
}

function filterGradient(
  maps: Tensor4D,
  gradient: Tensor4D,
  filterShape: Tensor4D['shape'],
  strides: Pair,
  groups: number,
): Tensor4D {
  const one = (x: Tensor4D, dy: Tensor4D, shape: number[]): Tensor4D =>
    tf
      .engine()
      .runKernel(tf.Conv2DBackpropFilter, { x, dy }, { strides, pad: 'valid', dataFormat: 'NHWC', filterShape: shape });
  if (groups === 1) return one(maps, gradient, filterShape);
  const [height, width, channels, filters] = filterShape;
  const shape = [height, width, channels, filters / groups];
  return eachGroup(groups, (g) => one(part(maps, g, groups), part(gradient, g, groups), shape));
}
