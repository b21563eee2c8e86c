import { isKnown, type Activation } from '../../../network';
import type { ClassValue } from '../../python/values';
import type { Settings } from '../../frameworks/sizes';
import { fromDim } from '../../frameworks/sizes';
import { layerClass, optional, type LayerDefinition } from './define';

interface ActivationForm {
  /** Names of the parameters after the input (of the function) or of the constructor (of the module). */
  readonly parameters: readonly string[];
  readonly of: (settings: Settings) => Activation;
}

const plain = (activation: Activation): ActivationForm => ({ parameters: ['inplace'], of: () => activation });

/** The pointwise non-linearities by the name of their module, with PyTorch's defaults. */
const forms: Readonly<Record<string, ActivationForm>> = {
  ReLU: plain({ kind: 'relu' }),
  ReLU6: plain({ kind: 'relu6' }),
  LeakyReLU: {
    parameters: ['negative_slope', 'inplace'],
    of: (s) => ({ kind: 'leakyRelu', slope: s.number('negative_slope', 0.01) }),
  },
  // In evaluation, and on average in training, the slope is the mean of its bounds.
  RReLU: {
    parameters: ['lower', 'upper', 'inplace'],
    of: (s) => ({ kind: 'leakyRelu', slope: (s.number('lower', 1 / 8) + s.number('upper', 1 / 3)) / 2 }),
  },
  ELU: { parameters: ['alpha', 'inplace'], of: (s) => ({ kind: 'elu', alpha: s.number('alpha', 1) }) },
  CELU: { parameters: ['alpha', 'inplace'], of: (s) => ({ kind: 'celu', alpha: s.number('alpha', 1) }) },
  SELU: plain({ kind: 'selu' }),
  GELU: {
    parameters: ['approximate'],
    of: (s) => ({ kind: 'gelu', approximate: s.text('approximate', 'none') === 'tanh' ? 'tanh' : 'none' }),
  },
  SiLU: plain({ kind: 'silu' }),
  Mish: plain({ kind: 'mish' }),
  Tanh: plain({ kind: 'tanh' }),
  Sigmoid: plain({ kind: 'sigmoid' }),
  LogSigmoid: plain({ kind: 'logSigmoid' }),
  Hardsigmoid: plain({ kind: 'hardSigmoid', slope: 1 / 6 }),
  Hardswish: plain({ kind: 'hardswish' }),
  Hardtanh: {
    parameters: ['min_val', 'max_val', 'inplace'],
    of: (s) => ({ kind: 'hardtanh', low: s.number('min_val', -1), high: s.number('max_val', 1) }),
  },
  Softplus: { parameters: ['beta', 'threshold'], of: (s) => ({ kind: 'softplus', beta: s.number('beta', 1) }) },
  Softsign: plain({ kind: 'softsign' }),
  Softshrink: { parameters: ['lambd'], of: (s) => ({ kind: 'softshrink', lambda: s.number('lambd', 0.5) }) },
  Hardshrink: { parameters: ['lambd'], of: (s) => ({ kind: 'hardshrink', lambda: s.number('lambd', 0.5) }) },
  Tanhshrink: plain({ kind: 'tanhshrink' }),
  Threshold: {
    parameters: ['threshold', 'value', 'inplace'],
    of: (s) => ({ kind: 'threshold', threshold: s.number('threshold', 0), value: s.number('value', 0) }),
  },
};

/** The functions that do the same: `F.relu`, `torch.tanh`, `x.sigmoid()`. */
const functionNames: Readonly<Record<string, keyof typeof forms>> = {
  relu: 'ReLU',
  relu_: 'ReLU',
  relu6: 'ReLU6',
  leaky_relu: 'LeakyReLU',
  rrelu: 'RReLU',
  elu: 'ELU',
  celu: 'CELU',
  selu: 'SELU',
  gelu: 'GELU',
  silu: 'SiLU',
  mish: 'Mish',
  tanh: 'Tanh',
  tanh_: 'Tanh',
  sigmoid: 'Sigmoid',
  sigmoid_: 'Sigmoid',
  logsigmoid: 'LogSigmoid',
  hardsigmoid: 'Hardsigmoid',
  hardswish: 'Hardswish',
  hardtanh: 'Hardtanh',
  softplus: 'Softplus',
  softsign: 'Softsign',
  softshrink: 'Softshrink',
  hardshrink: 'Hardshrink',
  tanhshrink: 'Tanhshrink',
  threshold: 'Threshold',
};

/** Functions without a module of their own. */
const mathematical: Readonly<Record<string, Activation>> = {
  sin: { kind: 'sin' },
  cos: { kind: 'cos' },
  exp: { kind: 'exp' },
  erf: { kind: 'erf' },
  arctan: { kind: 'arctan' },
  atan: { kind: 'arctan' },
  square: { kind: 'square' },
  abs: { kind: 'abs' },
};

export const activationFunctions: Readonly<Record<string, ActivationForm>> = {
  ...Object.fromEntries(
    Object.entries(functionNames).flatMap(([name, module]) => {
      const form = forms[module];
      return form ? [[name, form] as const] : [];
    }),
  ),
  ...Object.fromEntries(
    Object.entries(mathematical).map(([name, activation]) => [name, { parameters: [], of: () => activation }]),
  ),
};

const prelu: LayerDefinition = {
  name: 'PReLU',
  parameters: ['num_parameters', 'init', 'device', 'dtype'],
  make: ({ settings, parameter, attribute }) => {
    const count = settings.args.has('num_parameters') ? settings.dim('num_parameters') : 1;
    const slope = settings.number('init', 0.25);
    attribute('num_parameters', fromDim(count));
    parameter('weight', 'slope', [count], [isKnown(count) && count === 1 ? 'feature' : 'out'], {
      kind: 'constant',
      value: slope,
    });
    return ({ path }) => ({
      kind: 'activation',
      activation: { kind: 'prelu', slope },
      ...optional('slope', path('weight')),
    });
  },
};

export const activationClasses: Readonly<Record<string, ClassValue>> = {
  ...Object.fromEntries(
    Object.entries(forms).map(([name, form]) => [
      name,
      layerClass({
        name,
        parameters: form.parameters,
        make: ({ settings }) => {
          const activation = form.of(settings);
          return () => ({ kind: 'activation', activation });
        },
      }),
    ]),
  ),
  PReLU: layerClass(prelu),
};
