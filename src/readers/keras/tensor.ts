import { BATCH, type Shape } from '../../network';
import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import type { Site } from '../text/source';
import { InstanceValue, type Value } from '../python/values';
import type { Step } from './graph';
import { VariableState } from './variable';

/**
 * A tensor of Keras: a value of the graph, and the order in which its axes are stored there.
 *
 * Keras' pictures are batch × space × channels, those of the network batch × channels × space. A value is stored as the operation
 * that made it leaves it, and permuted only where an operation sees the order: a stack of convolutions, norms, activations and pools
 * has one permutation in front, and a flatten flattens in Keras' order.
 */
export class SymbolicTensor {
  constructor(
    readonly step: Step,
    /** Whether the channels, last for Keras, are stored as axis 1. */
    readonly channelsFirst: boolean,
  ) {}

  /** As Keras says it. */
  get shape(): Shape | undefined {
    const { shape } = this.step;
    return shape && this.channelsFirst ? permuted(shape, toLast(shape.length)) : shape;
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

export function permuted(shape: Shape, axes: readonly number[]): Shape {
  return axes.map((axis) => shape[axis] ?? BATCH);
}

/** `keras.KerasTensor` and `tf.Tensor`; their methods are put in by `tensorMethods.ts`. */
export const tensorClass = builtinClass('KerasTensor', [objectClass], {});
export const variableClass = builtinClass('Variable', [tensorClass], {});

export function makeTensor(step: Step, channelsFirst: boolean, site: Site): InstanceValue {
  return new InstanceValue(tensorClass, site, new SymbolicTensor(step, channelsFirst));
}

export function makeVariable(state: VariableState, site: Site): InstanceValue {
  return new InstanceValue(variableClass, site, state);
}

/** Undefined for everything that is not in the graph. */
export function symbolic(value: Value | undefined): SymbolicTensor | undefined {
  return value?.type === 'instance' && value.native instanceof SymbolicTensor ? value.native : undefined;
}

export function variableState(value: Value | undefined): VariableState | undefined {
  return value?.type === 'instance' && value.native instanceof VariableState ? value.native : undefined;
}

/** The tensors among some values, looked for inside of tuples, lists and dicts as well. */
export function tensorsIn(values: readonly Value[]): readonly InstanceValue[] {
  return values.flatMap((value): readonly InstanceValue[] => {
    switch (value.type) {
      case 'tuple':
      case 'list':
        return tensorsIn(value.items);
      case 'dict':
        return tensorsIn([...value.entries.values()].map(([, entry]) => entry));
      case 'instance':
        return symbolic(value) ? [value] : [];
      default:
        return [];
    }
  });
}

/** The shape of a tensor or a variable; undefined where it is not known. */
export function shapeOf(value: Value | undefined): Shape | undefined {
  return symbolic(value)?.shape ?? variableState(value)?.shape;
}
