import type { TensorInfo } from '../checkpoint';
import { elementCount } from '../dense';
import { bufferReason, elsewhere } from './kinds';

/** How many numbers a checkpoint holds, by what they are; those of tied tensors once. */
export interface TensorTotals {
  readonly parameters: number;
  readonly buffers: number;
  /** State of optimisers. */
  readonly optimizer: number;
}

export function tensorTotals(tensors: readonly TensorInfo[]): TensorTotals {
  const names = new Set(tensors.map(({ name }) => name));
  const totals = { parameters: 0, buffers: 0, optimizer: 0 };
  for (const tensor of tensors) {
    if (tensor.sharedWith !== undefined) continue;
    const count = elementCount(tensor.shape);
    if (elsewhere(tensor.name, false) !== undefined) totals.optimizer += count;
    else if (bufferReason(tensor, names) !== undefined) totals.buffers += count;
    else totals.parameters += count;
  }
  return totals;
}
