import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { isKnown, type OpOf, type PerAxis } from '../../../network';
import { ProbeError } from '../../failure';
import { only, type Applied, type Context, type Operation } from '../operation';
import { asMaps, cropMaps, padMaps, pair, type Edges, type Maps } from './space';

type Pair = [number, number];

/** The extent of one pooling along one axis. */
interface Sliding {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly outputs: number;
  /** What must be added behind so that the last window, which may begin inside and end outside, is whole. */
  readonly after: number;
}

function slide(size: number, kernel: number, stride: number, padding: number, ceil: boolean): Sliding {
  const steps = (size + 2 * padding - kernel) / stride;
  let outputs = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // A window must begin in the input or in the padding before it (PyTorch).
  if (ceil && (outputs - 1) * stride >= size + padding) outputs--;
  const after = (outputs - 1) * stride + kernel - size - padding;
  return { size, kernel, stride, padding, outputs, after };
}

/** By how many values PyTorch divides the sum over each window. */
function counts({ size, kernel, stride, padding, outputs }: Sliding, countPadding: boolean): number[] {
  return Array.from({ length: outputs }, (_, i) => {
    const start = i * stride - padding;
    if (countPadding) return Math.min(start + kernel, size + padding) - start;
    return Math.min(start + kernel, size) - Math.max(start, 0);
  });
}

export const pool: Operation<'pool'> = (op, inputs, context) => {
  const { tensor } = only(inputs);
  const maps = asMaps(tensor, context.node);
  const [, height, width] = maps.maps.shape;
  const [kernelHeight, kernelWidth] = pair(op.kernel, 1);
  const [strideHeight, strideWidth] = pair(op.stride, 1);
  const [padHeight, padWidth] = pair(paddingOf(op, context.node), 0);
  const rows = slide(height, kernelHeight, strideHeight, padHeight, op.ceil);
  const columns = slide(width, kernelWidth, strideWidth, padWidth, op.ceil);
  return op.reduce === 'max' ? maxPool(maps, rows, columns) : averagePool(maps, rows, columns, op.countPadding);
};

function paddingOf({ padding, kernel }: OpOf<'pool'>, { span }: Context['node']): PerAxis {
  if (padding === 'valid') return kernel.map(() => 0);
  if (padding !== 'same') return padding;
  throw new ProbeError({
    kind: 'notProbeable',
    message: `cannot be probed: line ${span.start.line + 1} pools with padding 'same', which is not computed yet`,
    span,
  });
}

/** A negative `after` says that the last values are in no window: they are left to the kernel, which ignores them. */
function edgesOf(rows: Sliding, columns: Sliding): Edges {
  return [
    [rows.padding, Math.max(0, rows.after)],
    [columns.padding, Math.max(0, columns.after)],
  ];
}

const LOWEST = -3.4028234663852886e38;

function maxPool({ maps, back }: Maps, rows: Sliding, columns: Sliding): Applied {
  const edges = edgesOf(rows, columns);
  const attributes = windowAttributes(rows, columns);
  const padded = padMaps(maps, edges, LOWEST);
  const pooled = tf.maxPool(padded, attributes.filterSize, attributes.strides, 'valid');
  return {
    output: { tensor: back(pooled), layout: 'channelsLast' },
    saved: [padded, pooled],
    pullback: (gradient) => {
      const dy = tf.reshape(gradient, pooled.shape);
      const byPadded: Tensor4D = tf
        .engine()
        .runKernel(tf.MaxPoolGrad, { dy, input: padded, output: pooled }, attributes);
      return { inputs: [back(cropMaps(byPadded, edges))] };
    },
  };
}

/** The mean over whole windows of zero-padded maps, times what PyTorch divides by less. */
function averagePool({ maps, back }: Maps, rows: Sliding, columns: Sliding, countPadding: boolean): Applied {
  const edges = edgesOf(rows, columns);
  const attributes = windowAttributes(rows, columns);
  const padded = padMaps(maps, edges);
  const factor = windowFactor(counts(rows, countPadding), counts(columns, countPadding), rows.kernel * columns.kernel);
  const scaled = (x: Tensor) => (factor === undefined ? x : tf.mul(x, factor));
  const pooled = tf.avgPool(padded, attributes.filterSize, attributes.strides, 'valid');
  return {
    output: { tensor: back(scaled(pooled)), layout: 'channelsLast' },
    saved: factor === undefined ? [padded] : [padded, factor],
    pullback: (gradient) => {
      const dy = scaled(tf.reshape(gradient, pooled.shape));
      const byPadded: Tensor4D = tf.engine().runKernel(tf.AvgPoolGrad, { dy, input: padded }, attributes);
      return { inputs: [back(cropMaps(byPadded, edges))] };
    },
  };
}

function windowAttributes(rows: Sliding, columns: Sliding) {
  const filterSize: Pair = [rows.kernel, columns.kernel];
  const strides: Pair = [rows.stride, columns.stride];
  return { filterSize, strides, pad: 'valid' as const };
}

/** window / count at every place; undefined where it is 1 everywhere. */
function windowFactor(rows: readonly number[], columns: readonly number[], window: number): Tensor | undefined {
  const factors = rows.flatMap((row) => columns.map((column) => window / (row * column)));
  if (factors.every((factor) => factor === 1)) return undefined;
  return tf.tensor4d(factors, [1, rows.length, columns.length, 1]);
}

/** Windows ⌊i·n/o⌋ … ⌈(i+1)·n/o⌉ along every axis of space, one axis after the other. */
export const adaptivePool: Operation<'adaptivePool'> = (op, inputs, context) => {
  const { tensor } = only(inputs);
  const maps = asMaps(tensor, context.node);
  const [, height, width] = maps.maps.shape;
  const wanted = outputSizes(op, tensor.rank, [height, width]);
  const rows = evenly(height, wanted[0]);
  const columns = evenly(width, wanted[1]);
  if (rows !== undefined && columns !== undefined)
    return op.reduce === 'max' ? maxPool(maps, rows, columns) : averagePool(maps, rows, columns, true);
  return adaptAxis(maps, wanted, op.reduce);
};

function outputSizes(op: OpOf<'adaptivePool'>, rank: number, size: Pair): Pair {
  const [first, second] = op.output.map((wanted) => (isKnown(wanted) ? wanted : undefined));
  return rank === 3 ? [1, first ?? size[1]] : [first ?? size[0], second ?? size[1]];
}

/** The ordinary pooling that an adaptive one is where the sizes divide. */
function evenly(size: number, outputs: number): Sliding | undefined {
  if (size % outputs !== 0) return undefined;
  return { size, kernel: size / outputs, stride: size / outputs, padding: 0, outputs, after: 0 };
}

interface Window {
  readonly start: number;
  readonly size: number;
}

function windows(size: number, outputs: number): Window[] {
  return Array.from({ length: outputs }, (_, i) => {
    const start = Math.floor((i * size) / outputs);
    return { start, size: Math.ceil(((i + 1) * size) / outputs) - start };
  });
}

/** Where the windows overlap unevenly: each is cut out, reduced by an ordinary pooling, and set in its place. */
function adaptAxis({ maps, back }: Maps, [outHeight, outWidth]: Pair, reduce: 'max' | 'average'): Applied {
  const [batch, height, width, channels] = maps.shape;
  const cells = windows(height, outHeight).map((row) =>
    windows(width, outWidth).map((column) => {
      const start: [number, number, number, number] = [0, row.start, column.start, 0];
      const cell = tf.slice(maps, start, [batch, row.size, column.size, channels]);
      const whole: Maps = { maps: cell, back: (x) => x };
      const rows = { size: row.size, kernel: row.size, stride: 1, padding: 0, outputs: 1, after: 0 };
      const columns = { size: column.size, kernel: column.size, stride: 1, padding: 0, outputs: 1, after: 0 };
      const applied = reduce === 'max' ? maxPool(whole, rows, columns) : averagePool(whole, rows, columns, true);
      return { applied, row, column };
    }),
  );
  const lines = cells.map((line) =>
    tf.concat(
      line.map((cell) => cell.applied.output.tensor),
      2,
    ),
  );
  return {
    output: { tensor: back(tf.concat(lines, 1)), layout: 'channelsLast' },
    saved: cells.flat().flatMap((cell) => cell.applied.saved ?? []),
    pullback: (gradient) => {
      const dy = tf.reshape(gradient, [batch, outHeight, outWidth, channels]);
      const parts = cells.flatMap((line, i) =>
        line.map(({ applied, row, column }, j) => {
          const one = tf.slice(dy, [0, i, j, 0], [batch, 1, 1, channels]);
          const [cell] = applied.pullback(one, false).inputs;
          return padMaps(cell as Tensor4D, [
            [row.start, height - row.start - row.size],
            [column.start, width - column.start - column.size],
          ]);
        }),
      );
      return { inputs: [back(parts.reduce((sum, x) => tf.add(sum, x)))] };
    },
  };
}
