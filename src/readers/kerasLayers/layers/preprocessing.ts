import type { LayerDefinition } from '../define';
import { interpolations } from './interpolation';

/** factor · x + offset. */
const rescaling: LayerDefinition = {
  name: 'Rescaling',
  parameters: ['scale', 'offset'],
  call: ({ settings, pointwise, opaque }) => {
    const [factor, offset] = [settings.get('scale'), settings.get('offset') ?? 0];
    return typeof factor === 'number' && typeof offset === 'number'
      ? pointwise({ kind: 'affine', factor, offset })
      : opaque('This scaling is not a number for all channels.');
  },
};

/** To a picture of another size. */
const resizing: LayerDefinition = {
  name: 'Resizing',
  parameters: ['height', 'width', 'interpolation', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio'],
  call: ({ settings, dialect, spatial, opaque }) => {
    const mode = interpolations[settings.text('interpolation', 'bilinear')];
    if (!mode) return opaque('This interpolation is not understood.');
    // TensorFlow.js takes other places between pixels than Keras.
    if (dialect.name === 'tfjs') return opaque('`Resizing` of TensorFlow.js is not understood yet.');
    const sizes = [settings.dim('height'), settings.dim('width')];
    return spatial({ kind: 'upsample', mode, target: { kind: 'output', sizes }, alignCorners: false });
  },
};

/** Chance changes that are made to pictures while training only. They have no parameters. */
const augmentations = [
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomContrast',
  'RandomBrightness',
  'RandomTranslation',
  'RandomHue',
  'RandomSaturation',
  'RandomColorJitter',
  'RandomErasing',
  'RandomGaussianBlur',
  'RandomGrayscale',
  'RandomInvert',
  'RandomPerspective',
  'RandomPosterization',
  'RandomSharpness',
  'RandomShear',
  'AutoContrast',
].map((name): LayerDefinition => ({
  name,
  parameters: ['factor'],
  // In inference they pass pictures on as they are.
  call: ({ x }) => x,
}));

/** What is known of it is that it has no trained parameters. */
const withoutParameters = [
  'StringLookup',
  'IntegerLookup',
  'TextVectorization',
  'CategoryEncoding',
  'Discretization',
  'Hashing',
  'HashedCrossing',
  'RandomCrop',
  'RandomWidth',
  'CenterCrop',
  'MelSpectrogram',
  'STFTSpectrogram',
].map((name): LayerDefinition => ({
  name,
  parameters: [],
  call: ({ opaque }) => opaque(`\`${name}\` is not followed.`),
}));

/** What has parameters that are not listed yet. */
const notYet = ['ReversibleEmbedding', 'TFSMLayer', 'JaxLayer', 'TorchModuleWrapper'].map((name): LayerDefinition => ({
  name,
  parameters: [],
  unlisted: `those of ${name}`,
  call: ({ opaque }) => opaque(`\`${name}\` is not understood yet.`),
}));

/** What comes before a network, and what is not followed. */
export const preprocessingLayers: readonly LayerDefinition[] = [
  rescaling,
  resizing,
  ...augmentations,
  ...withoutParameters,
  ...notYet,
];
