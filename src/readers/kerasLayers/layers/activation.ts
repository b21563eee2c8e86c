import { isKnown, type Activation } from '../../../network';
import { applyActivation } from '../activations';
import { optional, type LayerDefinition } from '../define';
import { drawOf } from '../initializers';
import type { Settings } from '../settings';

const activation: LayerDefinition = {
  name: 'Activation',
  call: ({ settings, x, recording, dialect }) => applyActivation(settings.get('activation'), x, recording, dialect),
};

const plain = (name: string, of: (settings: Settings) => Activation): LayerDefinition => ({
  name,
  call: ({ settings, pointwise }) => pointwise({ kind: 'activation', activation: of(settings) }),
});

const relu: LayerDefinition = {
  name: 'ReLU',
  call: ({ settings, pointwise, opaque }) => {
    const [slope, threshold] = [settings.number('negative_slope', 0), settings.number('threshold', 0)];
    const bounded = settings.has('max_value');
    if (threshold !== 0 || (bounded && slope !== 0))
      return opaque('A `ReLU` with these settings is not understood yet.');
    const high = settings.number('max_value', 6);
    if (bounded)
      return pointwise({
        kind: 'activation',
        activation: high === 6 ? { kind: 'relu6' } : { kind: 'hardtanh', low: 0, high },
      });
    return pointwise({ kind: 'activation', activation: slope === 0 ? { kind: 'relu' } : { kind: 'leakyRelu', slope } });
  },
};

const softmax: LayerDefinition = {
  name: 'Softmax',
  call: ({ settings, dialect, natural }) =>
    // tfjs' default is axis 1, Keras' the last one.
    natural({ kind: 'softmax', axis: settings.number('axis', dialect.name === 'tfjs' ? 1 : -1), log: false }),
};

/** A slope for every element of a sample, or shared along axes. */
const prelu: LayerDefinition = {
  name: 'PReLU',
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
  plain('LeakyReLU', (s) => ({ kind: 'leakyRelu', slope: s.number('negative_slope', s.number('alpha', 0.3)) })),
  plain('ELU', (s) => ({ kind: 'elu', alpha: s.number('alpha', 1) })),
  plain('ThresholdedReLU', (s) => ({ kind: 'threshold', threshold: s.number('theta', 1), value: 0 })),
];
