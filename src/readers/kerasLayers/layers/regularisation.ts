import type { OpOf, Shape } from '../../../network';
import type { LayerDefinition } from '../define';
import { isList, type Setting } from '../settings';

type Variant = OpOf<'dropout'>['variant'];

const dropout = (name: string, variant: Variant): LayerDefinition => ({
  name,
  parameters: ['rate', 'noise_shape', 'seed'],
  call: ({ settings, shape, pointwise, opaque }) => {
    const shared = settings.has('noise_shape') ? sharedBy(settings.get('noise_shape'), shape) : variant;
    return shared
      ? pointwise({ kind: 'dropout', rate: settings.number('rate', 0), variant: shared })
      : opaque('Dropout with a mask of this shape is not understood yet.');
  },
});

/** What a mask of this shape drops: whole samples (`(None, 1, 1, 1)`) or whole channels (`(None, 1, 1, 64)`). */
function sharedBy(given: Setting | undefined, shape: Shape | undefined): Variant | undefined {
  if (!isList(given) || given.length !== shape?.length) return undefined;
  const one = given.map((size) => size === 1);
  if (one[0] === true) return undefined;
  if (one.slice(1).every(Boolean)) return 'sample';
  return one.at(-1) === false && one.slice(1, -1).every(Boolean) ? 'channel' : undefined;
}

/** x + noise while training; nothing in inference. */
const gaussianNoise: LayerDefinition = {
  name: 'GaussianNoise',
  parameters: ['stddev', 'seed'],
  call: ({ recording, settings, x }) => {
    const { steps, channelsFirst } = recording.alike([x]);
    const drawn = recording.add({ kind: 'noise', distribution: 'normal' }, steps, channelsFirst);
    const noise = recording.pointwise({ kind: 'affine', factor: settings.number('stddev', 1), offset: 0 }, drawn);
    return recording.joined({ kind: 'add' }, [x, noise]);
  },
};

/** x · N(1, p/(1 − p)): the moments of dropout, without zeros. */
const gaussianDropout: LayerDefinition = {
  name: 'GaussianDropout',
  parameters: ['rate', 'seed'],
  call: ({ recording, settings, x }) => {
    const rate = settings.number('rate', 0);
    const { steps, channelsFirst } = recording.alike([x]);
    const drawn = recording.add({ kind: 'noise', distribution: 'normal' }, steps, channelsFirst);
    const factor = Math.sqrt(rate / (1 - rate));
    return recording.joined({ kind: 'multiply' }, [
      x,
      recording.pointwise({ kind: 'affine', factor, offset: 1 }, drawn),
    ]);
  },
};

const passing = (name: string, parameters: readonly string[] = []): LayerDefinition => ({
  name,
  parameters,
  call: ({ x }) => x,
});

export const regularisationLayers: readonly LayerDefinition[] = [
  dropout('Dropout', 'element'),
  dropout('AlphaDropout', 'alpha'),
  dropout('SpatialDropout1D', 'channel'),
  dropout('SpatialDropout2D', 'channel'),
  dropout('SpatialDropout3D', 'channel'),
  gaussianNoise,
  gaussianDropout,
  passing('ActivityRegularization', ['l1', 'l2']),
  passing('Identity'),
  passing('InputLayer'),
  passing('Masking', ['mask_value']),
];
