import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOf } from '../../../network';
import { only, type Applied, type Operation, type Value } from '../operation';
import { copying, mapAxes, type AlongAxis } from './axisMap';

/** What copies elements to more places, or to others. */

export const expand: Operation<'expand'> = (op, inputs, { size }) => {
  const value = only(inputs);
  const wanted = op.shape.map((dim) => (dim === -1 ? -1 : size(dim)));
  return repeated(value, wanted.length, (axis, has) => {
    const target = wanted[axis] ?? -1;
    return has === 1 && target !== -1 ? target : 1;
  });
};

export const tile: Operation<'tile'> = (op, inputs, { size }) =>
  repeated(only(inputs), op.repeats.length, (axis) => size(op.repeats[axis] ?? 1));

/** `count(axis, size)` times along every axis of the result, which has `rank`; axes that are new stand in front. */
function repeated({ tensor, layout }: Value, rank: number, count: (axis: number, size: number) => number): Applied {
  const lifted = [...new Array<number>(rank - tensor.rank).fill(1), ...tensor.shape];
  const steps = lifted.flatMap((size, axis): AlongAxis[] => {
    const times = count(axis, size);
    return times === 1 ? [] : [{ axis, map: copying(size, size * times, (i) => i % size) }];
  });
  const { output, pullback } = mapAxes({ tensor: tf.reshape(tensor, lifted), layout }, steps);
  return {
    output,
    pullback: (gradient) => ({
      inputs: pullback(gradient, false).inputs.map((x) => x && tf.reshape(x, tensor.shape)),
    }),
  };
}

/** The tensor with its axes of size 1 repeated to `shape`; axes that are new stand in front. */
export function broadcastTo(x: Tensor, shape: readonly number[]): Tensor {
  const { output } = repeated({ tensor: x, layout: 'framework' }, shape.length, (axis, size) =>
    size === 1 ? (shape[axis] ?? 1) : 1,
  );
  return output.tensor;
}

export const roll: Operation<'roll'> = (op, inputs, { size }) => {
  const value = only(inputs);
  const steps = op.axes.map((axis, i) => {
    const shift = size(op.shifts[i] ?? 0);
    return alongAxis(value, axis, (length) => (place) => (((place - shift) % length) + length) % length);
  });
  return mapAxes(value, steps);
};

export const flip: Operation<'flip'> = (op, inputs) => {
  const value = only(inputs);
  return mapAxes(
    value,
    op.axes.map((axis) => alongAxis(value, axis, (length) => (place) => length - 1 - place)),
  );
};

/** A copy that keeps the size of its axis. */
function alongAxis({ tensor }: Value, axis: number, index: (length: number) => (place: number) => number): AlongAxis {
  const at = axisOf(axis, tensor.rank) ?? 0;
  const length = tensor.shape[at] ?? 1;
  return { axis: at, map: copying(length, length, index(length)) };
}
