/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOf, type Node } from '../../../network';
import { inputAt, only, refuseNode, type Operation } from '../operation';
import { copying, mapAxis, mapAxisBack, type AxisMap } from './axisMap';

/** What finds values by whole numbers. Where these come from, no gradient goes. */

/** Rows of the table, which is vocabulary×features in every framework; its kernel layout is that or the transposed one. */
export const embedding: Operation<'embedding'> = (op, inputs, context) => {
  const { tensor: tokens } = only(inputs);
  const table = context.parameter(op.weight);
  const axis = context.kernelAxis(op.weight, 0);
  const map = lookup(tokens, table.shape[axis] ?? 0, context.node);
  const found = mapAxis(table, axis, map);
  const features = found.shape[1 - axis] ?? 1;
  const rows = axis === 0 ? found : tf.transpose(found);
  return {
    output: { tensor: tf.reshape(rows, [...tokens.shape, features]), layout: 'framework' },
    pullback: (gradient, parameters) => {
      if (!parameters) return { inputs: [undefined] };
      const byRows = tf.reshape(gradient, [tokens.size, features]);
      const byTable = mapAxisBack(axis === 0 ? byRows : tf.transpose(byRows), axis, map);
      return { inputs: [undefined], parameters: [{ path: op.weight, gradient: byTable }] };
    },
  };
};

export const gather: Operation<'gather'> = (op, inputs, { node }) => {
  const data = inputAt(inputs, 0).tensor;
  const indices = inputAt(inputs, 1).tensor;
  const axis = axisOf(op.axis, data.rank) ?? 0;
  const map = lookup(indices, data.shape[axis] ?? 0, node);
  const flat = data.shape.toSpliced(axis, 1, indices.size);
  const shape = data.shape.toSpliced(axis, 1, ...indices.shape);
  return {
    output: { tensor: tf.reshape(mapAxis(data, axis, map), shape), layout: 'framework' },
    pullback: (gradient) => ({ inputs: [mapAxisBack(tf.reshape(gradient, flat), axis, map), undefined] }),
  };
};

export const takeAlong: Operation<'takeAlong'> = (op, inputs, { node }) => {
  const data = inputAt(inputs, 0).tensor;
  const indices = inputAt(inputs, 1).tensor;
  const axis = axisOf(op.axis, data.rank) ?? 0;
  const places = placesAlong(data, indices, axis, node);
  return {
    output: { tensor: taken(data, places, indices.shape), layout: 'framework' },
    pullback: (gradient) => ({ inputs: [putBack(gradient, places, data.shape), undefined] }),
  };
};

export const oneHot: Operation<'oneHot'> = (op, inputs, { node, size }) => {
  const { tensor } = only(inputs);
  const classes = size(op.classes);
  const result = new Float32Array(tensor.size * classes);
  for (const [i, one] of wholeNumbers(tensor, classes, node).entries()) result[i * classes + one] = 1;
  return {
    output: { tensor: tf.tensor(result, [...tensor.shape, classes]), layout: 'framework' },
    pullback: () => ({ inputs: [undefined] }),
  };
};

/** Elements of a tensor by their places in it. */
export function taken(x: Tensor, places: Int32Array, shape: readonly number[]): Tensor {
  const data = x.dataSync<'float32'>();
  return tf.tensor(
    Float32Array.from(places, (place) => data[place]!),
    [...shape],
  );
}

/** The gradient of {@link taken}. */
export function putBack(gradient: Tensor, places: Int32Array, shape: readonly number[]): Tensor {
  const result = new Float32Array(shape.reduce((size, dim) => size * dim, 1));
  for (const [i, value] of gradient.dataSync<'float32'>().entries()) result[places[i]!]! += value;
  return tf.tensor(result, [...shape]);
}

function lookup(indices: Tensor, size: number, node: Node): AxisMap {
  const numbers = wholeNumbers(indices, size, node);
  return copying(size, numbers.length, (i) => numbers[i]!);
}

/** Negative ones count from the back. */
function wholeNumbers(x: Tensor, size: number, node: Node): Int32Array {
  return Int32Array.from(x.dataSync<'float32'>(), (value) => {
    if (!Number.isInteger(value)) throw refuseNode(node, `looks up ${value}, which is not a whole number`);
    if (value < -size || value >= size) throw refuseNode(node, `looks up number ${value} of ${size}`);
    return value < 0 ? value + size : value;
  });
}

/** Where in the data every index points to: at its own place, but along `axis` at the number that it is. */
function placesAlong(data: Tensor, indices: Tensor, axis: number, node: Node): Int32Array {
  const numbers = wholeNumbers(indices, data.shape[axis] ?? 0, node);
  const strides = data.shape.map((_, i) => data.shape.slice(i + 1).reduce((size, dim) => size * dim, 1));
  const index = new Array<number>(indices.rank).fill(0);
  return numbers.map((number) => {
    let place = 0;
    for (let i = 0; i < index.length; i++) place += (i === axis ? number : index[i]!) * strides[i]!;
    for (let i = index.length - 1; i >= 0; i--) {
      index[i]! += 1;
      if (index[i]! < indices.shape[i]!) break;
      index[i] = 0;
    }
    return place;
  });
}
