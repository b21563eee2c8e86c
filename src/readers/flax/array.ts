import type { Shape } from '../../network';
import { inputStep, type Step } from '../kerasLayers/graph';
import { Recording } from '../keras/recording';
import { LayerTensor } from '../kerasLayers/tensor';
import type { VariableState } from '../keras/variable';
import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { InstanceValue, type Call } from '../python/values';
import type { Site } from '../text/source';
import { flaxSession } from './session';

/** `jax.Array`; its methods are put in by `arrayMethods.ts`. */
export const arrayClass = builtinClass('Array', [objectClass], {});

/** A parameter, or a buffer: what `self.param` gives, an `nnx.Param`. */
export const variableClass = builtinClass('Variable', [arrayClass], {});

/** Adds operations on arrays to the graph, as one of the module whose method is open. */
export class ArrayRecording extends Recording {
  /** @param isLayer whether a layer of Flax itself is what computes; else it is a function that the open module uses. */
  constructor(call: Call, isLayer: boolean) {
    super(call, isLayer, flaxSession(call.interpreter));
  }

  override tensor(made: Step, channelsFirst = false): InstanceValue {
    return makeArray(made, channelsFirst, this.call.site);
  }
}

function makeArray(step: Step, channelsFirst: boolean, site: Site): InstanceValue {
  return new InstanceValue(arrayClass, site, new LayerTensor(step, channelsFirst));
}

/** An array that stands for an input of this shape. */
export function placeholder(name: string, shape: Shape | undefined, site: Site): InstanceValue {
  return makeArray(inputStep(name, shape, { owner: undefined, isLayer: false, site }), false, site);
}

export function makeVariable(state: VariableState, site: Site): InstanceValue {
  return new InstanceValue(variableClass, site, state);
}
