import { isKnown, type Dim } from '../../../network';
import { numberOf } from '../../python/values';
import { defaults } from '../initializers';
import { optional, unknownSize, type LayerDefinition, type Made, type Making, type Using } from './define';

const dtypes = ['dtype', 'param_dtype'];
const affine = ['use_bias', 'use_scale', 'bias_init', 'scale_init'];

function affineWeights({ into, settings, weight }: Making, shifts = true): void {
  const common = { shape: [into], axes: ['feature'] } as const;
  if (settings.flag('use_scale', true))
    weight({ name: 'scale', ...common, role: 'normScale', initializer: 'scale_init', fallback: defaults.ones });
  if (shifts && settings.flag('use_bias', true))
    weight({ name: 'bias', ...common, role: 'normShift', initializer: 'bias_init', fallback: defaults.zeros });
}

const affineKeys = ({ key }: Using): { scale?: string; shift?: string } => ({
  ...optional('scale', key('scale')),
  ...optional('shift', key('bias')),
});

/** Whether a norm is taken over the last axis alone, as it is where nothing is said. */
function overLast({ args, shape }: Using, ...names: readonly string[]): boolean {
  return names.every((name) => {
    const given = args.get(name);
    const [only, ...more] = given?.type === 'tuple' || given?.type === 'list' ? given.items : [given];
    const axis = only === undefined || only.type === 'none' ? -1 : numberOf(only);
    return more.length === 0 && (axis === -1 || (shape !== undefined && axis === shape.length - 1));
  });
}

const elsewhere = 'A norm over other axes than the last one is not understood yet.';

const batchNorm: LayerDefinition = {
  linen: {
    name: 'BatchNorm',
    fields: ['use_running_average', 'axis', 'momentum', 'epsilon', ...dtypes, ...affine],
  },
  nnx: {
    name: 'BatchNorm',
    parameters: ['num_features', 'use_running_average', 'axis', 'momentum', 'epsilon', ...dtypes, ...affine],
    into: 'num_features',
  },
  weights: (making) => {
    affineWeights(making);
    for (const [name, fallback] of [
      ['mean', defaults.zeros],
      ['var', defaults.ones],
    ] as const)
      making.weight({
        name,
        shape: [making.into],
        role: 'weight',
        axes: ['feature'],
        initializer: undefined,
        fallback,
        collection: 'batch_stats',
      });
  },
  call: (using) => {
    const { into, settings, key, spatial, opaque } = using;
    const [mean, variance] = [key('mean'), key('var')];
    if (!overLast(using, 'axis')) return opaque(elsewhere);
    return spatial({
      kind: 'batchNorm',
      channels: into,
      epsilon: settings.number('epsilon', 1e-5),
      ...affineKeys(using),
      ...(mean !== undefined && variance !== undefined ? { running: { mean, variance } } : {}),
    });
  },
};

const overFeatures = (name: string, center: boolean): LayerDefinition => {
  const settings = [
    'epsilon',
    ...dtypes,
    ...(center ? affine : ['use_scale', 'scale_init']),
    'reduction_axes',
    'feature_axes',
  ];
  return {
    linen: { name, fields: settings },
    nnx: { name, parameters: ['num_features', ...settings], into: 'num_features' },
    weights: (making) => affineWeights(making, center),
    call: (using) =>
      overLast(using, 'reduction_axes', 'feature_axes')
        ? using.natural({
            kind: 'layerNorm',
            normalizedShape: [using.into],
            center,
            epsilon: using.settings.number('epsilon', 1e-6),
            ...affineKeys(using),
          })
        : using.opaque(elsewhere),
  };
};

/** How many groups there are: told, or by how many channels one has. */
function groupsOf({ args, settings }: Made, channels: Dim): Dim {
  const size = args.get('group_size');
  if (!size || size.type === 'none') return args.has('num_groups') ? settings.dim('num_groups') : 32;
  const each = settings.dim('group_size');
  return isKnown(each) && isKnown(channels) ? channels / each : unknownSize('the number of groups');
}

const groupSettings = ['num_groups', 'group_size', 'epsilon', ...dtypes, ...affine, 'reduction_axes'];

const groupNorm: LayerDefinition = {
  linen: { name: 'GroupNorm', fields: groupSettings },
  nnx: { name: 'GroupNorm', parameters: ['num_features', ...groupSettings], into: 'num_features' },
  weights: affineWeights,
  call: (using) =>
    overLast(using, 'reduction_axes')
      ? using.spatial({
          kind: 'groupNorm',
          groups: groupsOf(using, using.into),
          channels: using.into,
          epsilon: using.settings.number('epsilon', 1e-6),
          ...affineKeys(using),
        })
      : using.opaque(elsewhere),
};

const instanceSettings = ['epsilon', ...dtypes, ...affine, 'feature_axes'];

const instanceNorm: LayerDefinition = {
  linen: { name: 'InstanceNorm', fields: instanceSettings },
  nnx: { name: 'InstanceNorm', parameters: ['num_features', ...instanceSettings], into: 'num_features' },
  weights: affineWeights,
  call: (using) =>
    using.spatial({
      kind: 'groupNorm',
      groups: using.into,
      channels: using.into,
      epsilon: using.settings.number('epsilon', 1e-6),
      ...affineKeys(using),
    }),
};

export const normalisationLayers: readonly LayerDefinition[] = [
  batchNorm,
  overFeatures('LayerNorm', true),
  overFeatures('RMSNorm', false),
  groupNorm,
  instanceNorm,
];
