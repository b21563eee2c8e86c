/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { Slice, slice_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, kernelOf, replaceKernel, type WasmHeap } from './wasmHeap';

/** Slices on wasm: the stock kernel first copies the whole tensor out of the heap. Here only what is asked for is moved. */
export function quickenSlice(heap: WasmHeap): void {
  const stock = kernelOf(Slice);
  replaceKernel(Slice, ({ inputs, attrs }) => {
    const x = input({ inputs, attrs }, 'x');
    const wanted = [attrs['begin'], attrs['size']] as [number | number[], number | number[]];
    const [begin, size] = slice_util.parseSliceParams({ shape: x.shape, rank: x.shape.length } as never, ...wanted);
    slice_util.assertParamsValid({ shape: x.shape, rank: x.shape.length } as never, begin!, size!);
    if (x.dtype === 'float32') return sliced(heap, x, begin!, size!);
    const result = stock({ inputs, attrs, backend: heap.backend });
    if (Array.isArray(result)) throw new Error('a slice gave several tensors');
    return result;
  });
}

function sliced(heap: WasmHeap, x: TensorInfo, begin: readonly number[], size: readonly number[]): TensorInfo {
  const out = heap.output(size);
  const memory = heap.floats();
  const { shape } = x;
  // The axes behind this one are taken whole: what is copied lies together.
  let axis = shape.length - 1;
  while (axis > 0 && size[axis] === shape[axis]) axis--;
  const inner = util.sizeFromShape(shape.slice(axis + 1));
  const run = (size[axis] ?? 1) * inner;
  const outer = size.slice(0, Math.max(axis, 0));
  const strides = outer.map((_, i) => util.sizeFromShape(shape.slice(i + 1)));
  const first = begin.reduce((at, start, i) => at + start * util.sizeFromShape(shape.slice(i + 1)), heap.offset(x));
  const index = new Array<number>(outer.length).fill(0);
  let target = heap.offset(out);
  for (let count = util.sizeFromShape(outer); count > 0; count--) {
    const source = index.reduce((at, i, place) => at + i * strides[place]!, first);
    memory.copyWithin(target, source, source + run);
    target += run;
    for (let i = index.length - 1; i >= 0; i--) {
      index[i]! += 1;
      if (index[i]! < outer[i]!) break;
      index[i] = 0;
    }
  }
  return out;
}
