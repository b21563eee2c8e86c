import { numberOf, type Value } from '../../python/values';
import { optional, type LayerDefinition } from './define';

/** Whether a mask is shared along axes of space: whole channels are dropped. */
function isShared(dims: Value | undefined): boolean {
  return (dims?.type === 'tuple' || dims?.type === 'list') && dims.items.length > 0;
}

const dropout: LayerDefinition = {
  linen: { name: 'Dropout', fields: ['rate', 'broadcast_dims', 'deterministic', 'rng_collection'] },
  nnx: { name: 'Dropout', parameters: ['rate', 'broadcast_dims', 'deterministic', 'rng_collection'] },
  call: ({ args, pointwise, opaque }) => {
    const rate = numberOf(args.get('rate'));
    if (rate === undefined) return opaque('The rate of this dropout is not known.');
    return pointwise({ kind: 'dropout', rate, variant: isShared(args.get('broadcast_dims')) ? 'channel' : 'element' });
  },
};

/** A trained slope, one for all features. */
const prelu: LayerDefinition = {
  linen: { name: 'PReLU', fields: ['param_dtype', 'negative_slope_init'] },
  nnx: { name: 'PReLU', parameters: ['negative_slope_init', 'param_dtype'] },
  weights: ({ settings, weight }) => {
    const value = settings.number('negative_slope_init', 0.01);
    weight({
      name: 'negative_slope',
      shape: [],
      role: 'slope',
      axes: [],
      initializer: undefined,
      fallback: () => ({ kind: 'constant', value }),
    });
  },
  call: ({ key, pointwise, settings }) =>
    pointwise({
      kind: 'activation',
      activation: { kind: 'prelu', slope: settings.number('negative_slope_init', 0.01) },
      ...optional('slope', key('negative_slope')),
    }),
};

export const regularisationLayers: readonly LayerDefinition[] = [dropout, prelu];
