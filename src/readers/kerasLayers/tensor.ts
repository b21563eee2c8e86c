import { BATCH, type Shape } from '../../network';
import type { Step } from './graph';

/**
 * A tensor between layers: a value of the graph, and the order in which its axes are stored there.
 *
 * Pictures are batch × space × channels here, those of the network batch × channels × space. A value is stored as the operation
 * that made it leaves it, and permuted only where an operation sees the order: a stack of convolutions, norms, activations and pools
 * has one permutation in front, and a flatten flattens in the framework's order.
 */
export class LayerTensor {
  constructor(
    readonly step: Step,
    /** Whether the channels, last for the framework, are stored as axis 1. */
    readonly channelsFirst: boolean,
  ) {}

  /** As the framework says it. */
  get shape(): Shape | undefined {
    const { shape } = this.step;
    return shape && this.channelsFirst ? toLast(shape.length).map((axis) => shape[axis] ?? BATCH) : shape;
  }
}

/** Axes of batch × space × channels in the order batch × channels × space. */
export function toFirst(rank: number): readonly number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, at) => at + 1)];
}

/** And back. */
export function toLast(rank: number): readonly number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, at) => at + 2), 1];
}
