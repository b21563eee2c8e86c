import type { Shape } from '../../network';
import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import type { Site } from '../text/source';
import { InstanceValue, type Value } from '../python/values';
import type { Step } from '../kerasLayers/graph';
import { LayerTensor } from '../kerasLayers/tensor';
import { VariableState } from './variable';

/** `keras.KerasTensor` and `tf.Tensor`; their methods are put in by `tensorMethods.ts`. */
export const tensorClass = builtinClass('KerasTensor', [objectClass], {});
export const variableClass = builtinClass('Variable', [tensorClass], {});

export function makeTensor(step: Step, channelsFirst: boolean, site: Site): InstanceValue {
  return new InstanceValue(tensorClass, site, new LayerTensor(step, channelsFirst));
}

export function makeVariable(state: VariableState, site: Site): InstanceValue {
  return new InstanceValue(variableClass, site, state);
}

/** Undefined for everything that is not in the graph. */
export function symbolic(value: Value | undefined): LayerTensor | undefined {
  return value?.type === 'instance' && value.native instanceof LayerTensor ? value.native : undefined;
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
