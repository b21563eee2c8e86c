import { isKnown, type Activation } from '../../../network';
import { applyActivation, rectifier } from '../activations';
import { optional, type LayerDefinition } from '../define';
import { drawOf } from '../initializers';
import type { Settings } from '../settings';

const activation: LayerDefinition = {
  name: 'Activation',
  parameters: ['activation'],
  call: ({ settings, x, recording, dialect }) => applyActivation(settings.get('activation'), x, recording, dialect),
};

const plain = (
  name: string,
  parameters: readonly string[],
  of: (settings: Settings) => Activation,
): LayerDefinition => ({
  name,
  parameters,
  call: ({ settings, pointwise }) => pointwise({ kind: 'activation', activation: of(settings) }),
});

const relu: LayerDefinition = {
  name: 'ReLU',
  parameters: ['max_value', 'negative_slope', 'threshold'],
  call: ({ settings, pointwise, opaque }) => {
    const made = rectifier(settings);
    return made
      ? pointwise({ kind: 'activation', activation: made })
      : opaque('A `ReLU` with these settings is not understood yet.');
  },
};

const softmax: LayerDefinition = {
  name: 'Softmax',
  parameters: ['axis'],
  call: ({ settings, dialect, natural }) =>
    natural({ kind: 'softmax', axis: settings.number('axis', dialect.softmaxAxis), log: false }),
};

/** A slope for every element of a sample, or shared along axes. */
const prelu: LayerDefinition = {
  name: 'PReLU',
  parameters: ['alpha_initializer', 'alpha_regularizer', 'alpha_constraint', 'shared_axes'],
  build: ({ shape, settings, weight }) => {
    const shared = settings.numbers('shared_axes') ?? [];
    const sizes = (shape ?? [settings.input, settings.input]).slice(1);
    const known = sizes.map((size, axis) => (shared.includes(axis + 1) ? 1 : size));
    weight({
      name: 'alpha',
      shape: known,
      role: 'slope',
      axes: known.map((_, axis) => (axis === known.length - 1 ? 'out' : 'feature')),
      initializer: 'alpha_initializer',
      fallback: 'zeros',
    });
  },
  call: ({ settings, dialect, shape, key, spatial, pointwise, opaque }) => {
    const drawn = drawOf(settings.get('alpha_initializer') ?? 'zeros', dialect)([1], ['feature']);
    if (drawn.kind !== 'constant') return opaque('The slope of this PReLU is not known.');
    const shared = settings.numbers('shared_axes') ?? [];
    const op = {
      kind: 'activation',
      activation: { kind: 'prelu', slope: drawn.value },
      ...optional('slope', key('alpha')),
    } as const;
    if (shape?.slice(1, -1).every((size, axis) => shared.includes(axis + 1) || size === 1) === true)
      return shape.length > 2 ? spatial(op) : pointwise(op);
    return shape?.length === 2 && isKnown(shape[1])
      ? pointwise(op)
      : opaque('A slope for every place is not understood yet.');
  },
};

export const activationLayers: readonly LayerDefinition[] = [
  activation,
  relu,
  softmax,
  prelu,
  plain('LeakyReLU', ['negative_slope', 'alpha'], (s) => ({
    kind: 'leakyRelu',
    slope: s.number('negative_slope', s.number('alpha', 0.3)),
  })),
  plain('ELU', ['alpha'], (s) => ({ kind: 'elu', alpha: s.number('alpha', 1) })),
  plain('ThresholdedReLU', ['theta'], (s) => ({ kind: 'threshold', threshold: s.number('theta', 1), value: 0 })),
];
