import type { FanMode, InitializerOrigin, Shape } from '../../network';
import { toShape } from '../frameworks/sizes';
import { drawnTensor, drawOfInitializer, InitializerState } from '../keras/initializerClass';
import { shapeOf, symbolic } from '../keras/tensor';
import type { DrawState } from '../keras/variable';
import { drawOfStep } from '../keras/variables';
import { keras } from '../kerasLayers/dialect';
import { originAt } from '../kerasLayers/drawn';
import { always, notKnown, orthogonal, varianceScaling, type Draw, type Family } from '../kerasLayers/initializers';
import { CallArguments } from '../python/arguments';
import { builtin, builtinClass, newInstance } from '../python/classes';
import { objectClass } from '../python/library/types';
import { numberOf, reasonOf, tuple, type Call, type Value } from '../python/values';
import { fromDim } from '../frameworks/sizes';
import { ArrayRecording } from './array';

/** An initialiser of `jax.nn.initializers`: a function of a key, a shape and a type. */
const initializerClass = builtinClass(
  'Initializer',
  [objectClass],
  {
    __call__: (call) => {
      const [self] = call.positional;
      const given = new CallArguments(call, ['key', 'shape', 'dtype'], 1).get('shape');
      const shape = given && toShape(call.interpreter, [given]);
      const draw = drawOfInitializer(self) ?? notKnown('it is drawn by an initialiser that is not understood');
      return drawnTensor(shape, draw, new ArrayRecording(call, false));
    },
  },
  () => new InitializerState(),
);

function initializer(draw: Draw, call: Pick<Call, 'site'>): Value {
  const made = newInstance(initializerClass, call.site);
  if (made.native instanceof InitializerState) made.native.draw = draw;
  return made;
}

/** The arguments of a function that makes an initialiser; one that is not known makes the draw unknown. */
class Numbers {
  doubt: string | undefined;

  constructor(private readonly args: CallArguments) {}

  number(name: string, fallback: number): number {
    const value = this.args.get(name);
    if (!value || value.type === 'none') return fallback;
    const number = numberOf(value);
    if (number === undefined) this.doubt = value.type === 'unknown' ? reasonOf(value) : `\`${name}\` is not a number`;
    return number ?? fallback;
  }

  text(name: string, fallback: string): string {
    const value = this.args.get(name);
    if (value?.type === 'str') return value.value;
    if (value) this.doubt = `\`${name}\` is not a name that is known`;
    return fallback;
  }

  /** Fans that are counted over other axes than the last two. */
  otherAxes(): boolean {
    const other = (name: string, usual: number): boolean => {
      const value = this.args.get(name);
      return value !== undefined && numberOf(value) !== usual;
    };
    return other('in_axis', -2) || other('out_axis', -1) || this.args.has('batch_axis');
  }
}

interface Definition {
  readonly parameters: readonly string[];
  readonly draw: (settings: Numbers) => Draw;
}

const axes = ['in_axis', 'out_axis', 'batch_axis'];
const modes: Readonly<Record<string, FanMode>> = { fan_in: 'fanIn', fan_out: 'fanOut', fan_avg: 'fanAvg' };
const families: Readonly<Record<string, Family>> = {
  truncated_normal: 'truncatedNormal',
  normal: 'normal',
  uniform: 'uniform',
};

const scaling = (settings: Numbers, scale: number, mode: FanMode, family: Family): Draw =>
  settings.otherAxes()
    ? notKnown('its fans are counted over axes of its own')
    : varianceScaling(scale, mode, family, keras);

const scaled = (scale: number, mode: FanMode, family: Family): Definition => ({
  parameters: axes,
  draw: (settings) => scaling(settings, scale, mode, family),
});

const constant = (value: number): Definition => ({ parameters: [], draw: () => always({ kind: 'constant', value }) });

/** Functions of `jax.nn.initializers` that make initialisers, with their defaults. */
const definitions: Readonly<Record<string, Definition>> = {
  zeros_init: constant(0),
  ones_init: constant(1),
  constant: { parameters: ['value'], draw: (s) => always({ kind: 'constant', value: s.number('value', 0) }) },
  uniform: {
    parameters: ['scale'],
    draw: (s) => always({ kind: 'uniform', low: 0, high: s.number('scale', 0.01) }),
  },
  normal: {
    parameters: ['stddev'],
    draw: (s) => always({ kind: 'normal', mean: 0, std: s.number('stddev', 0.01) }),
  },
  truncated_normal: {
    parameters: ['stddev', 'dtype', 'lower', 'upper'],
    draw: (s) => {
      const std = s.number('stddev', 0.01);
      const [low, high] = [std * s.number('lower', -2), std * s.number('upper', 2)];
      return always({ kind: 'truncatedNormal', mean: 0, std, low, high });
    },
  },
  variance_scaling: {
    parameters: ['scale', 'mode', 'distribution', ...axes],
    draw: (s) => {
      const mode = modes[s.text('mode', 'fan_in')];
      const family = families[s.text('distribution', 'truncated_normal')];
      if (!mode || !family) return notKnown('this way to scale its variance is not known');
      return scaling(s, s.number('scale', 1), mode, family);
    },
  },
  glorot_uniform: scaled(1, 'fanAvg', 'uniform'),
  glorot_normal: scaled(1, 'fanAvg', 'truncatedNormal'),
  lecun_uniform: scaled(1, 'fanIn', 'uniform'),
  lecun_normal: scaled(1, 'fanIn', 'truncatedNormal'),
  he_uniform: scaled(2, 'fanIn', 'uniform'),
  he_normal: scaled(2, 'fanIn', 'truncatedNormal'),
  orthogonal: {
    parameters: ['scale', 'column_axis'],
    draw: (s) =>
      s.number('column_axis', -1) === -1
        ? orthogonal(s.number('scale', 1))
        : notKnown('it is orthogonal along another axis than the last'),
  },
};

const aliases: Readonly<Record<string, string>> = {
  xavier_uniform: 'glorot_uniform',
  xavier_normal: 'glorot_normal',
  kaiming_uniform: 'he_uniform',
  kaiming_normal: 'he_normal',
};

function maker(name: string, { parameters, draw }: Definition): Value {
  return builtin(name, (call) => {
    const settings = new Numbers(new CallArguments(call, parameters));
    const made = draw(settings);
    return initializer(settings.doubt === undefined ? made : notKnown(settings.doubt), call);
  });
}

const makers = new Map(Object.entries(definitions).map(([name, definition]) => [name, maker(name, definition)]));

/** `zeros(key, shape, dtype)`: an initialiser itself, not a function that makes one. */
const filling = (name: string, value: number): Value =>
  builtin(name, (call) => {
    const given = new CallArguments(call, ['key', 'shape', 'dtype']).get('shape');
    const shape = given && toShape(call.interpreter, [given]);
    return new ArrayRecording(call, false).add({ kind: 'constant', shape, content: { kind: 'fill', value } }, []);
  });

/** `jax.nn.initializers`, `flax.linen.initializers`, `nnx.initializers`. */
export const initializerMembers: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(makers),
  ...Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, name]) => {
      const made = makers.get(name);
      return made ? [[alias, made] as const] : [];
    }),
  ),
  zeros: filling('zeros', 0),
  ones: filling('ones', 1),
  Initializer: initializerClass,
};

/** What layers of Flax draw from where nothing is said. */
export const defaults = {
  kernel: varianceScaling(1, 'fanIn', 'truncatedNormal', keras),
  recurrentKernel: orthogonal(1),
  zeros: always({ kind: 'constant', value: 0 }),
  ones: always({ kind: 'constant', value: 1 }),
} as const satisfies Readonly<Record<string, Draw>>;

/** What an initialiser of the source makes of a shape; undefined where it does not make an array. */
export interface Drawn {
  readonly shape: Shape;
  readonly drawn: DrawState;
}

/** Call an initialiser of whatever kind, with what follows the key. */
export function drawWith(initialise: Value, following: readonly Value[], call: Call): Drawn | undefined {
  const origin = originAt(initialise.type === 'instance' ? initialise.site : call.site);
  const key = call.interpreter.unknown('key', 'is a key of random numbers');
  return contentOf(call.interpreter.apply(initialise, key, ...following), origin);
}

/** What an array that was just made holds, and what it is drawn from. */
export function contentOf(value: Value | undefined, origin: InitializerOrigin): Drawn | undefined {
  const number = numberOf(value);
  if (number !== undefined) return { shape: [], drawn: { draw: always({ kind: 'constant', value: number }), origin } };
  const shape = shapeOf(value);
  return shape && { shape, drawn: { draw: drawOfStep(symbolic(value)?.step), origin } };
}

/** What a weight of this shape is drawn by: by what was given to its layer, else by the framework's default. */
export function drawOf(given: Value | undefined, fallback: Draw, shape: Shape, call: Call): DrawState {
  if (!given || given.type === 'none') return { draw: fallback, origin: { kind: 'frameworkDefault' } };
  const known = drawOfInitializer(given);
  if (known) return { draw: known, origin: originAt(given.type === 'instance' ? given.site : call.site) };
  if (given.type === 'unknown') return { draw: notKnown(reasonOf(given)), origin: originAt(call.site) };
  const drawn = drawWith(given, [tuple(shape.map(fromDim))], call)?.drawn;
  return drawn ?? { draw: notKnown('its initialiser is not understood'), origin: originAt(call.site) };
}

/** What recurrent weights are drawn by. */
export const recurrentInitializer = (call: Pick<Call, 'site'>): Value => initializer(defaults.recurrentKernel, call);
