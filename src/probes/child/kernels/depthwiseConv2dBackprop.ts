/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  util,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { input, replaceKernel, type Call, type WasmHeap } from './wasmHeap';

/** The two gradients of a depthwise convolution, which the wasm backend lacks: loops over the products, channels innermost. */
export function addDepthwiseConv2DBackprop(heap: WasmHeap): void {
  replaceKernel(DepthwiseConv2dNativeBackpropInput, (call) => inputGradient(heap, call));
  replaceKernel(DepthwiseConv2dNativeBackpropFilter, (call) => filterGradient(heap, call));
}

type Sizes = ReturnType<typeof backend_util.computeConv2DInfo>;
type Size4 = [number, number, number, number];

function sizesOf({ attrs }: Call, inputShape: readonly number[], filterShape: readonly number[]): Sizes {
  return backend_util.computeConv2DInfo(
    inputShape as Size4,
    filterShape as Size4,
    attrs['strides'] as [number, number],
    1,
    attrs['pad'] as 'valid' | 'same',
    attrs['dimRoundingMode'] as 'floor' | undefined,
    true,
  );
}

/** Calls `visit` with where input, output and filter begin for every sample, place and tap that meet. */
function eachMeeting(sizes: Sizes, visit: (x: number, y: number, tap: number) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = sizes;
  for (let sample = 0; sample < batchSize; sample++)
    for (let y = 0; y < outHeight; y++)
      for (let ky = 0; ky < sizes.filterHeight; ky++) {
        const row = y * sizes.strideHeight + ky - padInfo.top;
        if (row < 0 || row >= inHeight) continue;
        for (let x = 0; x < outWidth; x++)
          for (let kx = 0; kx < sizes.filterWidth; kx++) {
            const column = x * sizes.strideWidth + kx - padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            visit(
              ((sample * inHeight + row) * inWidth + column) * inChannels,
              ((sample * outHeight + y) * outWidth + x) * outChannels,
              (ky * sizes.filterWidth + kx) * outChannels,
            );
          }
      }
}

function inputGradient(heap: WasmHeap, call: Call): TensorInfo {
  const dy = input(call, 'dy');
  const filter = input(call, 'filter');
  const shape = call.attrs['inputShape'] as number[];
  const sizes = sizesOf(call, shape, filter.shape);
  const out = heap.output(shape);
  const memory = heap.floats();
  const [to, from, weights] = [heap.offset(out), heap.offset(dy), heap.offset(filter)];
  memory.fill(0, to, to + util.sizeFromShape(shape));
  const multiplier = sizes.outChannels / sizes.inChannels;
  eachMeeting(sizes, (x, y, tap) => {
    if (multiplier === 1)
      for (let c = 0; c < sizes.inChannels; c++)
        memory[to + x + c]! += memory[from + y + c]! * memory[weights + tap + c]!;
    else
      for (let o = 0; o < sizes.outChannels; o++)
        memory[to + x + Math.floor(o / multiplier)]! += memory[from + y + o]! * memory[weights + tap + o]!;
  });
  return out;
}

function filterGradient(heap: WasmHeap, call: Call): TensorInfo {
  const x = input(call, 'x');
  const dy = input(call, 'dy');
  const shape = call.attrs['filterShape'] as number[];
  const sizes = sizesOf(call, x.shape, shape);
  const out = heap.output(shape);
  const memory = heap.floats();
  const [from, by] = [heap.offset(x), heap.offset(dy)];
  const sums = new Float64Array(util.sizeFromShape(shape));
  const multiplier = sizes.outChannels / sizes.inChannels;
  eachMeeting(sizes, (at, y, tap) => {
    if (multiplier === 1)
      for (let c = 0; c < sizes.inChannels; c++) sums[tap + c]! += memory[by + y + c]! * memory[from + at + c]!;
    else
      for (let o = 0; o < sizes.outChannels; o++)
        sums[tap + o]! += memory[by + y + o]! * memory[from + at + Math.floor(o / multiplier)]!;
  });
  memory.set(sums, heap.offset(out));
  return out;
}
