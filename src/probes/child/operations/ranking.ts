/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOf } from '../../../network';
import { only, refuseNode, type Operation } from '../operation';
import { putBack, taken } from './lookup';

/** What asks which elements are largest. Of equal ones the first counts. */

export const topK: Operation<'topK'> = (op, inputs, { size, node }) => {
  const { tensor } = only(inputs);
  const axis = axisOf(op.axis, tensor.rank) ?? 0;
  const k = size(op.k);
  const length = tensor.shape[axis] ?? 1;
  if (k > length) throw refuseNode(node, `takes ${k} of ${length} elements`);
  const shape = tensor.shape.toSpliced(axis, 1, k);
  const { ranks, places } = ranked(tensor, axis, k, op.largest);
  if (op.result === 'indices')
    return {
      output: { tensor: tf.tensor(Float32Array.from(ranks), shape), layout: 'framework' },
      pullback: () => ({ inputs: [undefined] }),
    };
  return {
    output: { tensor: taken(tensor, places, shape), layout: 'framework' },
    pullback: (gradient) => ({ inputs: [putBack(gradient, places, tensor.shape)] }),
  };
};

export const argExtremum: Operation<'argExtremum'> = (op, inputs) => {
  const { tensor } = only(inputs);
  const axis = axisOf(op.axis, tensor.rank) ?? 0;
  const { ranks } = ranked(tensor, axis, 1, op.which === 'max');
  const shape = tensor.shape.toSpliced(axis, 1, ...(op.keepDims ? [1] : []));
  return {
    output: { tensor: tf.tensor(Float32Array.from(ranks), shape), layout: 'framework' },
    pullback: () => ({ inputs: [undefined] }),
  };
};

/** The first `k` elements along an axis in falling (or rising) order: their numbers along it, and their places in the tensor. */
function ranked(x: Tensor, axis: number, k: number, largest: boolean) {
  const data = x.dataSync<'float32'>();
  const length = x.shape[axis] ?? 1;
  const inner = x.shape.slice(axis + 1).reduce((size, dim) => size * dim, 1);
  const outer = length * inner === 0 ? 0 : data.length / (length * inner);
  const ranks = new Int32Array(outer * k * inner);
  const places = new Int32Array(ranks.length);
  const sign = largest ? 1 : -1;
  for (let line = 0; line < outer; line++)
    for (let i = 0; i < inner; i++) {
      const placeOf = (number: number) => (line * length + number) * inner + i;
      const value = (number: number) => sign * data[placeOf(number)]!;
      const order = k === 1 ? [first(length, value)] : sorted(length, value);
      for (let rank = 0; rank < k; rank++) {
        const at = (line * k + rank) * inner + i;
        ranks[at] = order[rank]!;
        places[at] = placeOf(order[rank]!);
      }
    }
  return { ranks, places };
}

function first(length: number, value: (number: number) => number): number {
  let best = 0;
  for (let i = 1; i < length; i++) if (value(i) > value(best)) best = i;
  return best;
}

function sorted(length: number, value: (number: number) => number): number[] {
  return Array.from({ length }, (_, i) => i).sort((a, b) => value(b) - value(a));
}
