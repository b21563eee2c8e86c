import * as tf from '@tensorflow/tfjs-core';
import type { Layout, Value } from './operation';

/** The value in another layout; the same one where it has it already. */
export function converted(value: Value, layout: Layout): Value {
  const { tensor } = value;
  if (value.layout === layout) return value;
  if (tensor.rank < 3) return { tensor, layout };
  const space = Array.from({ length: tensor.rank - 2 }, (_, i) => i);
  const order =
    layout === 'channelsLast' ? [0, ...space.map((i) => i + 2), 1] : [0, tensor.rank - 1, ...space.map((i) => i + 1)];
  return { tensor: tf.transpose(tensor, order), layout };
}
