import type { OpOf } from '../../../network';
import type { LayerDefinition } from '../define';

const dropout = (name: string, variant: OpOf<'dropout'>['variant']): LayerDefinition => ({
  name,
  call: ({ settings, pointwise, opaque }) =>
    settings.has('noise_shape')
      ? opaque('Dropout with a shape of its own is not understood yet.')
      : pointwise({ kind: 'dropout', rate: settings.number('rate', 0), variant }),
});

/** x + noise while training; nothing in inference. */
const gaussianNoise: LayerDefinition = {
  name: 'GaussianNoise',
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

const passing = (name: string): LayerDefinition => ({ name, call: ({ x }) => x });

export const regularisationLayers: readonly LayerDefinition[] = [
  dropout('Dropout', 'element'),
  dropout('AlphaDropout', 'alpha'),
  dropout('SpatialDropout1D', 'channel'),
  dropout('SpatialDropout2D', 'channel'),
  dropout('SpatialDropout3D', 'channel'),
  gaussianNoise,
  gaussianDropout,
  passing('ActivityRegularization'),
  passing('Identity'),
  passing('InputLayer'),
  passing('Masking'),
];
