/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { BatchMatMul, Conv2D, Conv2DBackpropInput, type TensorInfo } from '@tensorflow/tfjs-core';
import { convolutionSizes, type ConvolutionSizes } from './convolutionSizes';
import { input, replaceKernel, type Call, type WasmHeap } from './wasmHeap';

/**
 * The gradient of a convolution by its input. The stock kernel is a plain loop; here it is a convolution by XNNPACK: the
 * output's gradient, spread by the stride and padded with zeros, with the flipped filter whose two channel axes are swapped.
 */
export function repairConv2DBackpropInput(heap: WasmHeap): void {
  replaceKernel(Conv2DBackpropInput, (call) => inputGradient(heap, call));
}

function inputGradient(heap: WasmHeap, call: Call): TensorInfo {
  const dy = input(call, 'dy');
  const filter = input(call, 'filter');
  const inputShape = call.attrs['inputShape'] as number[];
  const sizes = convolutionSizes(call, inputShape, filter.shape);
  const { batchSize, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth } = sizes;
  if (filterHeight === 1 && filterWidth === 1 && sizes.strideHeight === 1 && sizes.strideWidth === 1) {
    const gradients = { ...dy, shape: [batchSize * inHeight * inWidth, outChannels] };
    const matrix = { ...filter, shape: [inChannels, outChannels] };
    const product = heap.run(BatchMatMul, { a: gradients, b: matrix }, { transposeA: false, transposeB: true });
    return { ...product, shape: inputShape };
  }
  const flipped = heap.output([filterHeight, filterWidth, outChannels, inChannels]);
  const spread = heap.output([batchSize, inHeight + filterHeight - 1, inWidth + filterWidth - 1, outChannels]);
  const memory = heap.floats();
  writeFlipped(memory, heap.offset(filter), heap.offset(flipped), sizes);
  writeSpread(memory, heap.offset(dy), heap.offset(spread), sizes);
  const attrs = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] };
  const result = heap.run(Conv2D, { x: spread, filter: flipped }, attrs);
  heap.free(flipped, spread);
  return result;
}

function writeFlipped(memory: Float32Array, from: number, to: number, sizes: ConvolutionSizes): void {
  const { inChannels, outChannels } = sizes;
  const taps = sizes.filterHeight * sizes.filterWidth;
  for (let tap = 0; tap < taps; tap++) {
    const source = from + (taps - 1 - tap) * inChannels * outChannels;
    const target = to + tap * inChannels * outChannels;
    for (let i = 0; i < inChannels; i++)
      for (let o = 0; o < outChannels; o++) memory[target + o * inChannels + i] = memory[source + i * outChannels + o]!;
  }
}

function writeSpread(memory: Float32Array, from: number, to: number, sizes: ConvolutionSizes): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, outChannels, strideHeight, strideWidth } = sizes;
  const height = inHeight + sizes.filterHeight - 1;
  const width = inWidth + sizes.filterWidth - 1;
  const top = sizes.filterHeight - 1 - sizes.padInfo.top;
  const left = sizes.filterWidth - 1 - sizes.padInfo.left;
  memory.fill(0, to, to + batchSize * height * width * outChannels);
  for (let sample = 0; sample < batchSize; sample++)
    for (let y = 0; y < outHeight; y++) {
      const row = y * strideHeight + top;
      if (row < 0 || row >= height) continue;
      const source = from + (sample * outHeight + y) * outWidth * outChannels;
      const target = to + (sample * height + row) * width * outChannels;
      for (let x = 0; x < outWidth; x++) {
        const column = x * strideWidth + left;
        if (column < 0 || column >= width) continue;
        const at = source + x * outChannels;
        memory.copyWithin(target + column * outChannels, at, at + outChannels);
      }
    }
}
