import type { Activation } from '../../../network';
import { isKnown } from '../../../network';
import { numberOf, type Value } from '../../python/values';
import type { Settings } from '../../frameworks/sizes';
import { applyActivation, rectifier } from '../activations';
import { drawOf } from '../initializers';
import { lastSize, optional, type LayerDefinition } from './define';

const activation: LayerDefinition = {
  name: 'Activation',
  parameters: ['activation'],
  call: ({ args, x, recording }) => applyActivation(args.value('activation'), x, recording),
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
  call: ({ settings, natural }) => natural({ kind: 'softmax', axis: settings.number('axis', -1), log: false }),
};

/** A slope for every element of a sample, or shared along axes. */
const prelu: LayerDefinition = {
  name: 'PReLU',
  parameters: ['alpha_initializer', 'alpha_regularizer', 'alpha_constraint', 'shared_axes'],
  build: ({ shape, args, weight }) => {
    const shared = sharedAxes(args.get('shared_axes'));
    const sizes = (shape ?? [lastSize(undefined), lastSize(undefined)]).slice(1);
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
  call: ({ args, shape, key, spatial, pointwise, opaque, call }) => {
    const drawn = drawOf(args.get('alpha_initializer'), 'zeros', call).draw([1], ['feature']);
    if (drawn.kind !== 'constant') return opaque('The slope of this PReLU is not known.');
    const op = {
      kind: 'activation',
      activation: { kind: 'prelu', slope: drawn.value },
      ...optional('slope', key('alpha')),
    } as const;
    const shared = sharedAxes(args.get('shared_axes'));
    const perChannel = shape?.slice(1, -1).every((size, axis) => shared.includes(axis + 1) || size === 1) ?? false;
    if (perChannel) return spatial(op);
    return shape?.length === 2 && isKnown(shape[1])
      ? pointwise(op)
      : opaque('A slope for every place is not understood yet.');
  },
};

function sharedAxes(given: Value | undefined): readonly number[] {
  const items = given?.type === 'tuple' || given?.type === 'list' ? given.items : given ? [given] : [];
  return items.flatMap((item) => numberOf(item) ?? []);
}

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
];
