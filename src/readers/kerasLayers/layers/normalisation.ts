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

/** Axes of a norm that is taken over several, each counted from the back. */
function axesOf({ settings, shape }: Pick<Using, 'settings' | 'shape'>): readonly number[] | undefined {
  const axes = settings.numbers('axis') ?? [-1];
  if (!shape) return axes.length === 1 && axes[0] === -1 ? [-1] : undefined;
  return axes.map((axis) => (axis < 0 ? axis : axis - shape.length)).sort((a, b) => a - b);
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
  build: (building) => affineWeights(building, sizesAt(building)),
  call: (using) => {
    const axes = axesOf(using);
    if (!axes?.every((axis, at) => axis === at - axes.length))
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

export const normalisationLayers: readonly LayerDefinition[] = [batchNormalization, layerNormalization];
