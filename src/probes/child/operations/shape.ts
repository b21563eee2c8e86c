import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOf } from '../../../network';
import { only, type Applied, type Operation, type Value } from '../operation';
import { inverse } from './channels';

function reshaped({ tensor }: Value, shape: number[]): Applied {
  return {
    output: { tensor: tf.reshape(tensor, shape), layout: 'framework' },
    pullback: (gradient) => ({ inputs: [tf.reshape(gradient, tensor.shape)] }),
  };
}

export const flatten: Operation<'flatten'> = (op, inputs) => {
  const value = only(inputs);
  const { shape, rank } = value.tensor;
  const start = axisOf(op.start, rank) ?? 0;
  const end = axisOf(op.end, rank) ?? rank - 1;
  const merged = shape.slice(start, end + 1).reduce((size, dim) => size * dim, 1);
  return reshaped(value, [...shape.slice(0, start), merged, ...shape.slice(end + 1)]);
};

export const reshape: Operation<'reshape'> = (op, inputs, { size }) => {
  const value = only(inputs);
  const open = op.shape.indexOf(-1);
  const known = op.shape.map((dim, axis) => (axis === open ? -1 : size(dim)));
  return reshaped(value, known);
};

export const squeeze: Operation<'squeeze'> = (op, inputs) => {
  const value = only(inputs);
  const { shape, rank } = value.tensor;
  const axes = op.axes.map((axis) => axisOf(axis, rank));
  return reshaped(
    value,
    shape.filter((_, axis) => !axes.includes(axis)),
  );
};

export const unsqueeze: Operation<'unsqueeze'> = (op, inputs) => {
  const value = only(inputs);
  const { shape, rank } = value.tensor;
  return reshaped(value, shape.toSpliced(axisOf(op.axis, rank + 1) ?? 0, 0, 1));
};

export const permute: Operation<'permute'> = (op, inputs) => {
  const { tensor } = only(inputs);
  const order = op.axes.map((axis) => axisOf(axis, tensor.rank) ?? axis);
  return {
    output: { tensor: tf.transpose(tensor, order), layout: 'framework' },
    pullback: (gradient) => ({ inputs: [tf.transpose(gradient, inverse(order))] }),
  };
};

export const concat: Operation<'concat'> = (op, inputs) => {
  const tensors = inputs.map(({ tensor }) => tensor);
  const axis = axisOf(op.axis, tensors[0]?.rank ?? 1) ?? 0;
  return {
    output: { tensor: tf.concat(tensors, axis), layout: 'framework' },
    pullback: (gradient) => {
      let at = 0;
      return {
        inputs: tensors.map((tensor) => {
          const begin = new Array<number>(gradient.rank).fill(0);
          begin[axis] = at;
          at += tensor.shape[axis] ?? 0;
          return tf.slice(gradient, begin, tensor.shape);
        }),
      };
    },
  };
};

/** The sum of `gradient` over the axes along which a tensor of `shape` was repeated by broadcasting. */
export function unbroadcast(gradient: Tensor, shape: readonly number[]): Tensor {
  const added = gradient.rank - shape.length;
  const axes = gradient.shape
    .map((_, i) => i)
    .filter((i) => i < added || (shape[i - added] === 1 && gradient.shape[i] !== 1));
  return axes.length === 0 ? gradient : tf.reshape(tf.sum(gradient, axes), [...shape]);
}
