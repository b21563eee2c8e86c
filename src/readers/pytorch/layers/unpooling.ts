import type { ClassValue } from '../../python/values';
import { layerClass, type LayerDefinition } from './define';

/** What has no parameters and is not followed, with the reason. */
const notFollowed = (name: string, parameters: readonly string[], reason: string): LayerDefinition => ({
  name,
  parameters,
  make: () => (use) => use.opaque(`${reason} (\`${name}\`) are not followed.`, use.inputs),
});

const definitions: readonly LayerDefinition[] = [
  ...[1, 2, 3].map((rank) =>
    notFollowed(
      `MaxUnpool${rank}d`,
      ['kernel_size', 'stride', 'padding'],
      'Values that go back to where they came from',
    ),
  ),
  ...[2, 3].map((rank) =>
    notFollowed(
      `FractionalMaxPool${rank}d`,
      ['kernel_size', 'output_size', 'output_ratio', 'return_indices'],
      'Windows of random sizes',
    ),
  ),
];

export const unpoolingClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  definitions.map((definition) => [definition.name, layerClass(definition)]),
);
