/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { Sum, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, kernelOf, replaceKernel, type WasmHeap } from './wasmHeap';

/**
 * Sums over leading axes on wasm, which is every gradient by a bias or a norm's scale: the stock kernel transposes the
 * whole tensor first. Here columns are added up in float64 where they lie. All other sums go to the stock kernel.
 */
export function quickenSum(heap: WasmHeap): void {
  const stock = kernelOf(Sum);
  replaceKernel(Sum, (call) => {
    const x = input(call, 'x');
    const axes = util.parseAxisParam(call.attrs['axis'] as number | number[], x.shape);
    const leading = axes.every((axis, i) => axis === i);
    if (x.dtype !== 'float32' || !leading || axes.length === 0 || axes.length === x.shape.length) {
      const result = stock({ inputs: call.inputs, attrs: call.attrs, backend: heap.backend });
      if (Array.isArray(result)) throw new Error('a sum gave several tensors');
      return result;
    }
    return sumColumns(heap, x, axes.length, call.attrs['keepDims'] === true);
  });
}

function sumColumns(heap: WasmHeap, x: TensorInfo, leading: number, keepDims: boolean): TensorInfo {
  const rows = util.sizeFromShape(x.shape.slice(0, leading));
  const kept = x.shape.slice(leading);
  const columns = util.sizeFromShape(kept);
  const out = heap.output(keepDims ? [...x.shape.slice(0, leading).fill(1), ...kept] : kept);
  const sums = new Float64Array(columns);
  const memory = heap.floats();
  let at = heap.offset(x);
  for (let row = 0; row < rows; row++) for (let i = 0; i < columns; i++) sums[i]! += memory[at++]!;
  memory.set(sums, heap.offset(out));
  return out;
}
