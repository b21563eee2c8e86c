import type { OpOf, Shape } from '../../../network';
import { none, numberOf, type Value } from '../../python/values';
import type { LayerDefinition, Using } from './define';

type Variant = OpOf<'dropout'>['variant'];

const dropout = (name: string, variant: Variant): LayerDefinition => ({
  name,
  parameters: ['rate', 'noise_shape', 'seed'],
  call: ({ args, settings, shape, pointwise, opaque }) => {
    const given = args.get('noise_shape') ?? none;
    const shared = given.type === 'none' ? variant : sharedBy(given, shape);
    return shared
      ? pointwise({ kind: 'dropout', rate: settings.number('rate', 0), variant: shared })
      : opaque('Dropout with a mask of this shape is not understood yet.');
  },
});

/** What a mask of this shape drops: whole samples (`(None, 1, 1, 1)`) or whole channels (`(None, 1, 1, 64)`). */
function sharedBy(given: Value, shape: Shape | undefined): Variant | undefined {
  if ((given.type !== 'tuple' && given.type !== 'list') || given.items.length !== shape?.length) return undefined;
  const one = given.items.map((item) => numberOf(item) === 1);
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
    const scaled = recording.pointwise({ kind: 'affine', factor: settings.number('stddev', 1), offset: 0 }, drawn);
    return recording.joined({ kind: 'add' }, [x, scaled]);
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
    const scaled = recording.pointwise({ kind: 'affine', factor: Math.sqrt(rate / (1 - rate)), offset: 1 }, drawn);
    return recording.joined({ kind: 'multiply' }, [x, scaled]);
  },
};

const passing = (name: string, parameters: readonly string[] = []): LayerDefinition => ({
  name,
  parameters,
  call: ({ x }: Using): Value => x,
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
  passing('Masking', ['mask_value']),
];
