import { isKnown } from '../../network';
import { CallArguments } from '../python/arguments';
import { builtin } from '../python/classes';
import { Raised } from '../python/raised';
import { symbolOf } from '../python/truth';
import { float, int, none, numberOf, reasonOf, tuple, type Call, type Value } from '../python/values';
import {
  fansOf,
  inNumbers,
  sourceOrigin,
  unknownDraw,
  type ConstantState,
  type Draw,
  type ParameterState,
} from './draw';
import { arrayOf } from './functions/compute';
import { drawOfNumbers } from './numbersDraw';
import { redrawn } from './region';
import { sessionOf } from './session';
import { shapeOfWeight, tensorState, type TensorView } from './tensor';
import { drawOfView, inOrder, viewOf } from './views';

/** Draw a tensor (or the part of one that a view shows) anew, as the call says. Gives the tensor back. */
export function initialise(tensor: Value | undefined, draw: Draw, call: Call): Value {
  const view = viewOf(tensorState(tensor));
  if (view) setDraw(view.of, drawnThrough(view, draw), call);
  return tensor ?? none;
}

function setDraw(state: ParameterState | ConstantState, draw: Draw, call: Call): void {
  call.interpreter.journal.beforeChange(state);
  state.draw = draw;
  state.origin = sourceOrigin(call.site);
  if (state.kind === 'constant') state.content = undefined;
  sessionOf(call.interpreter).progress++;
}

/** What the whole tensor is drawn from once what the view shows of it is drawn so. */
function drawnThrough({ of, region, axes, shape }: TensorView, draw: Draw): Draw {
  if (region.length === 0 && inOrder(axes)) return draw;
  let part = inNumbers(draw, shape, shapeOfWeight);
  if (part.kind === 'partitioned') {
    const axis = axes?.[part.axis];
    part = axis === undefined ? unknownDraw('the elements of a tensor are rearranged') : { ...part, axis };
  }
  // A matrix is drawn through its own two axes, or through all but the first made one.
  const matrix = part.kind === 'orthogonal' || part.kind === 'identity';
  if (matrix && of.shape?.length !== shape?.length && !(part.kind === 'orthogonal' && of.shape?.[0] === shape?.[0]))
    part = unknownDraw('a matrix is drawn through other axes than those of the tensor');
  return region.length === 0 ? part : redrawn(inNumbers(of.draw, of.shape, shapeOfWeight), of.shape, region, part);
}

/** The value that a tensor is set to: of a tensor what it is drawn from, of a number that number. */
export function drawOf(value: Value | undefined): Draw {
  const number = numberOf(value);
  if (number !== undefined) return { kind: 'constant', value: number };
  const view = viewOf(tensorState(value));
  if (value && view) {
    const draw = drawOfView(view);
    const numbers = draw.kind === 'unknown' ? arrayOf(value) : undefined;
    return numbers ? drawOfNumbers(numbers) : draw;
  }
  return unknownDraw(value?.type === 'unknown' ? reasonOf(value) : 'it is set to something that is not understood');
}

/** `p.data = value`: the parameter holds what the value holds from now on. */
export function replaceData(tensor: Value, value: Value | undefined, call: Call): void {
  const state = tensorState(tensor);
  if (state?.kind !== 'parameter' && state?.kind !== 'constant') return;
  const shape = viewOf(tensorState(value))?.shape;
  setDraw(state, drawOf(value), call);
  if (shape) state.shape = shape;
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
    needTwoAxes(call);
    return { kind: 'fanScaling', scale, fan: mode.toLowerCase() === 'fan_out' ? 'out' : 'in', shape };
  };

const xavier =
  (shape: 'uniform' | 'normal'): Initializer =>
  (args, call) => {
    needTwoAxes(call);
    return { kind: 'fanScaling', scale: args.number('gain', 1) ** 2, fan: 'average', shape };
  };

/** @throws Raised as PyTorch does, for a tensor without fans. */
function needTwoAxes(call: Call): void {
  const shape = viewOf(tensorState(tensorOf(call)))?.shape;
  if (shape && shape.length < 2 && shape.every(isKnown))
    throw new Raised('A tensor with fewer than two axes has no fan-in and no fan-out.', undefined, call.site);
}

const tensorOf = ({ positional, keywords }: Call): Value | undefined => positional[0] ?? keywords.get('tensor');

/** Ones in the middle of the kernel, group by group. */
const dirac: Initializer = (args, call) => {
  const groups = args.number('groups', 1);
  const rows = viewOf(tensorState(tensorOf(call)))?.shape?.[0];
  const one: Draw = { kind: 'identity', gain: 1 };
  if (groups === 1) return one;
  if (!isKnown(rows) || rows % groups !== 0) return unknownDraw('its groups are not known');
  return {
    kind: 'partitioned',
    axis: 0,
    parts: Array.from({ length: groups }, () => ({ size: rows / groups, draw: one })),
  };
};

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
  dirac_: { parameters: ['groups'], draw: dirac },
  sparse_: { parameters: ['sparsity', 'std'], draw: () => unknownDraw('its zeros lie at random places') },
  orthogonal_: { parameters: ['gain'], draw: (args) => ({ kind: 'orthogonal', gain: args.number('gain', 1) }) },
  xavier_uniform_: { parameters: ['gain'], draw: xavier('uniform') },
  xavier_normal_: { parameters: ['gain'], draw: xavier('normal') },
  kaiming_uniform_: { parameters: ['a', 'mode', 'nonlinearity'], draw: kaiming('uniform') },
  kaiming_normal_: { parameters: ['a', 'mode', 'nonlinearity'], draw: kaiming('normal') },
};

/** The same under other names: deprecated ones, and the inner ones that vendored code calls. */
const otherNames: Readonly<Record<string, keyof typeof initializers>> = {
  ...Object.fromEntries(
    [
      'uniform',
      'normal',
      'constant',
      'eye',
      'dirac',
      'orthogonal',
      'sparse',
      'xavier_uniform',
      'xavier_normal',
      'kaiming_uniform',
      'kaiming_normal',
    ].map((name) => [name, `${name}_`]),
  ),
  _no_grad_uniform_: 'uniform_',
  _no_grad_normal_: 'normal_',
  _no_grad_trunc_normal_: 'trunc_normal_',
  _no_grad_fill_: 'constant_',
  _no_grad_zero_: 'zeros_',
};

function initFunction(name: string): Value {
  const initializer = initializers[name];
  return builtin(name, (call) => {
    const tensor = tensorOf(call);
    if (!initializer) return initialise(tensor, unknownDraw(`\`${name}\` is not understood`), call);
    const shifted = call.positional.length === 0 ? { ...call, positional: [none] } : call;
    const args = new DrawArguments(shifted, initializer.parameters);
    return initialise(tensor, args.checked(initializer.draw(args, call)), call);
  });
}

/** `torch.nn.init`. */
export const initMembers: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(Object.keys(initializers).map((name) => [name, initFunction(name)])),
  ...Object.fromEntries(Object.entries(otherNames).map(([name, same]) => [name, initFunction(same)])),
  _calculate_fan_in_and_fan_out: builtin('_calculate_fan_in_and_fan_out', (call) => fans(call)),
  _calculate_correct_fan: builtin('_calculate_correct_fan', (call) => {
    const mode = call.positional[1] ?? call.keywords.get('mode');
    const both = fans(call);
    const [into = none, out = none] = both.type === 'tuple' ? both.items : [both, both];
    return mode?.type === 'str' && mode.value.toLowerCase() === 'fan_out' ? out : into;
  }),
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

/** (fan-in, fan-out) of a tensor, as PyTorch counts them. */
function fans(call: Call): Value {
  needTwoAxes(call);
  const shape = viewOf(tensorState(tensorOf(call)))?.shape;
  const known = fansOf(shape);
  const unknown = (name: string): Value =>
    call.interpreter.unknown(`${name} (${symbolOf(tensorOf(call) ?? none)})`, 'depends on sizes that are not known');
  return tuple(known ? [int(known.in), int(known.out)] : [unknown('fan_in'), unknown('fan_out')]);
}
