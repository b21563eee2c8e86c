import { product, type AxisRole, type FanMode, type InitializerOrigin, type Shape } from '../../network';
import { CallArguments } from '../python/arguments';
import { builtin, builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { spanOf, type Site } from '../text/source';
import { none, numberOf, reasonOf, text, type Call, type ClassValue, type Value } from '../python/values';
import type { Step } from '../kerasLayers/graph';
import { snakeCase } from './names';
import { Recording } from './recording';
import { toKerasShape } from './sizes';
import { symbolic } from './tensor';
import { always, notKnown, type Draw, type DrawState } from './variable';

/** The hidden state of an initialiser. */
export class InitializerState {
  draw: Draw = notKnown('it is drawn by an initialiser that is not understood');
}

/** Tensors that were made by calling an initialiser. */
const drawnSteps = new WeakMap<Step, Draw>();

/** A tensor that is drawn in this way. */
export function drawnTensor(shape: Shape | undefined, draw: Draw, recording: Recording): Value {
  const content = { kind: 'unknown', reason: 'it is drawn by an initialiser' } as const;
  const tensor = recording.add({ kind: 'constant', shape, content }, []);
  const made = symbolic(tensor)?.step;
  if (made) drawnSteps.set(made, draw);
  return tensor;
}

/** What a tensor was drawn from, where an initialiser made it. */
export function drawnBy(step: Step): Draw | undefined {
  return drawnSteps.get(step);
}

export const initializerClass = builtinClass(
  'Initializer',
  [objectClass],
  {
    __init__: () => none,
    /** `initializer(shape=(3, 4))`: a tensor that is drawn by it. */
    __call__: (call) => {
      const [self] = call.positional;
      const given = new CallArguments(call, ['shape'], 1).get('shape');
      const shape = given && toKerasShape(call.interpreter, given, false);
      return drawnTensor(shape, drawOfInitializer(self) ?? notUnderstood('this'), new Recording(call, false));
    },
  },
  () => new InitializerState(),
);

interface Definition {
  readonly parameters: readonly string[];
  readonly draw: (settings: Numbers) => Draw;
}

/** Numbers and words among the arguments of an initialiser; one that is not known makes the draw unknown. */
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
    if (value) this.doubt = value.type === 'unknown' ? reasonOf(value) : `\`${name}\` is not a name`;
    return fallback;
  }
}

const modes: Readonly<Record<string, FanMode>> = { fan_in: 'fanIn', fan_out: 'fanOut', fan_avg: 'fanAvg' };
export type Family = 'normal' | 'uniform' | 'truncatedNormal';
const families: Readonly<Record<string, Family>> = {
  normal: 'truncatedNormal',
  truncated_normal: 'truncatedNormal',
  untruncated_normal: 'normal',
  uniform: 'uniform',
};

/** Var(W) = scale / n with n as Keras counts it; where that is not what the roles of the axes say, the numbers themselves. */
export function varianceScaling(scale: number, mode: FanMode, family: Family): Draw {
  return (shape, axes) => {
    const fans = kerasFans(shape, axes);
    if (fans === 'roles') return { kind: 'varianceScaling', scale, mode, shape: family };
    if (!fans) return { kind: 'unknown', reason: 'the sizes that its variance depends on are not known' };
    const [into, out] = fans;
    const count = mode === 'fanIn' ? into : mode === 'fanOut' ? out : (into + out) / 2;
    const variance = scale / Math.max(1, count);
    switch (family) {
      case 'uniform':
        return { kind: 'uniform', low: -Math.sqrt(3 * variance), high: Math.sqrt(3 * variance) };
      case 'normal':
        return { kind: 'normal', mean: 0, std: Math.sqrt(variance) };
      case 'truncatedNormal': {
        const std = Math.sqrt(variance) / truncatedDeviation;
        return { kind: 'truncatedNormal', mean: 0, std, low: -2 * std, high: 2 * std };
      }
    }
  };
}

/** The deviation of a standard normal that is cut off at ±2. */
const truncatedDeviation = 0.87962566103423978;

/**
 * `compute_fans`: the last two axes are in and out, all before them the receptive field, whatever they are used for. `roles` where the
 * roles of the axes give the same; undefined where a size is not known.
 */
function kerasFans(shape: Shape, axes: readonly AxisRole[]): readonly [number, number] | 'roles' | undefined {
  const field = shape.slice(0, -2);
  const [into, out] = shape.length === 1 ? [shape[0], shape[0]] : [shape.at(-2), shape.at(-1)];
  const conventional =
    axes.at(-2) === 'in' && axes.at(-1) === 'out' && axes.slice(0, -2).every((role) => role === 'kernel');
  // `EinsumDense` tells its initialiser which axes are in and which are out.
  const told = axes.includes('in') && axes.includes('out') && axes.every((role) => role === 'in' || role === 'out');
  if (conventional || told) return 'roles';
  const one = product([...field, into ?? 1]);
  const other = product([...field, out ?? 1]);
  return one === undefined || other === undefined ? undefined : [one, other];
}

/** All axes but the last are orthogonalised against the last: by roles that is another matrix for some layers. */
export function orthogonal(gain: number): Draw {
  return (_shape, axes) => {
    const conventional =
      axes.at(-1) === 'out' && axes.slice(0, -1).every((role) => role !== 'out' && role !== 'feature');
    return conventional
      ? { kind: 'orthogonal', gain }
      : { kind: 'unknown', reason: 'its last axis is orthogonal to the others, whatever they stand for' };
  };
}

const scaled = (scale: number, mode: FanMode, family: Family): Definition => ({
  parameters: ['seed'],
  draw: () => varianceScaling(scale, mode, family),
});

const constant = (value: number): Definition => ({ parameters: [], draw: () => always({ kind: 'constant', value }) });

/** Keras 3's initialisers, with their defaults. Seeds do not matter for what is drawn from. */
const definitions: Readonly<Record<string, Definition>> = {
  Zeros: constant(0),
  Ones: constant(1),
  Constant: { parameters: ['value'], draw: (s) => always({ kind: 'constant', value: s.number('value', 0) }) },
  Identity: { parameters: ['gain'], draw: (s) => always({ kind: 'identity', gain: s.number('gain', 1) }) },
  RandomNormal: {
    parameters: ['mean', 'stddev', 'seed'],
    draw: (s) => always({ kind: 'normal', mean: s.number('mean', 0), std: s.number('stddev', 0.05) }),
  },
  RandomUniform: {
    parameters: ['minval', 'maxval', 'seed'],
    draw: (s) => always({ kind: 'uniform', low: s.number('minval', -0.05), high: s.number('maxval', 0.05) }),
  },
  TruncatedNormal: {
    parameters: ['mean', 'stddev', 'seed'],
    draw: (s) => {
      const [mean, std] = [s.number('mean', 0), s.number('stddev', 0.05)];
      return always({ kind: 'truncatedNormal', mean, std, low: mean - 2 * std, high: mean + 2 * std });
    },
  },
  VarianceScaling: {
    parameters: ['scale', 'mode', 'distribution', 'seed'],
    draw: (s) =>
      varianceScaling(
        s.number('scale', 1),
        modes[s.text('mode', 'fan_in')] ?? 'fanIn',
        families[s.text('distribution', 'truncated_normal').toLowerCase()] ?? 'truncatedNormal',
      ),
  },
  GlorotUniform: scaled(1, 'fanAvg', 'uniform'),
  GlorotNormal: scaled(1, 'fanAvg', 'truncatedNormal'),
  HeUniform: scaled(2, 'fanIn', 'uniform'),
  HeNormal: scaled(2, 'fanIn', 'truncatedNormal'),
  LecunUniform: scaled(1, 'fanIn', 'uniform'),
  LecunNormal: scaled(1, 'fanIn', 'truncatedNormal'),
  Orthogonal: {
    parameters: ['gain', 'seed'],
    draw: (s) => {
      return orthogonal(s.number('gain', 1));
    },
  },
};

const aliases: Readonly<Record<string, string>> = {
  normal: 'RandomNormal',
  uniform: 'RandomUniform',
  one: 'Ones',
  zero: 'Zeros',
  IdentityInitializer: 'Identity',
  OrthogonalInitializer: 'Orthogonal',
};

function classOf(name: string, { parameters, draw }: Definition): ClassValue {
  return builtinClass(name, [initializerClass], {
    __init__: (call) => {
      const [instance] = call.positional;
      if (instance?.type !== 'instance' || !(instance.native instanceof InitializerState)) return none;
      const settings = new Numbers(new CallArguments(call, parameters, 1));
      const made = draw(settings);
      instance.native.draw = settings.doubt === undefined ? made : notKnown(settings.doubt);
      return none;
    },
  });
}

const classes = new Map(Object.entries(definitions).map(([name, definition]) => [name, classOf(name, definition)]));
/** By class name, by name in snake case, by alias. */
const byName = new Map<string, ClassValue>([
  ...classes,
  ...[...classes].map(([name, cls]) => [snakeCase(name), cls] as const),
  ...Object.entries(aliases).flatMap(([alias, name]) => {
    const cls = classes.get(name);
    return cls ? [[alias, cls] as const] : [];
  }),
]);

/** `keras.initializers`. Names in snake case are the classes themselves there. */
export const initializerMembers: Readonly<Record<string, Value>> = {
  Initializer: initializerClass,
  ...Object.fromEntries(byName),
  // TensorFlow's own spellings.
  random_normal_initializer: byName.get('RandomNormal') ?? none,
  zeros_initializer: byName.get('Zeros') ?? none,
  ones_initializer: byName.get('Ones') ?? none,
  get: builtin('get', ({ positional: [identifier = none] }) => identifier),
};

/** What is drawn by what was given as an initialiser: an object, a class, a name, a configuration. */
export function drawOf(given: Value | undefined, fallback: string, call: Call): DrawState {
  if (!given || given.type === 'none') return { draw: named(fallback, call), origin: { kind: 'frameworkDefault' } };
  const site: Site = given.type === 'instance' ? given.site : call.site;
  return { draw: drawOfValue(given, call), origin: originAt(site) };
}

/** What a place in the source says. */
export function originAt(site: Site): InitializerOrigin {
  return { kind: 'source', span: spanOf(site), text: site.source.slice(site) };
}

function drawOfValue(given: Value, call: Call): Draw {
  switch (given.type) {
    case 'str':
      return named(given.value, call);
    case 'class':
      return (
        drawOfInitializer(call.interpreter.call(given, { positional: [], keywords: new Map() })) ??
        notUnderstood(given.name)
      );
    case 'instance':
      return drawOfInitializer(given) ?? notUnderstood(given.cls.name);
    case 'dict':
      return configured(given, call);
    case 'unknown':
      return notKnown(reasonOf(given));
    default:
      return notUnderstood('this');
  }
}

function configured(given: Extract<Value, { type: 'dict' }>, call: Call): Draw {
  const name = given.get(text('class_name'));
  const config = given.get(text('config'));
  const cls = name?.type === 'str' ? byName.get(name.value) : undefined;
  if (!cls || config?.type !== 'dict') return notUnderstood('this configuration');
  const keywords = new Map(
    [...config.entries.values()].flatMap(([key, value]) => (key.type === 'str' ? [[key.value, value] as const] : [])),
  );
  return drawOfInitializer(call.interpreter.call(cls, { positional: [], keywords })) ?? notUnderstood(cls.name);
}

function named(name: string, call: Call): Draw {
  const cls = byName.get(name);
  const made = cls && call.interpreter.call(cls, { positional: [], keywords: new Map() });
  return drawOfInitializer(made) ?? notUnderstood(`\`${name}\``);
}

function notUnderstood(name: string): Draw {
  return notKnown(`the initialiser ${name} is not understood`);
}

export function isInitializer(value: Value): boolean {
  return drawOfInitializer(value) !== undefined;
}

/** What an initialiser draws; undefined for what is none. */
export function drawOfInitializer(value: Value | undefined): Draw | undefined {
  return value?.type === 'instance' && value.native instanceof InitializerState ? value.native.draw : undefined;
}
