import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../operation';

/** The place of an axis of space in the value's tensor. */
export function spaceAxis({ layout }: Value, axis: number): number {
  return layout === 'channelsLast' ? axis + 1 : axis + 2;
}

/** What is put around every axis of space, before and behind; negative numbers cut off. */
export type Edges = readonly (readonly [before: number, after: number])[];

/** B×space×C with a border of `value`. */
export function edged(x: Tensor, edges: Edges, value = 0): Tensor {
  const outside = [[0, 0], ...edges, [0, 0]] as const;
  const cut = outside.map((sides) => sides.map((side) => Math.max(0, -side)) as [number, number]);
  const added = outside.map((sides) => sides.map((side) => Math.max(0, side)) as [number, number]);
  const sum = (sides: readonly (readonly number[])[]) => sides.flat().reduce((total, side) => total + side, 0);
  const kept =
    sum(cut) === 0
      ? x
      : tf.slice(
          x,
          cut.map(([before]) => before),
          cut.map(([before, after], axis) => (x.shape[axis] ?? 0) - before - after),
        );
  return sum(added) === 0 ? kept : tf.pad(kept, added, value);
}

/** What undoes {@link edged}. */
export function opposite(edges: Edges): Edges {
  return edges.map(([before, after]) => [-before, -after]);
}

/** The border with which a sliding window has ⌈size / stride⌉ places; what is odd goes behind, as in TensorFlow and PyTorch. */
export function sameEdges(size: number, kernel: number, stride: number): readonly [before: number, after: number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
