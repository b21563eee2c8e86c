import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { mapAxis, mapAxisBack, type AxisMap } from './axisMap';
import { convolve, filterGradient, inputGradient, type Sliding } from './planar';
import { windowsOf } from './unfold';

type Pair = [number, number];

/** How a filter slides over one to three axes of space. */
export interface Steps {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/**
 * A convolution without padding of B×space×C with a kernel×in/groups×out filter, and its two adjoints. A line is a map of
 * height 1. A third axis is unfolded: what the filter sees in depth stands among the channels.
 */
export class SpatialConvolution {
  private readonly sliding: Sliding;
  private readonly dilation: Pair;
  private readonly depth: AxisMap | undefined;

  /** Of an input and a filter of these shapes. */
  constructor(
    private readonly inputShape: readonly number[],
    private readonly filterShape: readonly number[],
    { stride, dilation, groups }: Steps,
  ) {
    this.sliding = { stride: lastTwo(stride), groups };
    this.dilation = lastTwo(dilation);
    this.depth =
      stride.length < 3
        ? undefined
        : windowsOf(inputShape[1] ?? 1, {
            kernel: filterShape[0] ?? 1,
            stride: stride[0],
            dilation: dilation[0],
          });
  }

  apply(x: Tensor, filter: Tensor): Tensor {
    return this.asOutput(convolve(this.asMaps(x), this.asFilter(filter), this.sliding));
  }

  /** From the gradient of the output to that of the input. */
  inputGradient(gradient: Tensor, filter: Tensor): Tensor {
    const flat = this.asFilter(filter);
    return this.fromMaps(inputGradient(asPlanes(gradient), flat, this.sliding, this.mapsShape()));
  }

  filterGradient(x: Tensor, gradient: Tensor, filter: Tensor): Tensor {
    const flat = this.asFilter(filter);
    return this.fromFilter(filterGradient(this.asMaps(x), asPlanes(gradient), this.sliding, flat));
  }

  /** The input as maps: B·depth×H×W×C with the depth that a filter sees among the channels of every group. */
  private asMaps(x: Tensor): Tensor4D {
    if (this.depth === undefined) return asPlanes(x);
    const { kernel, places, channels, positions } = this.inDepth();
    const planes = mapAxis(x, 1, this.depth);
    const batch = this.inputShape[0] ?? 1;
    const apart = tf.reshape(planes, [batch, kernel, places, positions, channels]);
    return tf.reshape(tf.transpose(apart, [0, 2, 3, 1, 4]), this.mapsShape());
  }

  private fromMaps(maps: Tensor4D): Tensor {
    if (this.depth === undefined) return tf.reshape(maps, [...this.inputShape]);
    const { kernel, places, channels, positions } = this.inDepth();
    const [batch = 1, , ...plane] = this.inputShape;
    const apart = tf.reshape(maps, [batch, places, positions, kernel, channels]);
    const planes = tf.reshape(tf.transpose(apart, [0, 3, 1, 2, 4]), [batch, kernel * places, ...plane]);
    return mapAxisBack(planes, 1, this.depth);
  }

  private mapsShape(): Tensor4D['shape'] {
    if (this.depth === undefined) return planesShape(this.inputShape);
    const [batch = 1, , height = 1, width = 1, all = 1] = this.inputShape;
    const { kernel, places } = this.inDepth();
    return [batch * places, height, width, all * kernel];
  }

  private inDepth() {
    const [, , height = 1, width = 1, all = 1] = this.inputShape;
    const kernel = this.filterShape[0] ?? 1;
    const { groups } = this.sliding;
    const places = (this.depth?.to ?? 1) / kernel;
    return { kernel, places, channels: all / groups, positions: height * width * groups };
  }

  private asFilter(filter: Tensor): Tensor4D {
    return dilate(this.depth === undefined ? asPlanes(filter, false) : this.deepFilter(filter), this.dilation);
  }

  private deepFilter(filter: Tensor): Tensor4D {
    const [depth = 1, height = 1, width = 1, channels = 1, out = 1] = filter.shape;
    return tf.reshape(tf.transpose(filter, [1, 2, 0, 3, 4]), [height, width, depth * channels, out]);
  }

  private fromFilter(filter: Tensor4D): Tensor {
    const taps = undilate(filter, this.dilation);
    if (this.depth === undefined) return tf.reshape(taps, [...this.filterShape]);
    const [depth = 1, height = 1, width = 1, channels = 1, out = 1] = this.filterShape;
    return tf.transpose(tf.reshape(taps, [height, width, depth, channels, out]), [2, 0, 1, 3, 4]);
  }

  private asOutput(maps: Tensor4D): Tensor {
    const [batch = 1] = this.inputShape;
    const [, height, width, channels] = maps.shape;
    if (this.depth !== undefined) return tf.reshape(maps, [batch, -1, height, width, channels]);
    return this.inputShape.length === 3 ? tf.reshape(maps, [batch, width, channels]) : maps;
  }
}

/** Of one axis of space, that of a map of height 1; a stride of the height changes nothing there. */
function lastTwo(sizes: readonly number[]): Pair {
  const [first = 1, second = first] = sizes.slice(-2);
  return [first, second];
}

function planesShape(shape: readonly number[]): Tensor4D['shape'] {
  const [a = 1, b = 1, c = 1, d] = shape;
  return d === undefined ? [a, 1, b, c] : [a, b, c, d];
}

/** As maps: a line with a height of 1, the planes of a volume one behind the other. A filter has no batch. */
function asPlanes(x: Tensor, batched = true): Tensor4D {
  const [first = 1, second = 1, third = 1, fourth = 1, fifth] = x.shape;
  if (x.rank === 3) return tf.reshape(x, batched ? [first, 1, second, third] : [1, first, second, third]);
  return fifth === undefined ? (x as Tensor4D) : tf.reshape(x, [first * second, third, fourth, fifth]);
}

/** The filter with dilation−1 zeros between its taps: tfjs has no gradient of dilated convolutions. */
function dilate(filter: Tensor4D, [dy, dx]: Pair): Tensor4D {
  const [height, width, channels, filters] = filter.shape;
  if ((dy === 1 || height === 1) && (dx === 1 || width === 1)) return filter;
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
  const [height, width, channels, filters] = filter.shape;
  if ((dy === 1 || height === 1) && (dx === 1 || width === 1)) return filter;
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
