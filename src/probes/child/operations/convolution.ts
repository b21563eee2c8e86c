import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Convolution, Dim, PerAxis } from '../../../network';
import { converted } from '../layout';
import { inputAt, only, type Context, type Operation, type ParameterGradient } from '../operation';
import { inverse } from './channels';
import { edged, opposite, sameEdges, type Edges } from './space';
import { SpatialConvolution, type Steps } from './spatial';

/** A convolution's geometry in numbers. */
export interface Geometry extends Steps {
  readonly kernel: readonly number[];
  readonly inChannels: number;
  readonly outChannels: number;
  /** Of the dilated kernel. */
  readonly extent: readonly number[];
}

export function geometryOf(op: Convolution, { size }: Context): Geometry {
  const each = (sizes: PerAxis, missing: Dim) => op.kernel.map((_, axis) => size(sizes[axis] ?? missing));
  const kernel = op.kernel.map(size);
  const dilation = each(op.dilation, 1);
  return {
    kernel,
    stride: each(op.stride, 1),
    dilation,
    groups: size(op.groups),
    inChannels: size(op.inChannels),
    outChannels: size(op.outChannels),
    extent: kernel.map((taps, axis) => (taps - 1) * (dilation[axis] ?? 1) + 1),
  };
}

/** Convolution over B×space×C. The kernel layout of the weight is kernel×in/groups×out, in any grouping of its axes. */
export const conv: Operation<'conv'> = (op, inputs, context) => {
  const { tensor: x } = only(inputs);
  const geometry = geometryOf(op, context);
  const weight = context.parameter(op.weight);
  // A depthwise kernel may also be written kernel×in×multiplier: its elements lie the same.
  const filter = tf.reshape(weight, filterShape(geometry));
  const { output, saved, byInput, byFilter } = convolved(
    x,
    filter,
    geometry,
    bordersOf(op, geometry, x.shape, context),
  );
  return {
    output: {
      tensor: op.bias === undefined ? output : tf.add(output, context.parameter(op.bias)),
      layout: 'channelsLast',
    },
    saved,
    pullback: (gradient, parameters) => {
      if (!parameters) return { inputs: [byInput(gradient)] };
      const list: ParameterGradient[] = [{ path: op.weight, gradient: tf.reshape(byFilter(gradient), weight.shape) }];
      if (op.bias !== undefined) list.push({ path: op.bias, gradient: sumOverPlaces(gradient) });
      return { inputs: [byInput(gradient)], parameters: list };
    },
  };
};

/** The same with a kernel that is computed, in the layout of PyTorch: out×in/groups×kernel. */
export const dynamicConv: Operation<'dynamicConv'> = (op, inputs, context) => {
  const geometry = geometryOf(op, context);
  const x = converted(inputAt(inputs, 0), 'channelsLast').tensor;
  const kernel = inputAt(inputs, 1).tensor;
  const order = [...geometry.kernel.map((_, axis) => axis + 2), 1, 0];
  const filter = tf.transpose(kernel, order);
  const { output, saved, byInput, byFilter } = convolved(
    x,
    filter,
    geometry,
    bordersOf(op, geometry, x.shape, context),
  );
  return {
    output: { tensor: output, layout: 'channelsLast' },
    saved: [x, filter, ...saved],
    pullback: (gradient) => ({
      inputs: [
        converted({ tensor: byInput(gradient), layout: 'channelsLast' }, 'framework').tensor,
        tf.transpose(byFilter(gradient), inverse(order)),
      ],
    }),
  };
};

function convolved(x: Tensor, filter: Tensor, geometry: Geometry, edges: Edges) {
  const padded = edged(x, edges);
  const convolution = new SpatialConvolution(padded.shape, filter.shape, geometry);
  return {
    output: convolution.apply(padded, filter),
    saved: [filter, padded],
    byInput: (gradient: Tensor) => edged(convolution.inputGradient(gradient, filter), opposite(edges)),
    byFilter: (gradient: Tensor) => convolution.filterGradient(padded, gradient, filter),
  };
}

function filterShape({ kernel, inChannels, outChannels, groups }: Geometry): number[] {
  return [...kernel, inChannels / groups, outChannels];
}

/** The gradient by a bias. */
export function sumOverPlaces(gradient: Tensor): Tensor {
  return tf.sum(
    gradient,
    gradient.shape.slice(1).map((_, axis) => axis),
  );
}

function bordersOf(op: Convolution, geometry: Geometry, shape: readonly number[], { size }: Context): Edges {
  return geometry.kernel.map((_, axis) => {
    if (op.padding === 'valid') return [0, 0];
    if (op.padding === 'same')
      return sameEdges(shape[axis + 1] ?? 1, geometry.extent[axis] ?? 1, geometry.stride[axis] ?? 1);
    const sides = size(op.padding[axis] ?? 0);
    return [sides, sides];
  });
}
