import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpOf } from '../../../network';
import { only, type Context, type Operation, type ParameterGradient } from '../operation';
import { geometryOf, sumOverPlaces, type Geometry } from './convolution';
import { edged, opposite, type Edges } from './space';
import { SpatialConvolution } from './spatial';

/**
 * The adjoint of a convolution from out- to in-channels: every input place spreads the kernel over the places it would be
 * computed from. The kernel layout of the weight is kernel×in×out/groups.
 */
export const convTranspose: Operation<'convTranspose'> = (op, inputs, context) => {
  const { tensor: x } = only(inputs);
  const geometry = geometryOf(op, context);
  const [batch = 1, ...space] = x.shape.slice(0, -1);
  const weight = context.parameter(op.weight);
  const filter = channelsSwapped(weight);
  const full = space.map((size, axis) => (size - 1) * (geometry.stride[axis] ?? 1) + (geometry.extent[axis] ?? 1));
  const spreading = new SpatialConvolution([batch, ...full, geometry.outChannels], filter.shape, geometry);
  const window = space.map((size, axis) => windowOf(op, geometry, axis, size, context));
  const output = edged(spreading.inputGradient(x, filter), window);
  return {
    output: {
      tensor: op.bias === undefined ? output : tf.add(output, context.parameter(op.bias)),
      layout: 'channelsLast',
    },
    saved: [filter],
    pullback: (gradient, parameters) => {
      const whole = edged(gradient, opposite(window));
      const byInput = spreading.apply(whole, filter);
      if (!parameters) return { inputs: [byInput] };
      const byWeight = channelsSwapped(spreading.filterGradient(whole, x, filter));
      const list: ParameterGradient[] = [{ path: op.weight, gradient: byWeight }];
      if (op.bias !== undefined) list.push({ path: op.bias, gradient: sumOverPlaces(gradient) });
      return { inputs: [byInput], parameters: list };
    },
  };
};

/** With the last two axes, in- and out-channels, in each other's place. */
function channelsSwapped(weight: Tensor): Tensor {
  const axes = weight.shape.map((_, axis) => axis);
  return tf.transpose(weight, [...axes.slice(0, -2), weight.rank - 1, weight.rank - 2]);
}

/** What is cut off or added on each side of all places that the kernel reaches. */
function windowOf(
  op: OpOf<'convTranspose'>,
  { stride, extent }: Geometry,
  axis: number,
  size: number,
  context: Context,
): Edges[number] {
  const [step = 1, reach = 1] = [stride[axis], extent[axis]];
  if (op.padding === 'same') {
    const full = (size - 1) * step + reach;
    const before = Math.floor(Math.max(0, reach - step) / 2);
    return [-before, size * step - full + before];
  }
  const padding = op.padding === 'valid' ? 0 : context.size(op.padding[axis] ?? 0);
  return [-padding, context.size(op.outputPadding[axis] ?? 0) - padding];
}
