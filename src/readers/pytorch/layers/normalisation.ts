import type { Dim, Shape } from '../../../network';
import type { ClassValue } from '../../python/values';
import { ones, zeros } from '../defaults';
import { fromDim, fromShape, toShape } from '../sizes';
import { layerClass, optional, type LayerDefinition, type LayerSetup } from './define';

const batchNorm = (name: string): LayerDefinition => ({
  name,
  parameters: ['num_features', 'eps', 'momentum', 'affine', 'track_running_stats', 'device', 'dtype'],
  make: (setup) => {
    const channels = setup.settings.dim('num_features');
    const epsilon = setup.settings.number('eps', 1e-5);
    setup.attribute('num_features', fromDim(channels));
    if (setup.settings.flag('affine', true)) affine(setup, [channels], true);
    return (path) => ({
      kind: 'batchNorm',
      channels,
      epsilon,
      ...optional('scale', path('weight')),
      ...optional('shift', path('bias')),
    });
  },
});

const instanceNorm = (name: string): LayerDefinition => ({
  name,
  parameters: ['num_features', 'eps', 'momentum', 'affine', 'track_running_stats', 'device', 'dtype'],
  make: (setup) => {
    const channels = setup.settings.dim('num_features');
    const epsilon = setup.settings.number('eps', 1e-5);
    setup.attribute('num_features', fromDim(channels));
    if (setup.settings.flag('affine', false)) affine(setup, [channels], true);
    return (path) => ({
      kind: 'groupNorm',
      groups: channels,
      channels,
      epsilon,
      ...optional('scale', path('weight')),
      ...optional('shift', path('bias')),
    });
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
    if (setup.settings.flag('affine', true)) affine(setup, [channels], true);
    return (path) => ({
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
    if (setup.settings.flag('elementwise_affine', true))
      affine(setup, normalizedShape, center && setup.settings.flag('bias', true));
    return (path) => ({
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
function affine({ parameter, attribute }: LayerSetup, shape: Shape, shift: boolean): void {
  const axes = shape.map(() => 'feature' as const);
  parameter('weight', 'normScale', shape, axes, ones);
  if (shift) parameter('bias', 'normShift', shape, axes, zeros);
  else attribute('bias', { type: 'none' });
}

const definitions: readonly LayerDefinition[] = [
  ...['BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d', 'SyncBatchNorm'].map(batchNorm),
  ...['InstanceNorm1d', 'InstanceNorm2d', 'InstanceNorm3d'].map(instanceNorm),
  groupNorm,
  layerNorm(true),
  layerNorm(false),
];

export const normalisationClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  definitions.map((definition) => [definition.name, layerClass(definition)]),
);
