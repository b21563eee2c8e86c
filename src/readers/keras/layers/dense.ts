import { lastSize, optional, type LayerDefinition } from './define';

const dense: LayerDefinition = {
  name: 'Dense',
  parameters: ['units', 'activation', 'use_bias', 'kernel_initializer', 'bias_initializer'],
  build: ({ shape, settings, weight }) => {
    const units = settings.dim('units');
    weight({
      name: 'kernel',
      shape: [lastSize(shape), units],
      role: 'weight',
      axes: ['in', 'out'],
      initializer: 'kernel_initializer',
      fallback: 'glorot_uniform',
    });
    if (settings.flag('use_bias', true))
      weight({
        name: 'bias',
        shape: [units],
        role: 'bias',
        axes: ['out'],
        initializer: 'bias_initializer',
        fallback: 'zeros',
      });
  },
  call: ({ shape, settings, key, natural, activated }) =>
    activated(
      natural({
        kind: 'linear',
        inFeatures: lastSize(shape),
        outFeatures: settings.dim('units'),
        weight: key('kernel') ?? '',
        ...optional('bias', key('bias')),
      }),
    ),
};

const embedding: LayerDefinition = {
  name: 'Embedding',
  parameters: ['input_dim', 'output_dim', 'embeddings_initializer'],
  build: ({ settings, weight }) => {
    weight({
      name: 'embeddings',
      shape: [settings.dim('input_dim'), settings.dim('output_dim')],
      role: 'embedding',
      axes: ['feature', 'out'],
      initializer: 'embeddings_initializer',
      fallback: 'uniform',
    });
  },
  call: ({ settings, key, natural }) =>
    natural({
      kind: 'embedding',
      vocabulary: settings.dim('input_dim'),
      features: settings.dim('output_dim'),
      weight: key('embeddings') ?? '',
    }),
};

export const denseLayers: readonly LayerDefinition[] = [dense, embedding];
