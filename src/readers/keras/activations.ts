import type { Activation } from '../../network';
import { builtin } from '../python/classes';
import { none, type Value } from '../python/values';
import type { Settings } from '../frameworks/sizes';
import { applyTensorFunction, tensorFunction, type TensorFunction } from './ops/define';
import type { Recording } from './recording';

const plain = (activation: Activation): TensorFunction =>
  tensorFunction(['x'], (use) => use.pointwise({ kind: 'activation', activation }));

const shaped = (parameters: readonly string[], of: (settings: Settings) => Activation): TensorFunction =>
  tensorFunction(['x', ...parameters], (use) => use.pointwise({ kind: 'activation', activation: of(use.settings) }));

const softmax = (log: boolean): TensorFunction =>
  tensorFunction(['x', 'axis'], (use) => use.natural({ kind: 'softmax', axis: use.settings.number('axis', -1), log }));

const notYet = (name: string): TensorFunction =>
  tensorFunction(['x'], (use) => use.opaque(`The activation \`${name}\` is not understood yet.`));

/** `relu(x, negative_slope, max_value, threshold)`; Keras 2 calls the slope `alpha`. */
export const rectifier = (settings: Settings): Activation | undefined => {
  const slope = settings.number('negative_slope', settings.number('alpha', 0));
  const top = settings.args.get('max_value');
  const threshold = settings.number('threshold', 0);
  const bounded = top !== undefined && top.type !== 'none';
  if (threshold !== 0) return undefined;
  if (!bounded) return slope === 0 ? { kind: 'relu' } : { kind: 'leakyRelu', slope };
  if (slope !== 0) return undefined;
  const high = settings.number('max_value', 6);
  return high === 6 ? { kind: 'relu6' } : { kind: 'hardtanh', low: 0, high };
};

const relu = tensorFunction(['x', 'negative_slope', 'max_value', 'threshold', 'alpha'], (use) => {
  const activation = rectifier(use.settings);
  return activation
    ? use.pointwise({ kind: 'activation', activation })
    : use.opaque('A `relu` with these settings is not understood yet.');
});

/** What `keras.activations` has, by the names that may also be given as text. */
export const activationFunctions: Readonly<Record<string, TensorFunction>> = {
  relu,
  relu6: plain({ kind: 'relu6' }),
  leaky_relu: shaped(['negative_slope', 'alpha'], (s) => ({
    kind: 'leakyRelu',
    slope: s.number('negative_slope', s.number('alpha', 0.2)),
  })),
  elu: shaped(['alpha'], (s) => ({ kind: 'elu', alpha: s.number('alpha', 1) })),
  celu: shaped(['alpha'], (s) => ({ kind: 'celu', alpha: s.number('alpha', 1) })),
  selu: plain({ kind: 'selu' }),
  gelu: shaped(['approximate'], (s) => ({ kind: 'gelu', approximate: s.flag('approximate', false) ? 'tanh' : 'none' })),
  silu: plain({ kind: 'silu' }),
  swish: plain({ kind: 'silu' }),
  mish: plain({ kind: 'mish' }),
  tanh: plain({ kind: 'tanh' }),
  sigmoid: plain({ kind: 'sigmoid' }),
  softplus: plain({ kind: 'softplus', beta: 1 }),
  softsign: plain({ kind: 'softsign' }),
  hard_sigmoid: plain({ kind: 'hardSigmoid', slope: 1 / 6 }),
  hard_silu: plain({ kind: 'hardswish' }),
  hard_swish: plain({ kind: 'hardswish' }),
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
  linear: tensorFunction(['x'], (use) => use.x),
  softmax: softmax(false),
  log_softmax: softmax(true),
  glu: notYet('glu'),
  squareplus: notYet('squareplus'),
  sparse_plus: notYet('sparse_plus'),
  sparse_sigmoid: notYet('sparse_sigmoid'),
  sparsemax: notYet('sparsemax'),
};

const functions: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(activationFunctions).map(([name, definition]) => [
    name,
    builtin(name, (call) => applyTensorFunction(name, definition, call)),
  ]),
);

/** `keras.activations`. */
export const activationMembers: Readonly<Record<string, Value>> = {
  ...functions,
  get: builtin('get', ({ positional: [identifier = none] }) =>
    identifier.type === 'str'
      ? (functions[identifier.value] ?? identifier)
      : identifier.type === 'none'
        ? (functions['linear'] ?? none)
        : identifier,
  ),
};

/** What the argument `activation` of a layer makes of its output: a name, a function, a layer, or nothing. */
export function applyActivation(activation: Value, x: Value, recording: Recording): Value {
  const { interpreter } = recording.call;
  switch (activation.type) {
    case 'none':
      return x;
    case 'str': {
      const known = activationFunctions[activation.value];
      if (!known) return recording.opaque(`The activation \`${activation.value}\` is not known.`, [x]);
      return applyTensorFunction(
        activation.value,
        known,
        { ...recording.call, positional: [x], keywords: new Map() },
        recording,
      );
    }
    case 'builtin': {
      const known = functions[activation.name] === activation ? activationFunctions[activation.name] : undefined;
      if (known)
        return applyTensorFunction(
          activation.name,
          known,
          { ...recording.call, positional: [x], keywords: new Map() },
          recording,
        );
      return interpreter.apply(activation, x);
    }
    case 'function':
    case 'class':
      return interpreter.apply(activation.type === 'class' ? interpreter.apply(activation) : activation, x);
    case 'instance':
      return interpreter.apply(activation, x);
    default:
      return recording.opaque('This activation is not known.', [x]);
  }
}

const parameterless: Readonly<Record<string, Activation>> = {
  relu: { kind: 'relu' },
  tanh: { kind: 'tanh' },
  sigmoid: { kind: 'sigmoid' },
  hard_sigmoid: { kind: 'hardSigmoid', slope: 1 / 6 },
  linear: { kind: 'linear' },
  elu: { kind: 'elu', alpha: 1 },
  selu: { kind: 'selu' },
  softsign: { kind: 'softsign' },
  gelu: { kind: 'gelu', approximate: 'none' },
  silu: { kind: 'silu' },
  swish: { kind: 'silu' },
};

/** The activation of a recurrent cell; undefined where it is none of those that are known by name. */
export function activationOf(given: Value): Activation | undefined {
  if (given.type === 'none') return { kind: 'linear' };
  return given.type === 'str' || given.type === 'builtin'
    ? parameterless[given.type === 'str' ? given.value : given.name]
    : undefined;
}
