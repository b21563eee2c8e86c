import type { Shape } from '../../../network';
import { withoutSteps } from '../../kerasLayers/configuredLayer';
import type { Call, Value } from '../../python/values';
import { fromKerasShape } from '../sizes';

/** The shape at one step, as it is handed to `build`. */
export function stepShape(shape: Shape | undefined, { interpreter }: Call): Value {
  const step = withoutSteps(shape);
  return step ? fromKerasShape(step) : interpreter.unknown('input_shape', 'is not known here');
}

export function elementsOf(value: Value | undefined): readonly Value[] {
  if (!value) return [];
  return value.type === 'list' || value.type === 'tuple' ? value.items : [value];
}
