import type { Dim } from '../../../network';
import { axisOf } from '../../../network';
import type { ClassValue } from '../../python/values';
import { toShape } from '../../frameworks/sizes';
import { layerClass, type LayerDefinition } from './define';

const flatten: LayerDefinition = {
  name: 'Flatten',
  parameters: ['start_dim', 'end_dim'],
  make: ({ settings }) => {
    const start = settings.number('start_dim', 1);
    const end = settings.number('end_dim', -1);
    return () => ({ kind: 'flatten', start, end });
  },
};

const unflatten: LayerDefinition = {
  name: 'Unflatten',
  parameters: ['dim', 'unflattened_size'],
  make: ({ settings }) => {
    const dim = settings.number('dim', 1);
    const sizes = toShape(settings.args.call.interpreter, [settings.args.value('unflattened_size')]);
    return ({ trace, inputs }) => {
      const shape = inputs[0] && trace.shape(inputs[0]);
      const axis = shape && axisOf(dim, shape.length);
      if (!sizes || !shape || axis === undefined)
        return { kind: 'opaque', reason: 'The sizes of this Unflatten are not known.' };
      const result: readonly Dim[] = [...shape.slice(0, axis), ...sizes, ...shape.slice(axis + 1)];
      return { kind: 'reshape', shape: result };
    };
  },
};

const identity: LayerDefinition = { name: 'Identity', parameters: [], make: () => () => ({ kind: 'identity' }) };

export const shapingClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  [flatten, unflatten, identity].map((definition) => [definition.name, layerClass(definition)]),
);
