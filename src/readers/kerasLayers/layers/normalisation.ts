import type { Dim, ParameterRole, Shape } from '../../../network';
import { optional, type Building, type LayerDefinition, type Using } from '../define';

/** The axis of a norm, counted from the front; undefined where it is not one known axis. */
function axisOf({ settings, shape }: Pick<Using, 'settings' | 'shape'>): number | undefined {
  const [axis = -1, ...more] = settings.numbers('axis') ?? [-1];
  if (more.length > 0) return undefined;
  return axis < 0 && shape ? axis + shape.length : axis;
}

function sizeAt({ settings, shape }: Pick<Using, 'settings' | 'shape'>): Dim {
  const axis = axisOf({ settings, shape });
  return axis === undefined ? settings.input : (shape?.at(axis) ?? settings.input);
}

/** The settings of a scale and a shift, as the norms take them last. */
const affine = ['center', 'scale', 'beta_initializer', 'gamma_initializer'];

/** Axes of a norm that is taken over several, each counted from the back. */
function axesOf({ settings, shape }: Pick<Using, 'settings' | 'shape'>): readonly number[] | undefined {
  const axes = settings.numbers('axis') ?? [-1];
  if (!shape) return axes.length === 1 && axes[0] === -1 ? [-1] : undefined;
  return axes.map((axis) => (axis < 0 ? axis : axis - shape.length)).sort((a, b) => a - b);
}

/** Whether axes are the last ones of a tensor, none left out. */
function areLast(axes: readonly number[] | undefined): boolean {
  return axes?.every((axis, at) => axis === at - axes.length) ?? false;
}

function sizesAt({ settings, shape }: Pick<Using, 'settings' | 'shape'>): Shape {
  const axes = axesOf({ settings, shape });
  return axes?.map((axis) => shape?.at(axis) ?? settings.input) ?? [settings.input];
}

function affineWeights({ settings, weight }: Building, shape: Shape): void {
  const make = (name: string, role: ParameterRole, fallback: string): void =>
    weight({ name, shape, role, axes: shape.map(() => 'feature'), initializer: `${name}_initializer`, fallback });
  if (settings.flag('scale', true)) make('gamma', 'normScale', 'ones');
  if (settings.flag('center', true)) make('beta', 'normShift', 'zeros');
}

const affineKeys = ({ key }: Using): { readonly scale?: string; readonly shift?: string } => ({
  ...optional('scale', key('gamma')),
  ...optional('shift', key('beta')),
});

const batchNormalization: LayerDefinition = {
  name: 'BatchNormalization',
  parameters: ['axis', 'momentum', 'epsilon', ...affine, 'moving_mean_initializer', 'moving_variance_initializer'],
  build: (building) => {
    const channels = sizeAt(building);
    affineWeights(building, [channels]);
    for (const [name, fallback] of [
      ['moving_mean', 'zeros'],
      ['moving_variance', 'ones'],
    ] as const)
      building.weight({
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
      channels: sizeAt(using),
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
  build: (building) => affineWeights(building, sizesAt(building)),
  call: (using) => {
    if (!areLast(axesOf(using)))
      return using.opaque('Layer normalisation over axes that are not the last ones is not understood yet.');
    return using.natural({
      kind: 'layerNorm',
      normalizedShape: sizesAt(using),
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
    const shape = sizesAt(building);
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
    if (!areLast(axesOf(using)))
      return using.opaque('RMS normalisation over axes that are not the last ones is not understood yet.');
    return using.natural({
      kind: 'layerNorm',
      normalizedShape: sizesAt(using),
      center: false,
      epsilon: using.settings.number('epsilon', 1e-6),
      ...optional('scale', using.key('scale')),
    });
  },
};

const groupNormalization: LayerDefinition = {
  name: 'GroupNormalization',
  parameters: ['groups', 'axis', 'epsilon', ...affine],
  build: (building) => affineWeights(building, [sizeAt(building)]),
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
    const { settings, weight } = building;
    if (settings.has('mean')) return;
    // Without an axis there is one mean for all.
    const size = settings.given('axis') === null ? [] : [sizeAt(building)];
    const make = (name: string, sizes: Shape): void =>
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
  call: ({ settings, pointwise }) => {
    const [mean, variance] = [settings.get('mean'), settings.get('variance')];
    if (typeof mean === 'number' && typeof variance === 'number' && !settings.flag('invert', false)) {
      const deviation = Math.max(Math.sqrt(variance), 1e-7);
      return pointwise({ kind: 'affine', factor: 1 / deviation, offset: -mean / deviation });
    }
    // The data's own statistics are taken away: what is left has mean 0 and variance 1, as the input of a network has anyway.
    return pointwise({ kind: 'identity' });
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
