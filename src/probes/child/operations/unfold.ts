import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { only, type Operation } from '../operation';
import { mapAxes, type AxisMap } from './axisMap';
import { inverse } from './channels';

/** Windows as columns, B×C·kernel×places: along each axis of space kernel×places, and then the kernels brought together. */
export const unfold: Operation<'unfold'> = (op, inputs, { size }) => {
  const value = only(inputs);
  const { shape } = value.tensor;
  const steps = op.kernel.map((kernel, i) => {
    const [stride, padding, dilation] = [op.stride[i] ?? 1, op.padding[i] ?? 0, op.dilation[i] ?? 1].map(size);
    return {
      axis: i + 2,
      map: windowsOf(shape[i + 2] ?? 1, { kernel: size(kernel), stride, padding, dilation }),
    };
  });
  const windows = mapAxes(value, steps);
  const kernels = op.kernel.map(size);
  const places = steps.map(({ map }, i) => map.to / (kernels[i] ?? 1));
  const [batch = 1, channels = 1] = shape;
  const apart = [batch * channels, ...kernels.flatMap((kernel, i) => [kernel, places[i] ?? 1])];
  const axes = kernels.map((_, i) => i);
  const order = [0, ...axes.map((i) => 2 * i + 1), ...axes.map((i) => 2 * i + 2)];
  const count = places.reduce((total, one) => total * one, 1);
  const unfolded = windows.output.tensor.shape;
  const columns = (x: Tensor) => tf.reshape(tf.transpose(tf.reshape(x, apart), order), [batch, -1, count]);
  const back = (x: Tensor) =>
    tf.reshape(
      tf.transpose(
        tf.reshape(
          x,
          order.map((axis) => apart[axis] ?? 1),
        ),
        inverse(order),
      ),
      unfolded,
    );
  return {
    output: { tensor: columns(windows.output.tensor), layout: 'framework' },
    pullback: (gradient) => windows.pullback(back(gradient), false),
  };
};

interface Window {
  readonly kernel: number;
  readonly stride?: number | undefined;
  readonly padding?: number | undefined;
  readonly dilation?: number | undefined;
}

/** kernel × places: what every tap of a window sees at every place, zero in the padding. */
export function windowsOf(size: number, { kernel, stride = 1, padding = 0, dilation = 1 }: Window): AxisMap {
  const places = Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  const indices = Int32Array.from({ length: kernel * places }, (_, i) => {
    const place = (i % places) * stride + Math.floor(i / places) * dilation - padding;
    return place >= 0 && place < size ? place : -1;
  });
  return { from: size, to: kernel * places, taps: 1, indices };
}
