import { backend_util } from '@tensorflow/tfjs-core';
import type { Call } from './wasmHeap';

/** The sizes of a two-dimensional convolution or pooling over B×H×W×C maps, without dilation. */
export type ConvolutionSizes = ReturnType<typeof backend_util.computeConv2DInfo>;

type Size4 = [number, number, number, number];
type Pad = 'valid' | 'same' | number | backend_util.ExplicitPadding;

/** From the attributes of tfjs's convolution gradients. */
export function convolutionSizes(
  call: Call,
  inputShape: readonly number[],
  filterShape: readonly number[],
): ConvolutionSizes {
  const { strides, pad, dimRoundingMode, dataFormat } = call.attrs;
  if (dataFormat !== undefined && dataFormat !== 'NHWC') throw new Error('maps must be channels-last');
  return backend_util.computeConv2DInfo(
    inputShape as Size4,
    filterShape as Size4,
    strides as number | [number, number],
    1,
    pad as Pad,
    dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
}

/** From the attributes of tfjs's pooling gradients. */
export function poolingSizes(call: Call, inputShape: readonly number[]): ConvolutionSizes {
  const { filterSize, strides, pad, dimRoundingMode } = call.attrs;
  return backend_util.computePool2DInfo(
    inputShape as Size4,
    filterSize as number | [number, number],
    strides as number | [number, number],
    1,
    pad as Pad,
    dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
}
