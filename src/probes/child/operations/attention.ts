import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { OpOf } from '../../../network';
import { inputAt, type Operation, type Value } from '../operation';
import { matrixProduct } from './contraction';
import { broadcastTo } from './repetition';
import { unbroadcast } from './shape';
import { logSoftmax } from './softmax';

/** What a score is that is masked: its weight is zero, and a row of them is still finite. */
const MASKED = -1e30;

/** softmax(scale · Q Kᵀ + mask) V. A query that may see nothing gets zeros, as in PyTorch. */
export const attention: Operation<'attention'> = (op, inputs) => {
  const [q, k, v] = [0, 1, 2].map((place) => inputAt(inputs, place).tensor) as [Tensor, Tensor, Tensor];
  const scale = op.scale ?? 1 / Math.sqrt(q.shape.at(-1) ?? 1);
  const scores = tf.mul(matrixProduct(q, k, false, true), scale);
  const added = op.mask === 'added' ? inputAt(inputs, 3).tensor : undefined;
  const open = openPlaces(op, inputs, scores.shape);
  const biased = added === undefined ? scores : tf.add(scores, added);
  const weights = masked(
    tf.exp(logSoftmax(open === undefined ? biased : masked(biased, open, MASKED), biased.rank - 1)),
    open,
    0,
  );
  return {
    output: { tensor: matrixProduct(weights, v), layout: 'framework' },
    saved: [weights],
    pullback: (gradient) => {
      const byWeights = matrixProduct(gradient, v, false, true);
      const along = tf.mul(byWeights, weights);
      const byBiased = tf.sub(along, tf.mul(weights, tf.sum(along, along.rank - 1, true)));
      const byScores = tf.mul(unbroadcast(byBiased, scores.shape), scale);
      return {
        inputs: [
          unbroadcast(matrixProduct(byScores, k), q.shape),
          unbroadcast(matrixProduct(byScores, q, true), k.shape),
          unbroadcast(matrixProduct(weights, gradient, true), v.shape),
          ...inputs.slice(3).map(() => added && unbroadcast(byBiased, added.shape)),
        ],
      };
    },
  };
};

function masked(x: Tensor, open: Tensor | undefined, value: number): Tensor {
  if (open === undefined) return x;
  const shape = broadcastTo(open, x.shape);
  return tf.where(tf.notEqual(shape, tf.zerosLike(shape)), x, tf.fill(x.shape, value));
}

/** 1 where a query may see a key; undefined where all may see all. */
function openPlaces({ causal, mask }: OpOf<'attention'>, inputs: readonly Value[], scores: readonly number[]) {
  const given = mask === 'boolean' ? inputAt(inputs, 3).tensor : undefined;
  if (!causal) return given;
  const [queries = 1, keys = 1] = scores.slice(-2);
  const past = Float32Array.from({ length: queries * keys }, (_, i) => (i % keys <= Math.floor(i / keys) ? 1 : 0));
  const triangle = tf.tensor2d(past, [queries, keys]);
  return given === undefined ? triangle : tf.mul(given, triangle);
}
