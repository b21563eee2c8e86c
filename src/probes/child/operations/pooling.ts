import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { isKnown, type OpOf } from '../../../network';
import { only, type Applied, type Context, type Operation, type Value } from '../operation';
import { mapAxes, type AxisMap } from './axisMap';
import { putBack } from './lookup';
import { maxAxis } from './maxAxis';
import { edged, opposite, sameEdges, type Edges } from './space';

/** The extent of one pooling along one axis. */
interface Sliding {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** What lies around the input and counts as such. */
  readonly padding: readonly [before: number, after: number];
  readonly outputs: number;
}

export const pool: Operation<'pool'> = (op, inputs, context) => {
  const value = only(inputs);
  const axes = op.kernel.map((_, axis) => slidingOf(op, axis, value.tensor.shape[axis + 1] ?? 1, context));
  if (axes.length <= 2 && axes.every(({ dilation }) => dilation === 1))
    return op.reduce === 'max' ? maxPool(value, axes) : averagePool(value, axes, op.countPadding);
  return poolAlong(
    value,
    op.reduce,
    axes.map((axis) => windowsOf(axis, op.countPadding)),
  );
};

function slidingOf(op: OpOf<'pool'>, axis: number, size: number, context: Context): Sliding {
  const [kernel, stride, dilation] = [op.kernel, op.stride, op.dilation ?? []].map((sizes) =>
    context.size(sizes[axis] ?? 1),
  ) as [number, number, number];
  const extent = (kernel - 1) * dilation + 1;
  if (op.padding === 'same')
    return {
      size,
      kernel,
      stride,
      dilation,
      padding: sameEdges(size, extent, stride),
      outputs: Math.ceil(size / stride),
    };
  const sides = op.padding === 'valid' ? 0 : context.size(op.padding[axis] ?? 0);
  const steps = (size + 2 * sides - extent) / stride;
  let outputs = (op.ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // A window must begin in the input or in the padding before it (PyTorch).
  if (op.ceil && (outputs - 1) * stride >= size + sides) outputs--;
  return { size, kernel, stride, dilation, padding: [sides, sides], outputs };
}

/** By how many values PyTorch divides the sum over each window. */
function counts({ size, kernel, stride, padding: [before, after], outputs }: Sliding, countPadding: boolean): number[] {
  return Array.from({ length: outputs }, (_, i) => {
    const start = i * stride - before;
    if (countPadding) return Math.min(start + kernel, size + after) - start;
    return Math.min(start + kernel, size) - Math.max(start, 0);
  });
}

/** What every window sees of the axis, with the share of each value in a mean. */
function windowsOf(sliding: Sliding, countPadding: boolean): AxisMap {
  const { size, kernel, stride, dilation, padding, outputs } = sliding;
  const shares = counts(sliding, countPadding);
  const indices = new Int32Array(outputs * kernel);
  const weights = new Float32Array(indices.length);
  for (const at of indices.keys()) {
    const output = Math.floor(at / kernel);
    const place = output * stride + (at % kernel) * dilation - padding[0];
    indices[at] = place >= 0 && place < size ? place : -1;
    weights[at] = 1 / (shares[output] ?? 1);
  }
  return { from: size, to: outputs, taps: kernel, indices, weights };
}

/** Any pooling, one axis of space after the other. */
function poolAlong(value: Value, reduce: 'max' | 'average', windows: readonly AxisMap[]): Applied {
  if (reduce === 'average')
    return mapAxes(
      value,
      windows.map((map, i) => ({ axis: i + 1, map })),
    );
  let x = value.tensor;
  const steps = windows.map((map, i) => {
    const { shape } = x;
    const { output, places } = maxAxis(x, i + 1, map);
    x = output;
    return { shape, places };
  });
  return {
    output: { tensor: x, layout: value.layout },
    pullback: (gradient) => ({
      inputs: [steps.reduceRight((g, { shape, places }) => putBack(g, places, shape), gradient)],
    }),
  };
}

/** Behind, so much that the last window is whole; the kernel ignores values that are in no window. */
function edgesOf(axes: readonly Sliding[]): Edges {
  return axes.map(({ size, kernel, stride, padding: [before], outputs }) => [
    before,
    Math.max(0, (outputs - 1) * stride + kernel - size - before),
  ]);
}

/** B×space×C as B×H×W×C. */
function asMaps(x: Tensor): Tensor4D {
  const [batch = 1, height = 1, width = 1] = x.shape;
  return x.rank === 3 ? tf.reshape(x, [batch, 1, height, width]) : (x as Tensor4D);
}

function windowAttributes(axes: readonly Sliding[]) {
  const [rows, columns] = axes.length === 1 ? [undefined, axes[0]] : axes;
  const filterSize: [number, number] = [rows?.kernel ?? 1, columns?.kernel ?? 1];
  const strides: [number, number] = [rows?.stride ?? 1, columns?.stride ?? 1];
  return { filterSize, strides, pad: 'valid' as const };
}

function withoutHeight(maps: Tensor4D, rank: number): Tensor {
  return rank === 3 ? tf.reshape(maps, maps.shape.toSpliced(1, 1)) : maps;
}

const LOWEST = -3.4028234663852886e38;

function maxPool({ tensor, layout }: Value, axes: readonly Sliding[]): Applied {
  const edges = edgesOf(axes);
  const attributes = windowAttributes(axes);
  const padded = asMaps(edged(tensor, edges, LOWEST));
  const pooled = tf.maxPool(padded, attributes.filterSize, attributes.strides, 'valid');
  return {
    output: { tensor: withoutHeight(pooled, tensor.rank), layout },
    saved: [padded, pooled],
    pullback: (gradient) => {
      const dy = tf.reshape(gradient, pooled.shape);
      const byPadded: Tensor4D = tf
        .engine()
        .runKernel(tf.MaxPoolGrad, { dy, input: padded, output: pooled }, attributes);
      return { inputs: [edged(withoutHeight(byPadded, tensor.rank), opposite(edges))] };
    },
  };
}

/** The mean over whole windows of zero-padded maps, times what PyTorch divides by less. */
function averagePool({ tensor, layout }: Value, axes: readonly Sliding[], countPadding: boolean): Applied {
  const edges = edgesOf(axes);
  const attributes = windowAttributes(axes);
  const padded = asMaps(edged(tensor, edges));
  const factor = windowFactor(axes, countPadding);
  const scaled = (x: Tensor4D): Tensor4D => (factor === undefined ? x : tf.mul(x, factor));
  const pooled = tf.avgPool(padded, attributes.filterSize, attributes.strides, 'valid');
  return {
    output: { tensor: withoutHeight(scaled(pooled), tensor.rank), layout },
    saved: factor === undefined ? [padded] : [padded, factor],
    pullback: (gradient) => {
      const dy = scaled(tf.reshape(gradient, pooled.shape));
      const byPadded: Tensor4D = tf.engine().runKernel(tf.AvgPoolGrad, { dy, input: padded }, attributes);
      return { inputs: [edged(withoutHeight(byPadded, tensor.rank), opposite(edges))] };
    },
  };
}

/** window / count at every place; undefined where it is 1 everywhere. */
function windowFactor(axes: readonly Sliding[], countPadding: boolean): Tensor4D | undefined {
  const along = axes.map((axis) => counts(axis, countPadding).map((count) => axis.kernel / count));
  const [rows, columns] = along.length === 1 ? [[1], along[0] ?? []] : [along[0] ?? [], along[1] ?? []];
  const factors = rows.flatMap((row) => columns.map((column) => row * column));
  if (factors.every((factor) => factor === 1)) return undefined;
  return tf.tensor4d(factors, [1, rows.length, columns.length, 1]);
}

/** Windows ⌊i·n/o⌋ … ⌈(i+1)·n/o⌉ along every axis of space: an ordinary pooling where the sizes divide. */
export const adaptivePool: Operation<'adaptivePool'> = (op, inputs, { size: known }) => {
  const value = only(inputs);
  const sizes = value.tensor.shape.slice(1, -1);
  const wanted = sizes.map((size, axis) => {
    const output = op.output[axis];
    return output === undefined ? size : isKnown(output) ? output : known(output);
  });
  if (sizes.length <= 2 && sizes.every((size, axis) => size % (wanted[axis] ?? 1) === 0)) {
    const axes = sizes.map((size, axis) => evenly(size, wanted[axis] ?? 1));
    return op.reduce === 'max' ? maxPool(value, axes) : averagePool(value, axes, true);
  }
  return poolAlong(
    value,
    op.reduce,
    sizes.map((size, axis) => unevenly(size, wanted[axis] ?? 1)),
  );
};

function evenly(size: number, outputs: number): Sliding {
  return { size, kernel: size / outputs, stride: size / outputs, dilation: 1, padding: [0, 0], outputs };
}

function unevenly(size: number, outputs: number): AxisMap {
  const starts = Array.from({ length: outputs }, (_, i) => Math.floor((i * size) / outputs));
  const lengths = starts.map((start, i) => Math.ceil(((i + 1) * size) / outputs) - start);
  const taps = Math.max(...lengths);
  const at = <T>(value: (start: number, length: number, tap: number) => T): T[] =>
    starts.flatMap((start, i) => Array.from({ length: taps }, (_, tap) => value(start, lengths[i] ?? 0, tap)));
  return {
    from: size,
    to: outputs,
    taps,
    indices: Int32Array.from(at((start, length, tap) => (tap < length ? start + tap : -1))),
    weights: Float32Array.from(at((_start, length) => 1 / length)),
  };
}
