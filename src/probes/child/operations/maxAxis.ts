/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { AxisMap } from './axisMap';

/** The largest value of windows along one axis, and where on the axis each was found (the first of equal ones). */
export function maxAxis(x: Tensor, axis: number, { from, to, taps, indices }: AxisMap) {
  const product = (sizes: readonly number[]) => sizes.reduce((total, one) => total * one, 1);
  const outer = product(x.shape.slice(0, axis));
  const inner = product(x.shape.slice(axis + 1));
  const source = x.dataSync<'float32'>();
  const result = new Float32Array(outer * to * inner).fill(-Infinity);
  const places = new Int32Array(result.length);
  for (let line = 0; line < outer; line++)
    for (let i = 0; i < to; i++)
      for (let t = 0; t < taps; t++) {
        const index = indices[i * taps + t]!;
        if (index < 0) continue;
        const start = (line * from + index) * inner;
        const target = (line * to + i) * inner;
        for (let k = 0; k < inner; k++) {
          const value = source[start + k]!;
          if (value <= result[target + k]!) continue;
          result[target + k] = value;
          places[target + k] = start + k;
        }
      }
  return { output: tf.tensor(result, x.shape.toSpliced(axis, 1, to)), places };
}
