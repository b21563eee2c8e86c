/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { BatchMatMul, Conv2DBackpropFilter, type TensorInfo } from '@tensorflow/tfjs-core';
import { convolutionSizes, type ConvolutionSizes } from './convolutionSizes';
import { input, replaceKernel, type Call, type WasmHeap } from './wasmHeap';

/**
 * The gradient of a convolution by its filter, which the wasm backend lacks: the transposed im2col matrix of the input,
 * (kernel·channels) × (batch·positions), times the output's gradient, (batch·positions) × filters.
 */
export function addConv2DBackpropFilter(heap: WasmHeap): void {
  replaceKernel(Conv2DBackpropFilter, (call) => filterGradient(heap, call));
}

function filterGradient(heap: WasmHeap, call: Call): TensorInfo {
  const x = input(call, 'x');
  const dy = input(call, 'dy');
  const filterShape = call.attrs['filterShape'] as number[];
  const sizes = convolutionSizes(call, x.shape, filterShape);
  const positions = sizes.batchSize * sizes.outHeight * sizes.outWidth;
  const taps = sizes.filterHeight * sizes.filterWidth * sizes.inChannels;
  const columns = heap.output([taps, positions]);
  writeColumns(heap.floats(), heap.offset(x), heap.offset(columns), sizes);
  const gradients = { dataId: dy.dataId, dtype: dy.dtype, shape: [positions, sizes.outChannels] };
  const product = heap.run(BatchMatMul, { a: columns, b: gradients }, { transposeA: false, transposeB: false });
  heap.free(columns);
  return { ...product, shape: filterShape };
}

/** Row (ky, kx, c): what tap (ky, kx) of channel c sees at every position of every sample; zero in the padding. */
function writeColumns(memory: Float32Array, from: number, to: number, sizes: ConvolutionSizes): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo } = sizes;
  let target = to;
  for (let ky = 0; ky < sizes.filterHeight; ky++)
    for (let kx = 0; kx < sizes.filterWidth; kx++)
      for (let channel = 0; channel < inChannels; channel++)
        for (let sample = 0; sample < batchSize; sample++)
          for (let y = 0, row = ky - padInfo.top; y < outHeight; y++, row += strideHeight) {
            if (row < 0 || row >= inHeight) {
              memory.fill(0, target, target + outWidth);
              target += outWidth;
              continue;
            }
            const line = from + (sample * inHeight + row) * inWidth * inChannels + channel;
            for (let i = 0, column = kx - padInfo.left; i < outWidth; i++, column += strideWidth)
              memory[target++] = column < 0 || column >= inWidth ? 0 : memory[line + column * inChannels]!;
          }
}
