import type { Activation, OpOf } from '../../network';
import type { Dialect } from './dialect';
import type { Recording } from './recording';
import { NotKnown, type Setting } from './settings';
import type { LayerTensor } from './tensor';

/** Activations that are given by name, underscores and capitals aside. */
const named: Readonly<Record<string, (dialect: Dialect) => Activation>> = {
  relu: () => ({ kind: 'relu' }),
  relu6: () => ({ kind: 'relu6' }),
  leakyrelu: () => ({ kind: 'leakyRelu', slope: 0.2 }),
  elu: () => ({ kind: 'elu', alpha: 1 }),
  celu: () => ({ kind: 'celu', alpha: 1 }),
  selu: () => ({ kind: 'selu' }),
  gelu: () => ({ kind: 'gelu', approximate: 'none' }),
  gelunew: () => ({ kind: 'gelu', approximate: 'tanh' }),
  silu: () => ({ kind: 'silu' }),
  swish: () => ({ kind: 'silu' }),
  mish: () => ({ kind: 'mish' }),
  tanh: () => ({ kind: 'tanh' }),
  sigmoid: () => ({ kind: 'sigmoid' }),
  hardsigmoid: ({ hardSigmoidSlope: slope }) => ({ kind: 'hardSigmoid', slope }),
  softplus: () => ({ kind: 'softplus', beta: 1 }),
  softsign: () => ({ kind: 'softsign' }),
  linear: () => ({ kind: 'linear' }),
  exponential: () => ({ kind: 'exp' }),
  hardsilu: () => ({ kind: 'hardswish' }),
  hardswish: () => ({ kind: 'hardswish' }),
  logsigmoid: () => ({ kind: 'logSigmoid' }),
};

const key = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** The activation of that name; undefined where it is none, or not of one element alone. */
export function activationNamed(name: string, dialect: Dialect): Activation | undefined {
  return Object.hasOwn(named, key(name)) ? named[key(name)]?.(dialect) : undefined;
}

const softmaxes: Readonly<Record<string, OpOf<'softmax'>>> = {
  softmax: { kind: 'softmax', axis: -1, log: false },
  logsoftmax: { kind: 'softmax', axis: -1, log: true },
};

/** What the setting `activation` makes of a layer's output. */
export function applyActivation(
  activation: Setting | undefined,
  x: LayerTensor,
  recording: Recording,
  dialect: Dialect,
): LayerTensor {
  if (activation === undefined || activation === null) return x;
  if (typeof activation === 'string') {
    const known = activationNamed(activation, dialect);
    if (known?.kind === 'linear') return x;
    if (known) return recording.pointwise({ kind: 'activation', activation: known }, x);
    const softmax = Object.hasOwn(softmaxes, key(activation)) ? softmaxes[key(activation)] : undefined;
    if (softmax) return recording.add(softmax, [recording.natural(x)]);
    return recording.opaque(`The activation \`${activation}\` is not known.`, [x]);
  }
  const why = activation instanceof NotKnown ? `: ${activation.reason}` : '';
  return recording.opaque(`This activation is not known${why}.`, [x]);
}
