import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { broadcast, isKnown, type OpOf } from '../../../network';
import { inputAt, type Layout, type Operation, type Value } from '../operation';
import { broadcastTo } from './repetition';
import { unbroadcast } from './shape';

/** What chooses between elements, and tells which are larger. Truth is 1, and not zero where it is taken. */

export const compare: Operation<'compare'> = (op, inputs) => {
  const [a, b] = together(inputs) as [Tensor, Tensor];
  return {
    output: { tensor: operators[op.operator](a, b), layout: layoutOf(inputs) },
    pullback: () => ({ inputs: inputs.map(() => undefined) }),
  };
};

const numbers = (truth: Tensor): Tensor => tf.cast(truth, 'float32');
const isTrue = (x: Tensor): Tensor => numbers(tf.notEqual(x, tf.zerosLike(x)));

const operators: Readonly<Record<OpOf<'compare'>['operator'], (a: Tensor, b: Tensor) => Tensor>> = {
  less: (a, b) => numbers(tf.less(a, b)),
  lessEqual: (a, b) => numbers(tf.lessEqual(a, b)),
  greater: (a, b) => numbers(tf.greater(a, b)),
  greaterEqual: (a, b) => numbers(tf.greaterEqual(a, b)),
  equal: (a, b) => numbers(tf.equal(a, b)),
  notEqual: (a, b) => numbers(tf.notEqual(a, b)),
  and: (a, b) => tf.mul(isTrue(a), isTrue(b)),
  or: (a, b) => tf.maximum(isTrue(a), isTrue(b)),
};

export const where: Operation<'where'> = (_op, inputs) => {
  const [condition, yes, no] = together(inputs) as [Tensor, Tensor, Tensor];
  const chosen = (a: Tensor, b: Tensor) => tf.where(tf.notEqual(condition, tf.zerosLike(condition)), a, b);
  return {
    output: { tensor: chosen(yes, no), layout: layoutOf(inputs) },
    saved: [condition],
    pullback: (gradient) => {
      const zero = tf.zerosLike(gradient);
      return {
        inputs: [
          undefined,
          unbroadcast(chosen(gradient, zero), inputAt(inputs, 1).tensor.shape),
          unbroadcast(chosen(zero, gradient), inputAt(inputs, 2).tensor.shape),
        ],
      };
    },
  };
};

/** Equal ones share the gradient. */
export const extremum: Operation<'extremum'> = (op, inputs) => {
  const tensors = inputs.map(({ tensor }) => tensor);
  const better = op.which === 'max' ? tf.maximum : tf.minimum;
  const output = tensors.reduce((best, x) => better(best, x));
  return {
    output: { tensor: output, layout: layoutOf(inputs) },
    pullback: (gradient) => {
      const best = tensors.map((x) => numbers(tf.equal(broadcastTo(x, output.shape), output)));
      const share = tf.div(
        gradient,
        best.reduce((sum, x) => tf.add(sum, x)),
      );
      return { inputs: tensors.map((x, i) => unbroadcast(tf.mul(share, best[i] ?? share), x.shape)) };
    },
  };
};

function layoutOf(inputs: readonly Value[]): Layout {
  return inputAt(inputs, 0).layout;
}

/** All of the shape that they broadcast to: kernels of comparisons broadcast along few axes. */
function together(inputs: readonly Value[]): Tensor[] {
  const shape = inputs
    .map(({ tensor }): readonly number[] => tensor.shape)
    .reduce((joined, next) => (broadcast(joined, next) ?? joined).filter(isKnown));
  return inputs.map(({ tensor }) => broadcastTo(tensor, shape));
}
