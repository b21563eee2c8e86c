import type { Dim, Shape } from '../../../network';
import { float, none, type ClassValue } from '../../python/values';
import { ones, zeros } from '../defaults';
import { fromDim, fromShape, toShape } from '../../frameworks/sizes';
import { layerClass, optional, type LayerDefinition, type LayerSetup } from './define';
import { lazyClass } from './lazy';

const channelNormParameters = ['num_features', 'eps', 'momentum', 'affine', 'track_running_stats', 'device', 'dtype'];

/** What batch norms and instance norms share: they differ in what is on by default. */
function channelNorm(setup: LayerSetup, on: boolean): { readonly channels: Dim; readonly epsilon: number } {
  const { settings, attribute, buffer } = setup;
  const channels = settings.dim('num_features');
  attribute('num_features', fromDim(channels));
  const momentum = settings.args.get('momentum');
  attribute('momentum', momentum ?? float(0.1));
  affine(setup, [channels], settings.flag('affine', on));
  if (settings.flag('track_running_stats', on)) {
    buffer('running_mean', [channels], 0);
    buffer('running_var', [channels], 1);
    buffer('num_batches_tracked', [], 0);
  } else for (const name of ['running_mean', 'running_var', 'num_batches_tracked']) attribute(name, none);
  return { channels, epsilon: settings.number('eps', 1e-5) };
}

const batchNorm = (name: string, base?: ClassValue): LayerDefinition => ({
  name,
  ...(base ? { base } : {}),
  parameters: name === 'SyncBatchNorm' ? channelNormParameters.toSpliced(5, 0, 'process_group') : channelNormParameters,
  make: (setup) => {
    const { channels, epsilon } = channelNorm(setup, true);
    return ({ path, bufferPath }) => {
      const [mean, variance] = [bufferPath('running_mean'), bufferPath('running_var')];
      return {
        kind: 'batchNorm',
        channels,
        epsilon,
        ...optional('scale', path('weight')),
        ...optional('shift', path('bias')),
        ...(mean !== undefined && variance !== undefined ? { running: { mean, variance } } : {}),
      };
    };
  },
  methods: { reset_running_stats: () => none },
});

const instanceNorm = (name: string, base?: ClassValue): LayerDefinition => ({
  name,
  ...(base ? { base } : {}),
  parameters: channelNormParameters,
  make: (setup) => {
    const { channels, epsilon } = channelNorm(setup, false);
    return ({ path, bufferPath, trace, site }) => {
      if (bufferPath('running_mean') !== undefined)
        trace.assume('Judged as in training: in evaluation this InstanceNorm uses its running statistics.', site);
      return {
        kind: 'groupNorm',
        groups: channels,
        channels,
        epsilon,
        ...optional('scale', path('weight')),
        ...optional('shift', path('bias')),
      };
    };
  },
});

const groupNorm: LayerDefinition = {
  name: 'GroupNorm',
  parameters: ['num_groups', 'num_channels', 'eps', 'affine', 'device', 'dtype'],
  make: (setup) => {
    const groups = setup.settings.dim('num_groups');
    const channels = setup.settings.dim('num_channels');
    const epsilon = setup.settings.number('eps', 1e-5);
    setup.attribute('num_channels', fromDim(channels));
    affine(setup, [channels], setup.settings.flag('affine', true));
    return ({ path }) => ({
      kind: 'groupNorm',
      groups,
      channels,
      epsilon,
      ...optional('scale', path('weight')),
      ...optional('shift', path('bias')),
    });
  },
};

const layerNorm = (center: boolean): LayerDefinition => ({
  name: center ? 'LayerNorm' : 'RMSNorm',
  parameters: ['normalized_shape', 'eps', 'elementwise_affine', ...(center ? ['bias'] : []), 'device', 'dtype'],
  make: (setup) => {
    const given = setup.settings.args.value('normalized_shape');
    const normalizedShape = toShape(setup.settings.args.call.interpreter, [given]) ?? [unknownSize(given)];
    const epsilon = setup.settings.number('eps', center ? 1e-5 : 2 ** -23);
    setup.attribute('normalized_shape', fromShape(normalizedShape));
    const shift = center && setup.settings.flag('bias', true);
    affine(setup, normalizedShape, setup.settings.flag('elementwise_affine', true), shift);
    return ({ path }) => ({
      kind: 'layerNorm',
      normalizedShape,
      center,
      epsilon,
      ...optional('scale', path('weight')),
      ...optional('shift', path('bias')),
    });
  },
});

function unknownSize(value: Parameters<typeof toShape>[1][number]): Dim {
  return value.type === 'unknown'
    ? { symbol: value.symbol, reason: `\`${value.symbol}\` ${value.cause}` }
    : { symbol: '?' };
}

/** γ = 1 and, where there is one, β = 0. */
function affine({ parameter, attribute }: LayerSetup, shape: Shape, scale: boolean, shift = true): void {
  const axes = shape.map(() => 'feature' as const);
  if (scale) parameter('weight', 'normScale', shape, axes, ones);
  else attribute('weight', none);
  if (scale && shift) parameter('bias', 'normShift', shape, axes, zeros);
  else attribute('bias', none);
}

/** What all batch norms and all instance norms are instances of. */
export const batchNormBase = layerClass(batchNorm('_BatchNorm'));
export const instanceNormBase = layerClass(instanceNorm('_InstanceNorm'));

const definitions: readonly LayerDefinition[] = [
  ...['BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d', 'SyncBatchNorm'].map((name) => batchNorm(name, batchNormBase)),
  ...['InstanceNorm1d', 'InstanceNorm2d', 'InstanceNorm3d'].map((name) => instanceNorm(name, instanceNormBase)),
  groupNorm,
  layerNorm(false),
];

export const layerNormClass = layerClass(layerNorm(true));

export const normalisationClasses: Readonly<Record<string, ClassValue>> = {
  ...Object.fromEntries(definitions.map((definition) => [definition.name, layerClass(definition)])),
  ...Object.fromEntries(
    ([1, 2, 3] as const).flatMap((rank) =>
      [batchNorm(`BatchNorm${rank}d`, batchNormBase), instanceNorm(`InstanceNorm${rank}d`, instanceNormBase)].map(
        (definition) => {
          const name = `Lazy${definition.name}`;
          return [name, lazyClass(name, definition, 'num_features', 1)] as const;
        },
      ),
    ),
  ),
  LayerNorm: layerNormClass,
};
