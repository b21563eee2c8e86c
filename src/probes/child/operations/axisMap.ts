/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Applied, Value } from '../operation';

/**
 * A linear map along one axis that needs few values for each result: y[i] = Σ_t weight[i·taps+t] · x[index[i·taps+t]].
 * An index of −1 adds nothing. Slices, borders, repetitions, windows and interpolation are such maps.
 */
export interface AxisMap {
  readonly from: number;
  readonly to: number;
  readonly taps: number;
  readonly indices: Int32Array;
  /** All 1 where it is absent. */
  readonly weights?: Float32Array;
}

/** The map that copies: place i of the result is place `index(i)` of the input, or zero where that is −1. */
export function copying(from: number, to: number, index: (place: number) => number): AxisMap {
  return { from, to, taps: 1, indices: Int32Array.from({ length: to }, (_, i) => index(i)) };
}

/** A map along one axis of a value's tensor. */
export interface AlongAxis {
  readonly axis: number;
  readonly map: AxisMap;
}

/** The value with maps along some of its axes, one after the other, in the layout that it has. */
export function mapAxes({ tensor, layout }: Value, steps: readonly AlongAxis[]): Applied {
  return {
    output: { tensor: steps.reduce((x, { axis, map }) => mapAxis(x, axis, map), tensor), layout },
    pullback: (gradient) => ({
      inputs: [steps.reduceRight((x, { axis, map }) => mapAxisBack(x, axis, map), gradient)],
    }),
  };
}

/*
 * On the host: there a copy costs as much as in a backend's kernel, of which the wasm backend's are slow, missing or without
 * a gradient for most of these maps.
 */

export function mapAxis(x: Tensor, axis: number, { from, to, taps, indices, weights }: AxisMap): Tensor {
  const { outer, inner, shape } = linesOf(x, axis, from, to);
  const source = x.dataSync<'float32'>();
  const result = new Float32Array(outer * to * inner);
  for (let line = 0; line < outer; line++)
    for (let i = 0; i < to; i++) {
      const target = (line * to + i) * inner;
      for (let t = 0; t < taps; t++) {
        const index = indices[i * taps + t]!;
        if (index < 0) continue;
        const start = (line * from + index) * inner;
        if (taps === 1 && weights === undefined && inner > 16) {
          result.set(source.subarray(start, start + inner), target);
          continue;
        }
        const weight = weights === undefined ? 1 : weights[i * taps + t]!;
        for (let k = 0; k < inner; k++) result[target + k]! += weight * source[start + k]!;
      }
    }
  return tf.tensor(result, shape);
}

/** The transposed map, which pulls gradients back. */
export function mapAxisBack(gradient: Tensor, axis: number, { from, to, taps, indices, weights }: AxisMap): Tensor {
  const { outer, inner, shape } = linesOf(gradient, axis, to, from);
  const source = gradient.dataSync<'float32'>();
  const result = new Float32Array(outer * from * inner);
  for (let line = 0; line < outer; line++)
    for (let i = 0; i < to; i++) {
      const start = (line * to + i) * inner;
      for (let t = 0; t < taps; t++) {
        const index = indices[i * taps + t]!;
        if (index < 0) continue;
        const weight = weights === undefined ? 1 : weights[i * taps + t]!;
        const target = (line * from + index) * inner;
        for (let k = 0; k < inner; k++) result[target + k]! += weight * source[start + k]!;
      }
    }
  return tf.tensor(result, shape);
}

/** The tensor as `outer` × size × `inner`, and its shape with another size on the axis. */
function linesOf(x: Tensor, axis: number, size: number, other: number) {
  if (x.shape[axis] !== size) throw new Error(`an axis of ${String(x.shape[axis])} where ${size} were expected`);
  const product = (sizes: readonly number[]) => sizes.reduce((total, one) => total * one, 1);
  return {
    outer: product(x.shape.slice(0, axis)),
    inner: product(x.shape.slice(axis + 1)),
    shape: x.shape.toSpliced(axis, 1, other),
  };
}
