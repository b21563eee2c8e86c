import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { only, type Layout, type Operation } from '../operation';
import { unbroadcast } from './shape';

function layoutOf(inputs: readonly { readonly layout: Layout }[]): Layout {
  return inputs[0]?.layout ?? 'framework';
}

export const sum: Operation<'add'> = (_op, inputs) => {
  const tensors = inputs.map(({ tensor }) => tensor);
  return {
    output: { tensor: tensors.reduce((total, x) => tf.add(total, x)), layout: layoutOf(inputs) },
    pullback: (gradient) => ({ inputs: tensors.map((x) => unbroadcast(gradient, x.shape)) }),
  };
};

export const multiply: Operation<'multiply'> = (_op, inputs) => {
  const tensors = inputs.map(({ tensor }) => tensor);
  const productOf = (factors: readonly Tensor[]) => factors.reduce((total, x) => tf.mul(total, x));
  return {
    output: { tensor: productOf(tensors), layout: layoutOf(inputs) },
    pullback: (gradient) => ({
      inputs: tensors.map((x, i) => unbroadcast(productOf([gradient, ...tensors.toSpliced(i, 1)]), x.shape)),
    }),
  };
};

export const affine: Operation<'affine'> = (op, inputs) => {
  const { tensor, layout } = only(inputs);
  const scaled = op.factor === 1 ? tensor : tf.mul(tensor, op.factor);
  return {
    output: { tensor: op.offset === 0 ? scaled : tf.add(scaled, op.offset), layout },
    pullback: (gradient) => ({ inputs: [tf.mul(gradient, op.factor)] }),
  };
};

export const scale: Operation<'scale'> = (op, inputs, context) => {
  const { tensor, layout } = only(inputs);
  const { tensor: factor, toKernel } = context.asWritten(op.scale);
  return {
    output: { tensor: tf.mul(tensor, factor), layout },
    pullback: (gradient, parameters) => ({
      inputs: [unbroadcast(tf.mul(gradient, context.asWritten(op.scale).tensor), tensor.shape)],
      ...(parameters && {
        parameters: [{ path: op.scale, gradient: toKernel(unbroadcast(tf.mul(gradient, tensor), factor.shape)) }],
      }),
    }),
  };
};
