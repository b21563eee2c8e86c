import type { Activation, OpOf } from '../../network';
import type { Dialect } from './dialect';
import type { Recording } from './recording';
import { GivenFunction, NotKnown, Settings, type Setting } from './settings';
import type { LayerTensor } from './tensor';

type Softmax = OpOf<'softmax'>;

/** A function of `keras.activations`. */
export interface ActivationDefinition {
  /** Those behind the tensor, in order. */
  readonly parameters: readonly string[];
  /** What it computes, or why that is not understood. */
  readonly of: (settings: Settings, dialect: Dialect) => Activation | Softmax | string;
}

const plain = (activation: Activation): ActivationDefinition => ({ parameters: [], of: () => activation });

const shaped = (parameters: readonly string[], of: ActivationDefinition['of']): ActivationDefinition => ({
  parameters,
  of,
});

const softmax = (log: boolean): ActivationDefinition =>
  shaped(['axis'], (s) => ({ kind: 'softmax', axis: s.number('axis', -1), log }));

const notYet = (name: string): ActivationDefinition =>
  shaped([], () => `The activation \`${name}\` is not understood yet.`);

/** `relu(x, negative_slope, max_value, threshold)`; Keras 2 calls the slope `alpha`. Undefined for what is not understood yet. */
export function rectifier(settings: Settings): Activation | undefined {
  const slope = settings.number('negative_slope', settings.number('alpha', 0));
  if (settings.number('threshold', 0) !== 0) return undefined;
  if (!settings.has('max_value')) return slope === 0 ? { kind: 'relu' } : { kind: 'leakyRelu', slope };
  if (slope !== 0) return undefined;
  const high = settings.number('max_value', 6);
  return high === 6 ? { kind: 'relu6' } : { kind: 'hardtanh', low: 0, high };
}

const swish = plain({ kind: 'silu' });
const hardSwish = plain({ kind: 'hardswish' });

/** What `keras.activations` has, by the names that may also be given as text. */
export const activations: Readonly<Record<string, ActivationDefinition>> = {
  relu: shaped(
    ['negative_slope', 'max_value', 'threshold', 'alpha'],
    (s) => rectifier(s) ?? 'A `relu` with these settings is not understood yet.',
  ),
  relu6: plain({ kind: 'relu6' }),
  leaky_relu: shaped(['negative_slope', 'alpha'], (s) => ({
    kind: 'leakyRelu',
    slope: s.number('negative_slope', s.number('alpha', 0.2)),
  })),
  elu: shaped(['alpha'], (s) => ({ kind: 'elu', alpha: s.number('alpha', 1) })),
  celu: shaped(['alpha'], (s) => ({ kind: 'celu', alpha: s.number('alpha', 1) })),
  selu: plain({ kind: 'selu' }),
  gelu: shaped(['approximate'], (s) => ({ kind: 'gelu', approximate: s.flag('approximate', false) ? 'tanh' : 'none' })),
  // As TensorFlow.js calls the approximation.
  gelu_new: plain({ kind: 'gelu', approximate: 'tanh' }),
  silu: swish,
  swish,
  mish: plain({ kind: 'mish' }),
  tanh: plain({ kind: 'tanh' }),
  sigmoid: plain({ kind: 'sigmoid' }),
  softplus: plain({ kind: 'softplus', beta: 1 }),
  softsign: plain({ kind: 'softsign' }),
  hard_sigmoid: shaped([], (_, { hardSigmoidSlope: slope }) => ({ kind: 'hardSigmoid', slope })),
  hard_silu: hardSwish,
  hard_swish: hardSwish,
  hard_tanh: plain({ kind: 'hardtanh', low: -1, high: 1 }),
  hard_shrink: shaped(['threshold'], (s) => ({ kind: 'hardshrink', lambda: s.number('threshold', 0.5) })),
  soft_shrink: shaped(['threshold'], (s) => ({ kind: 'softshrink', lambda: s.number('threshold', 0.5) })),
  tanh_shrink: plain({ kind: 'tanhshrink' }),
  threshold: shaped(['threshold', 'default_value'], (s) => ({
    kind: 'threshold',
    threshold: s.number('threshold', 0),
    value: s.number('default_value', 0),
  })),
  log_sigmoid: plain({ kind: 'logSigmoid' }),
  exponential: plain({ kind: 'exp' }),
  linear: plain({ kind: 'linear' }),
  softmax: softmax(false),
  log_softmax: softmax(true),
  glu: notYet('glu'),
  squareplus: notYet('squareplus'),
  sparse_plus: notYet('sparse_plus'),
  sparse_sigmoid: notYet('sparse_sigmoid'),
  sparsemax: notYet('sparsemax'),
};

/** TensorFlow.js spells them `hardSigmoid`. */
const key = (name: string): string => name.replaceAll('_', '').toLowerCase();
const byKey = new Map(Object.entries(activations).map(([name, definition]) => [key(name), definition]));

/** The activation of that name; undefined where it is none, or not of one element alone. */
export function activationNamed(name: string, dialect: Dialect): Activation | undefined {
  const known = byKey.get(key(name))?.of(new Settings(name), dialect);
  return typeof known === 'object' && known.kind !== 'softmax' ? known : undefined;
}

/** What an activation makes of a tensor. */
export function activated(
  definition: ActivationDefinition,
  settings: Settings,
  x: LayerTensor,
  recording: Recording,
  dialect: Dialect,
): LayerTensor {
  const known = definition.of(settings, dialect);
  if (settings.doubt !== undefined) return recording.opaque(settings.doubt, [x]);
  if (typeof known === 'string') return recording.opaque(known, [x]);
  if (known.kind === 'softmax') return recording.add(known, [recording.natural(x)]);
  return known.kind === 'linear' ? x : recording.pointwise({ kind: 'activation', activation: known }, x);
}

/** What the setting `activation` makes of a layer's output: a name, a function, or nothing. */
export function applyActivation(
  activation: Setting | undefined,
  x: LayerTensor,
  recording: Recording,
  dialect: Dialect,
): LayerTensor {
  if (activation === undefined || activation === null) return x;
  if (activation instanceof GivenFunction) return activation.apply(x, recording);
  if (typeof activation !== 'string') {
    const why = activation instanceof NotKnown ? `: ${activation.reason}` : '';
    return recording.opaque(`This activation is not known${why}.`, [x]);
  }
  const known = byKey.get(key(activation));
  return known
    ? activated(known, new Settings(activation), x, recording, dialect)
    : recording.opaque(`The activation \`${activation}\` is not known.`, [x]);
}
