/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { MaxPoolGrad, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { poolingSizes } from './convolutionSizes';
import { input, replaceKernel, type Call, type WasmHeap } from './wasmHeap';

/**
 * The gradient of max pooling, which is wrong in the wasm backend: every window gives its gradient to its first maximum,
 * as PyTorch and TensorFlow have it.
 */
export function repairMaxPoolGrad(heap: WasmHeap): void {
  replaceKernel(MaxPoolGrad, (call) => maxPoolGradient(heap, call));
}

function maxPoolGradient(heap: WasmHeap, call: Call): TensorInfo {
  const dy = input(call, 'dy');
  const x = input(call, 'input');
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo, ...sizes } = poolingSizes(
    call,
    x.shape,
  );
  const out = heap.output(x.shape);
  const memory = heap.floats();
  const to = heap.offset(out);
  const from = heap.offset(x);
  memory.fill(0, to, to + util.sizeFromShape(x.shape));
  let gradient = heap.offset(dy);
  for (let sample = 0; sample < batchSize; sample++)
    for (let y = 0; y < outHeight; y++) {
      const firstRow = Math.max(0, y * sizes.strideHeight - padInfo.top);
      const endRow = Math.min(inHeight, y * sizes.strideHeight - padInfo.top + sizes.filterHeight);
      for (let i = 0; i < outWidth; i++) {
        const firstColumn = Math.max(0, i * sizes.strideWidth - padInfo.left);
        const endColumn = Math.min(inWidth, i * sizes.strideWidth - padInfo.left + sizes.filterWidth);
        for (let channel = 0; channel < inChannels; channel++) {
          let largest = -Infinity;
          let place = -1;
          for (let row = firstRow; row < endRow; row++)
            for (let column = firstColumn; column < endColumn; column++) {
              const at = ((sample * inHeight + row) * inWidth + column) * inChannels + channel;
              const value = memory[from + at]!;
              if (value > largest) {
                largest = value;
                place = at;
              }
            }
          if (place >= 0) memory[to + place]! += memory[gradient]!;
          gradient++;
        }
      }
    }
  return out;
}
