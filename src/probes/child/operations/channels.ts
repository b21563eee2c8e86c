import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layout, Value } from '../operation';

/** The axis on which the channels of an activation lie; that of the features below three axes. */
export function channelAxis(layout: Layout, rank: number): number {
  return layout === 'channelsLast' ? rank - 1 : Math.min(1, rank - 1);
}

/** A vector with one value a channel, or a single value, shaped to broadcast against the activation. */
export function channelVector(vector: Tensor, against: Value): Tensor {
  const { rank } = against.tensor;
  if (vector.size === 1) return tf.reshape(vector, []);
  const shape = new Array<number>(rank).fill(1);
  shape[channelAxis(against.layout, rank)] = vector.size;
  return tf.reshape(vector, shape);
}

/** The sum over everything but channels; over everything where there is one value for all. */
export function sumToChannels(x: Tensor, layout: Layout, channels: number): Tensor {
  if (channels === 1) return tf.reshape(tf.sum(x), [1]);
  const axis = channelAxis(layout, x.rank);
  return tf.sum(
    x,
    x.shape.map((_, i) => i).filter((i) => i !== axis),
  );
}

/** The tensor as rows whose columns are channels, and the way back. */
export function asChannelRows(value: Value): { rows: Tensor; back: (rows: Tensor) => Tensor } {
  const { tensor, layout } = value;
  const axis = channelAxis(layout, tensor.rank);
  const last = tensor.rank - 1;
  const channels = tensor.shape[axis] ?? 1;
  if (axis === last) {
    return {
      rows: tf.reshape(tensor, [-1, channels]),
      back: (rows) => tf.reshape(rows, tensor.shape),
    };
  }
  const others = tensor.shape.map((_, i) => i).filter((i) => i !== axis);
  const order = [...others, axis];
  const moved = order.map((i) => tensor.shape[i] ?? 1);
  return {
    rows: tf.reshape(tf.transpose(tensor, order), [-1, channels]),
    back: (rows) => tf.transpose(tf.reshape(rows, moved), inverse(order)),
  };
}

/** The permutation that undoes `order`. */
export function inverse(order: readonly number[]): number[] {
  const result = new Array<number>(order.length);
  order.forEach((from, to) => (result[from] = to));
  return result;
}
