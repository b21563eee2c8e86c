import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Convolutions of B×H×W×C maps with a kernel×in/groups×out filter, without padding or dilation: by the backend's kernels, whose
 * only groups are of one channel. Others are convolved one after the other.
 */

export interface Sliding {
  readonly stride: [number, number];
  readonly groups: number;
}

export function convolve(maps: Tensor4D, filter: Tensor4D, { stride, groups }: Sliding): Tensor4D {
  if (isDepthwise(filter, stride, groups)) return tf.depthwiseConv2d(maps, byChannel(filter, groups), stride, 'valid');
  return eachGroup(groups, (g) => tf.conv2d(part(maps, g, groups), part(filter, g, groups), stride, 'valid'));
}

export function inputGradient(
  gradient: Tensor4D,
  filter: Tensor4D,
  { stride, groups }: Sliding,
  inputShape: Tensor4D['shape'],
): Tensor4D {
  const attributes = { strides: stride, pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] };
  if (isDepthwise(filter, stride, groups))
    return tf
      .engine()
      .runKernel(
        tf.DepthwiseConv2dNativeBackpropInput,
        { dy: gradient, filter: byChannel(filter, groups) },
        { ...attributes, inputShape },
      );
  const shape = inputShape.with(3, inputShape[3] / groups);
  return eachGroup(groups, (g) =>
    tf
      .engine()
      .runKernel(
        tf.Conv2DBackpropInput,
        { dy: part(gradient, g, groups), filter: part(filter, g, groups) },
        { ...attributes, inputShape: shape },
      ),
  );
}

export function filterGradient(
  maps: Tensor4D,
  gradient: Tensor4D,
  { stride, groups }: Sliding,
  filter: Tensor4D,
): Tensor4D {
  const attributes = { strides: stride, pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] };
  if (isDepthwise(filter, stride, groups)) {
    const byChannels: Tensor4D = tf
      .engine()
      .runKernel(
        tf.DepthwiseConv2dNativeBackpropFilter,
        { x: maps, dy: gradient },
        { ...attributes, filterShape: byChannel(filter, groups).shape },
      );
    return tf.reshape(byChannels, filter.shape);
  }
  const filterShape = filter.shape.with(3, filter.shape[3] / groups);
  return eachGroup(groups, (g) =>
    tf
      .engine()
      .runKernel(
        tf.Conv2DBackpropFilter,
        { x: part(maps, g, groups), dy: part(gradient, g, groups) },
        { ...attributes, filterShape },
      ),
  );
}

/** TensorFlow's depthwise kernels want one stride for both axes. */
function isDepthwise(filter: Tensor4D, stride: readonly [number, number], groups: number): boolean {
  return groups > 1 && filter.shape[2] === 1 && stride[0] === stride[1];
}

/** kernel×1×out as kernel×in×multiplier: the outputs of one channel stand side by side. */
function byChannel(filter: Tensor4D, groups: number): Tensor4D {
  const [height, width, , out] = filter.shape;
  return tf.reshape(filter, [height, width, groups, out / groups]);
}

/** The part of a tensor that belongs to one group, along its last axis. */
function part(x: Tensor4D, group: number, groups: number): Tensor4D {
  if (groups === 1) return x;
  const size = x.shape[3] / groups;
  return tf.slice(x, [0, 0, 0, group * size], [x.shape[0], x.shape[1], x.shape[2], size]);
}

function eachGroup(groups: number, compute: (group: number) => Tensor4D): Tensor4D {
  if (groups === 1) return compute(0);
  return tf.concat4d(
    Array.from({ length: groups }, (_, group) => tf.tidy(() => compute(group))),
    3,
  );
}
