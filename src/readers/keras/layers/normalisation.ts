import type { Dim, ParameterRole, Shape } from '../../../network';
import { numberOf, type Value } from '../../python/values';
import { lastSize, optional, type Building, type LayerDefinition, type Using } from './define';

/** `axis` of a norm, counted from the front; undefined where it is not one known axis. */
function axisOf({ args, shape }: Pick<Using, 'args' | 'shape'>): number | undefined {
  const given = args.get('axis');
  const [only, ...more] = given?.type === 'list' || given?.type === 'tuple' ? given.items : [given];
  const axis = only === undefined ? -1 : numberOf(only);
  if (axis === undefined || more.length > 0) return undefined;
  return axis < 0 && shape ? axis + shape.length : axis;
}

/** Axes of a norm that is taken over several, each counted from the back. */
function axesOf({ args, shape }: Pick<Using, 'args' | 'shape'>): readonly number[] | undefined {
  const given = args.get('axis');
  const items: readonly Value[] =
    given?.type === 'list' || given?.type === 'tuple' ? given.items : given ? [given] : [];
  const axes = items.length === 0 ? [-1] : items.map(numberOf);
  if (!shape) return axes.length === 1 && axes[0] === -1 ? [-1] : undefined;
  const known = axes.flatMap((axis) => (axis === undefined ? [] : [axis < 0 ? axis : axis - shape.length]));
  return known.length === axes.length ? known.sort((a, b) => a - b) : undefined;
}

/** Whether axes are the last ones of a tensor, none left out. */
function areLast(axes: readonly number[] | undefined): axes is readonly number[] {
  return axes?.every((axis, at) => axis === at - axes.length) ?? false;
}

function sizesAt(shape: Shape | undefined, axes: readonly number[] | undefined): Shape {
  return axes?.map((axis) => shape?.at(axis) ?? lastSize(undefined)) ?? [lastSize(undefined)];
}

const affine = ['center', 'scale', 'beta_initializer', 'gamma_initializer'];

function affineWeights({ settings, weight }: Building, shape: Shape): void {
  const make = (name: string, role: ParameterRole, initializer: string, fallback: string): unknown =>
    weight({ name, shape, role, axes: shape.map(() => 'feature'), initializer, fallback });
  if (settings.flag('scale', true)) make('gamma', 'normScale', 'gamma_initializer', 'ones');
  if (settings.flag('center', true)) make('beta', 'normShift', 'beta_initializer', 'zeros');
}

const affineKeys = ({ key }: Using): { scale?: string; shift?: string } => ({
  ...optional('scale', key('gamma')),
  ...optional('shift', key('beta')),
});

const batchNormalization: LayerDefinition = {
  name: 'BatchNormalization',
  parameters: ['axis', 'momentum', 'epsilon', ...affine, 'moving_mean_initializer', 'moving_variance_initializer'],
  build: (building) => {
    const { shape, weight } = building;
    const axis = axisOf(building);
    const channels: Dim = axis === undefined ? lastSize(undefined) : (shape?.at(axis) ?? lastSize(undefined));
    affineWeights(building, [channels]);
    for (const [name, fallback] of [
      ['moving_mean', 'zeros'],
      ['moving_variance', 'ones'],
    ] as const)
      weight({
        name,
        shape: [channels],
        role: 'weight',
        axes: ['feature'],
        initializer: `${name}_initializer`,
        fallback,
        trained: false,
      });
  },
  call: (using) => {
    const { shape, settings, key, spatial, natural, opaque } = using;
    const axis = axisOf(using);
    const [mean, variance] = [key('moving_mean'), key('moving_variance')];
    const op = {
      kind: 'batchNorm',
      channels: axis === undefined ? lastSize(undefined) : (shape?.at(axis) ?? lastSize(undefined)),
      epsilon: settings.number('epsilon', 1e-3),
      ...affineKeys(using),
      ...(mean !== undefined && variance !== undefined ? { running: { mean, variance } } : {}),
    } as const;
    if (axis === 1) return natural(op);
    const last = shape ? axis === shape.length - 1 : axis === -1;
    return last ? spatial(op) : opaque('Batch normalisation over this axis is not understood.');
  },
};

const layerNormalization: LayerDefinition = {
  name: 'LayerNormalization',
  parameters: ['axis', 'epsilon', ...affine],
  build: (building) => affineWeights(building, sizesAt(building.shape, axesOf(building))),
  call: (using) => {
    const axes = axesOf(using);
    if (!areLast(axes))
      return using.opaque('Layer normalisation over axes that are not the last ones is not understood yet.');
    return using.natural({
      kind: 'layerNorm',
      normalizedShape: sizesAt(using.shape, axes),
      center: true,
      epsilon: using.settings.number('epsilon', 1e-3),
      ...affineKeys(using),
    });
  },
};

const rmsNormalization: LayerDefinition = {
  name: 'RMSNormalization',
  parameters: ['axis', 'epsilon'],
  build: (building) => {
    const shape = sizesAt(building.shape, axesOf(building));
    building.weight({
      name: 'scale',
      shape,
      role: 'normScale',
      axes: shape.map(() => 'feature'),
      initializer: undefined,
      fallback: 'ones',
    });
  },
  call: (using) => {
    const axes = axesOf(using);
    if (!areLast(axes))
      return using.opaque('RMS normalisation over axes that are not the last ones is not understood yet.');
    return using.natural({
      kind: 'layerNorm',
      normalizedShape: sizesAt(using.shape, axes),
      center: false,
      epsilon: using.settings.number('epsilon', 1e-6),
      ...optional('scale', using.key('scale')),
    });
  },
};

const groupNormalization: LayerDefinition = {
  name: 'GroupNormalization',
  parameters: ['groups', 'axis', 'epsilon', ...affine],
  build: (building) => {
    const axis = axisOf(building);
    affineWeights(building, [
      axis === undefined ? lastSize(undefined) : (building.shape?.at(axis) ?? lastSize(undefined)),
    ]);
  },
  call: (using) => {
    const { shape, settings, natural, spatial, opaque } = using;
    const axis = axisOf(using);
    const channels = axis === undefined ? undefined : shape?.at(axis);
    if (channels === undefined) return opaque('The axis of this group normalisation is not known.');
    const given = settings.number('groups', 32);
    const op = {
      kind: 'groupNorm',
      groups: given === -1 ? channels : given,
      channels,
      epsilon: settings.number('epsilon', 1e-3),
      ...affineKeys(using),
    } as const;
    if (axis === 1) return natural(op);
    return axis === (shape?.length ?? 0) - 1
      ? spatial(op)
      : opaque('Group normalisation over this axis is not understood.');
  },
};

/** x / ‖x‖₂ over an axis: no weights. */
const unitNormalization: LayerDefinition = {
  name: 'UnitNormalization',
  parameters: ['axis'],
  call: (using) => {
    const { recording, x, opaque } = using;
    const axes = axesOf(using);
    if (!axes) return opaque('The axes of this normalisation are not known.');
    const norm = using.natural({ kind: 'reduce', how: 'norm', axes, keepDims: true });
    const inverse = recording.pointwise({ kind: 'activation', activation: { kind: 'power', exponent: -1 } }, norm);
    return recording.joined({ kind: 'multiply' }, [x, inverse]);
  },
};

/** Normalises by the statistics of the data: they are not trained. */
const normalization: LayerDefinition = {
  name: 'Normalization',
  parameters: ['axis', 'mean', 'variance', 'invert'],
  build: (building) => {
    const { args, shape, weight } = building;
    const given = args.get('mean');
    if (given && given.type !== 'none') return;
    const axis = args.get('axis')?.type === 'none' ? undefined : axisOf(building);
    const size = axis === undefined ? [] : [shape?.at(axis) ?? lastSize(undefined)];
    const make = (name: string, sizes: Shape): unknown =>
      weight({
        name,
        shape: sizes,
        role: 'weight',
        axes: sizes.map(() => 'feature'),
        initializer: undefined,
        fallback: 'zeros',
        trained: false,
      });
    make('mean', size);
    make('variance', size);
    make('count', []);
  },
  call: ({ args, settings, pointwise, x, recording }) => {
    const [mean, variance] = [numberOf(args.get('mean')), numberOf(args.get('variance'))];
    if (mean !== undefined && variance !== undefined && !settings.flag('invert', false)) {
      const deviation = Math.max(Math.sqrt(variance), 1e-7);
      return pointwise({ kind: 'affine', factor: 1 / deviation, offset: -mean / deviation });
    }
    // The data's own statistics are taken away: what is left has mean 0 and variance 1, as the input of a network has anyway.
    return recording.pointwise({ kind: 'identity' }, x);
  },
};

export const normalisationLayers: readonly LayerDefinition[] = [
  batchNormalization,
  layerNormalization,
  rmsNormalization,
  groupNormalization,
  unitNormalization,
  normalization,
];
