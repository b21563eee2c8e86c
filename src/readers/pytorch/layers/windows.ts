import type { ClassValue } from '../../python/values';
import { perAxis } from '../../frameworks/sizes';
import { layerClass, type LayerDefinition } from './define';

const windowParameters = ['kernel_size', 'dilation', 'padding', 'stride'];

const unfold: LayerDefinition = {
  name: 'Unfold',
  parameters: windowParameters,
  make: ({ settings: { args } }) => {
    const two = (name: string, fallback: number): readonly [number, number] | ReturnType<typeof perAxis> =>
      perAxis(args.get(name), 2, [fallback, fallback]);
    const kernel = perAxis(args.value('kernel_size'), 2, [1, 1]);
    return () => ({
      kind: 'unfold',
      kernel,
      stride: two('stride', 1),
      padding: two('padding', 0),
      dilation: two('dilation', 1),
    });
  },
};

/** What has no parameters and is not followed, with the reason. */
const notFollowed = (name: string, parameters: readonly string[], reason: string): LayerDefinition => ({
  name,
  parameters,
  make: () => (use) => use.opaque(reason, use.inputs),
});

const unpooling = ['kernel_size', 'stride', 'padding'];
const fractional = ['kernel_size', 'output_size', 'output_ratio', 'return_indices'];

const definitions: readonly LayerDefinition[] = [
  unfold,
  notFollowed('Fold', ['output_size', ...windowParameters], 'The sum of overlapping windows (`Fold`) is not followed.'),
  ...[1, 2, 3].map((rank) =>
    notFollowed(
      `MaxUnpool${rank}d`,
      unpooling,
      `Values that go back to the places they came from (\`MaxUnpool${rank}d\`) are not followed.`,
    ),
  ),
  ...[2, 3].map((rank) =>
    notFollowed(
      `FractionalMaxPool${rank}d`,
      fractional,
      `Windows of random sizes (\`FractionalMaxPool${rank}d\`) are not followed.`,
    ),
  ),
];

export const windowClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  definitions.map((definition) => [definition.name, layerClass(definition)]),
);
