import type { AxisRole } from '../../network';
import { CallArguments } from '../python/arguments';
import { builtin } from '../python/classes';
import { Raised } from '../python/raised';
import { symbolOf } from '../python/truth';
import { float, none, numberOf, reasonOf, type Call, type Value } from '../python/values';
import { sourceOrigin, type Draw, type ParameterState } from './draw';
import { sessionOf } from './session';
import { tensorState } from './tensor';

/** Draw a parameter anew, as the call says. Gives the tensor back. */
export function initialise(tensor: Value | undefined, draw: Draw, call: Call): Value {
  const state = tensorState(tensor);
  if (state?.kind === 'parameter') setDraw(state, draw, call);
  if (state?.kind === 'view')
    setDraw(
      state.parameter,
      state.part ? { kind: 'unknown', reason: 'only a part of it is initialised here' } : draw,
      call,
    );
  return tensor ?? none;
}

function setDraw(state: ParameterState, draw: Draw, call: Call): void {
  call.interpreter.journal.beforeChange(state);
  // A fan needs to know which axis is which: PyTorch takes the first for the outputs.
  if (draw.kind === 'varianceScaling' && !state.axes.includes('in') && state.shape.length >= 2)
    state.axes = state.shape.map((_, axis): AxisRole => (axis === 0 ? 'out' : axis === 1 ? 'in' : 'kernel'));
  state.draw = draw;
  state.origin = sourceOrigin(call.site);
  sessionOf(call.interpreter).progress++;
}

/** Reads the numbers of an initialiser; what is not known makes the draw unknown. */
export class DrawArguments {
  #doubt: string | undefined;
  readonly args: CallArguments;

  constructor(call: Call, names: readonly string[]) {
    this.args = new CallArguments(call, names, 1);
  }

  number(name: string, fallback: number): number {
    const value = this.args.get(name);
    if (!value) return fallback;
    const number = numberOf(value);
    if (number === undefined)
      this.#doubt ??= value.type === 'unknown' ? reasonOf(value) : `\`${symbolOf(value)}\` is not a number`;
    return number ?? fallback;
  }

  text(name: string, fallback: string): string {
    const value = this.args.get(name);
    if (value && value.type !== 'str')
      this.#doubt ??= value.type === 'unknown' ? reasonOf(value) : `\`${symbolOf(value)}\` is not a text`;
    return value?.type === 'str' ? value.value : fallback;
  }

  /** The draw, if everything it was made from is known. */
  checked(draw: Draw): Draw {
    return this.#doubt === undefined ? draw : { kind: 'unknown', reason: this.#doubt };
  }
}

/** The square of `torch.nn.init.calculate_gain`. Undefined for a non-linearity that PyTorch does not know either. */
export function squaredGain(nonlinearity: string, parameter: number | undefined): number | undefined {
  switch (nonlinearity) {
    case 'linear':
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'conv_transpose1d':
    case 'conv_transpose2d':
    case 'conv_transpose3d':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 25 / 9;
    case 'relu':
      return 2;
    case 'leaky_relu':
      return 2 / (1 + (parameter ?? 0.01) ** 2);
    case 'selu':
      return 9 / 16;
    default:
      return undefined;
  }
}

type Initializer = (args: DrawArguments, call: Call) => Draw;

const kaiming =
  (shape: 'uniform' | 'normal'): Initializer =>
  (args, call) => {
    const nonlinearity = args.text('nonlinearity', 'leaky_relu');
    const scale = squaredGain(nonlinearity, args.number('a', 0));
    if (scale === undefined)
      throw new Raised(`PyTorch knows no gain for the non-linearity '${nonlinearity}'.`, undefined, call.site);
    const mode = args.text('mode', 'fan_in');
    return { kind: 'varianceScaling', scale, mode: mode === 'fan_out' ? 'fanOut' : 'fanIn', shape };
  };

const xavier =
  (shape: 'uniform' | 'normal'): Initializer =>
  (args) => ({ kind: 'varianceScaling', scale: args.number('gain', 1) ** 2, mode: 'fanAvg', shape });

const normal: Initializer = (args) => ({
  kind: 'normal',
  mean: args.number('mean', 0),
  std: Math.abs(args.number('std', 1)),
});

const truncatedNormal: Initializer = (args) => ({
  kind: 'truncatedNormal',
  mean: args.number('mean', 0),
  std: args.number('std', 1),
  low: args.number('a', -2),
  high: args.number('b', 2),
});

const initializers: Readonly<Record<string, { readonly parameters: readonly string[]; readonly draw: Initializer }>> = {
  uniform_: {
    parameters: ['a', 'b'],
    draw: (args) => ({ kind: 'uniform', low: args.number('a', 0), high: args.number('b', 1) }),
  },
  normal_: { parameters: ['mean', 'std'], draw: normal },
  trunc_normal_: { parameters: ['mean', 'std', 'a', 'b'], draw: truncatedNormal },
  constant_: { parameters: ['val'], draw: (args) => ({ kind: 'constant', value: args.number('val', 0) }) },
  zeros_: { parameters: [], draw: () => ({ kind: 'constant', value: 0 }) },
  ones_: { parameters: [], draw: () => ({ kind: 'constant', value: 1 }) },
  eye_: { parameters: [], draw: () => ({ kind: 'identity', gain: 1 }) },
  dirac_: { parameters: ['groups'], draw: () => ({ kind: 'identity', gain: 1 }) },
  orthogonal_: { parameters: ['gain'], draw: (args) => ({ kind: 'orthogonal', gain: args.number('gain', 1) }) },
  xavier_uniform_: { parameters: ['gain'], draw: xavier('uniform') },
  xavier_normal_: { parameters: ['gain'], draw: xavier('normal') },
  kaiming_uniform_: { parameters: ['a', 'mode', 'nonlinearity'], draw: kaiming('uniform') },
  kaiming_normal_: { parameters: ['a', 'mode', 'nonlinearity'], draw: kaiming('normal') },
};

/** Names that PyTorch has deprecated but still takes. */
const olderNames = [
  'uniform',
  'normal',
  'constant',
  'eye',
  'dirac',
  'orthogonal',
  'xavier_uniform',
  'xavier_normal',
  'kaiming_uniform',
  'kaiming_normal',
];

function initFunction(name: string): Value {
  const initializer = initializers[name];
  return builtin(name, (call) => {
    const tensor = call.positional[0] ?? call.keywords.get('tensor');
    if (!initializer) return initialise(tensor, { kind: 'unknown', reason: `\`${name}\` is not understood` }, call);
    const shifted = call.positional.length === 0 ? { ...call, positional: [none] } : call;
    const args = new DrawArguments(shifted, initializer.parameters);
    return initialise(tensor, args.checked(initializer.draw(args, call)), call);
  });
}

/** `torch.nn.init`. */
export const initMembers: Readonly<Record<string, Value>> = {
  ...Object.fromEntries([...Object.keys(initializers), 'sparse_'].map((name) => [name, initFunction(name)])),
  ...Object.fromEntries(olderNames.map((name) => [name, initFunction(`${name}_`)])),
  calculate_gain: builtin('calculate_gain', (call) => {
    const args = new CallArguments(call, ['nonlinearity', 'param']);
    const nonlinearity = args.value('nonlinearity');
    const squared =
      nonlinearity.type === 'str' ? squaredGain(nonlinearity.value, numberOf(args.get('param'))) : undefined;
    return squared === undefined
      ? call.interpreter.unknown(`calculate_gain(${symbolOf(nonlinearity)})`, 'is not known to PyTorch')
      : float(Math.sqrt(squared));
  }),
};
