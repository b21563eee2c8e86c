import { affineParameters, biasWeight, lastSize, optional, type LayerDefinition } from '../define';

const dense: LayerDefinition = {
  name: 'Dense',
  parameters: ['units', 'activation', ...affineParameters],
  build: (building) => {
    const { shape, settings, dialect, weight } = building;
    weight({
      name: 'kernel',
      shape: [lastSize(shape, settings), settings.dim('units')],
      role: 'weight',
      axes: ['in', 'out'],
      initializer: 'kernel_initializer',
      fallback: dialect.kernelInitializer,
    });
    biasWeight(building, settings.dim('units'));
  },
  call: ({ shape, settings, key, natural, activated }) =>
    activated(
      natural({
        kind: 'linear',
        inFeatures: lastSize(shape, settings),
        outFeatures: settings.dim('units'),
        weight: key('kernel') ?? '',
        ...optional('bias', key('bias')),
      }),
    ),
};

const embedding: LayerDefinition = {
  name: 'Embedding',
  parameters: ['input_dim', 'output_dim', 'embeddings_initializer'],
  build: ({ settings, weight }) =>
    weight({
      name: 'embeddings',
      shape: [settings.dim('input_dim'), settings.dim('output_dim')],
      role: 'embedding',
      axes: ['feature', 'out'],
      initializer: 'embeddings_initializer',
      fallback: 'random_uniform',
    }),
  call: ({ settings, key, natural }) =>
    natural({
      kind: 'embedding',
      vocabulary: settings.dim('input_dim'),
      features: settings.dim('output_dim'),
      weight: key('embeddings') ?? '',
    }),
};

export const denseLayers: readonly LayerDefinition[] = [dense, embedding];
