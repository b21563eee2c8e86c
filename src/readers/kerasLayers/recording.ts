import type { Op } from '../../network';
import { step, type Origin, type Step } from './graph';
import { LayerTensor, toFirst, toLast } from './tensor';

/** Adds operations to the graph for one use of a layer. */
export class Recording {
  constructor(readonly origin: Origin) {}

  /** Add an operation on values that are stored as it expects them. `channelsFirst` tells how its result is stored. */
  add(op: Op, inputs: readonly Step[], channelsFirst = false): LayerTensor {
    const made = this.step(op, inputs);
    return new LayerTensor(made, channelsFirst && made.shape !== undefined && made.shape.length > 2);
  }

  step(op: Op, inputs: readonly Step[]): Step {
    return step(op, inputs, this.origin);
  }

  /** The value with its axes in the framework's order. */
  natural({ step: stored, channelsFirst }: LayerTensor): Step {
    const rank = stored.shape?.length;
    return !channelsFirst || rank === undefined ? stored : this.step({ kind: 'permute', axes: toLast(rank) }, [stored]);
  }

  /** The value with its last axis, that of channels, as axis 1. */
  first({ step: stored, channelsFirst }: LayerTensor): Step {
    const rank = stored.shape?.length;
    if (channelsFirst || rank === undefined || rank < 3) return stored;
    return this.step({ kind: 'permute', axes: toFirst(rank) }, [stored]);
  }

  /** An operation that treats every element alike: its result is stored as its input is. */
  pointwise(op: Op, x: LayerTensor): LayerTensor {
    return this.add(op, [x.step], x.channelsFirst);
  }

  /** An operation, element by element, of several tensors. */
  joined(op: Op, inputs: readonly LayerTensor[]): LayerTensor {
    const { steps, channelsFirst } = this.alike(inputs);
    return this.add(op, steps, channelsFirst);
  }

  /** Tensors stored in one way: with channels first, where one of them is and all have as many axes. */
  alike(inputs: readonly LayerTensor[]): { readonly steps: readonly Step[]; readonly channelsFirst: boolean } {
    const ranks = new Set(inputs.map(({ step: { shape } }) => shape?.length));
    const channelsFirst = ranks.size === 1 && !ranks.has(undefined) && inputs.some((input) => input.channelsFirst);
    return { steps: inputs.map((input) => (channelsFirst ? this.first(input) : this.natural(input))), channelsFirst };
  }

  /** Something that is not understood; it depends on all of its inputs. */
  opaque(reason: string, inputs: readonly LayerTensor[], unlisted?: string): LayerTensor {
    const steps = inputs.map((input) => input.step);
    return new LayerTensor(step({ kind: 'opaque', reason }, steps, this.origin, unlisted), false);
  }
}
