import { numberOf, type Value } from '../../python/values';
import { buildLayer } from '../layer';
import { isLayer, layerState } from '../layerState';
import { shapeOf } from '../tensor';
import type { LayerDefinition } from './define';

/** A function as a layer. */
const lambda: LayerDefinition = {
  name: 'Lambda',
  parameters: ['function', 'output_shape', 'mask', 'arguments'],
  call: ({ args, use }) => {
    const callee = args.value('function');
    const more = args.get('arguments');
    const keywords = new Map(use.keywords);
    if (more?.type === 'dict')
      for (const [key, value] of more.entries.values()) if (key.type === 'str') keywords.set(key.value, value);
    return use.interpreter.call(callee, { positional: use.positional, keywords });
  },
};

/** factor · x + offset. */
const rescaling: LayerDefinition = {
  name: 'Rescaling',
  parameters: ['scale', 'offset'],
  call: ({ args, pointwise, opaque }) => {
    const [factor, offset] = [numberOf(args.value('scale')), numberOf(args.get('offset') ?? { type: 'int', value: 0 })];
    return factor === undefined || offset === undefined
      ? opaque('This scaling is not a number for all channels.')
      : pointwise({ kind: 'affine', factor, offset });
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
  call: ({ x }): Value => x,
}));

/** To a picture of another size. */
const resizing: LayerDefinition = {
  name: 'Resizing',
  parameters: ['height', 'width', 'interpolation', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio'],
  call: ({ settings, spatial, opaque }) => {
    const modes: Readonly<Record<string, 'nearest' | 'linear' | 'cubic'>> = {
      nearest: 'nearest',
      bilinear: 'linear',
      bicubic: 'cubic',
    };
    const mode = modes[settings.text('interpolation', 'bilinear')];
    return mode
      ? spatial({
          kind: 'upsample',
          mode,
          target: { kind: 'output', sizes: [settings.dim('height'), settings.dim('width')] },
          alignCorners: false,
        })
      : opaque('This interpolation is not understood.');
  },
};

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
  'CenterCrop',
  'MelSpectrogram',
  'STFTSpectrogram',
].map((name): LayerDefinition => ({
  name,
  parameters: [],
  call: ({ opaque }) => opaque(`\`${name}\` is not followed.`),
}));

/** What has parameters that are not listed yet. */
const notYet = [
  'ConvLSTM1D',
  'ConvLSTM2D',
  'ConvLSTM3D',
  'ConvLSTMCell',
  'ReversibleEmbedding',
  'TFSMLayer',
  'JaxLayer',
  'TorchModuleWrapper',
].map((name): LayerDefinition => ({
  name,
  parameters: [],
  call: ({ recording, tensors }) => recording.opaque(`\`${name}\` is not understood yet.`, tensors, `those of ${name}`),
}));

/** A layer around another: it is built with it, under its own name. */
const spectralNormalization: LayerDefinition = {
  name: 'SpectralNormalization',
  parameters: ['layer', 'power_iterations'],
  initialise: ({ state, args }) => {
    const inner = args.get('layer');
    if (isLayer(inner)) state.layers = [inner];
  },
  build: ({ state, shapes, call, weight }) => {
    const [inner] = state.layers;
    if (!inner) return;
    if (!layerState(inner)?.built) buildLayer(inner, shapes, call);
    const kernel = layerState(inner)?.variables.get('kernel') ?? layerState(inner)?.variables.get('embeddings');
    const size = kernel && shapeOf(kernel)?.at(-1);
    if (size !== undefined)
      weight({
        name: 'vector_u',
        shape: [1, size],
        role: 'weight',
        axes: ['feature', 'feature'],
        initializer: undefined,
        fallback: 'truncated_normal',
        trained: false,
      });
  },
  call: ({ opaque }) => opaque('A weight that is divided by its largest singular value is not understood yet.'),
};

export const otherLayers: readonly LayerDefinition[] = [
  lambda,
  rescaling,
  resizing,
  spectralNormalization,
  ...augmentations,
  ...withoutParameters,
  ...notYet,
];
