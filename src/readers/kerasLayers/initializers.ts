import { product, type AxisRole, type Distribution, type FanMode, type Shape } from '../../network';
import type { Dialect } from './dialect';
import { GivenInitializer, isMap, NotKnown, Settings, type Setting, type SettingMap } from './settings';

/** What a weight is drawn from, once its sizes and the roles of its axes are known. */
export type Draw = (shape: Shape, axes: readonly AxisRole[]) => Distribution;

export const always =
  (distribution: Distribution): Draw =>
  () =>
    distribution;
export const notKnown = (reason: string): Draw => always({ kind: 'unknown', reason });

/** What an initialiser draws, given by its name or as `{ class_name, config }`. */
export function drawOf(initializer: Setting | undefined, dialect: Dialect): Draw {
  if (typeof initializer === 'string') return byName(initializer, {}, dialect);
  if (initializer instanceof NotKnown) return notKnown(initializer.reason);
  if (initializer instanceof GivenInitializer) return initializer.draw;
  if (isMap(initializer)) {
    const { class_name: name, config } = initializer;
    if (typeof name === 'string') return byName(name, isMap(config) ? config : {}, dialect);
  }
  return notKnown('it is drawn by an initialiser that is not understood');
}

function byName(name: string, config: SettingMap, dialect: Dialect): Draw {
  const definition = definitions.get(folded(name)) ?? definitions.get(folded(initializerAliases[name] ?? ''));
  return definition
    ? drawWith(definition, new Settings(name, config), dialect)
    : notKnown(`\`${name}\` is an initialiser that is not known`);
}

/** What an initialiser of ours draws with these settings. */
export function drawWith({ draw }: InitializerDefinition, settings: Settings, dialect: Dialect): Draw {
  const drawn = draw(settings, dialect);
  return settings.doubt === undefined ? drawn : notKnown(settings.doubt);
}

/** A class of `keras.initializers`. */
export interface InitializerDefinition {
  /** In the order of the constructor. Seeds do not matter for what is drawn from. */
  readonly parameters: readonly string[];
  readonly draw: (settings: Settings, dialect: Dialect) => Draw;
}

export type Family = 'normal' | 'uniform' | 'truncatedNormal';

/** The deviation of a standard normal that is cut off at ±2, and its square. */
const truncatedDeviation = 0.87962566103423978;
const truncatedVariance = truncatedDeviation ** 2;

/** Var(W) = scale / n with n as Keras counts it; where that is not what the roles of the axes say, the numbers themselves. */
export function varianceScaling(scale: number, mode: FanMode, family: Family, dialect: Dialect): Draw {
  const exact = family === 'truncatedNormal' && !dialect.correctsTruncation ? scale * truncatedVariance : scale;
  return (shape, axes) => {
    const fans = countedFans(shape, axes, dialect);
    if (fans === 'roles') return { kind: 'varianceScaling', scale: exact, mode, shape: family };
    if (!fans) return { kind: 'unknown', reason: 'the sizes that its variance depends on are not known' };
    const [into, out] = fans;
    const count = mode === 'fanIn' ? into : mode === 'fanOut' ? out : (into + out) / 2;
    const deviation = Math.sqrt(exact / Math.max(1, count));
    switch (family) {
      case 'uniform':
        return { kind: 'uniform', low: -Math.sqrt(3) * deviation, high: Math.sqrt(3) * deviation };
      case 'normal':
        return { kind: 'normal', mean: 0, std: deviation };
      case 'truncatedNormal': {
        const std = deviation / truncatedDeviation;
        return { kind: 'truncatedNormal', mean: 0, std, low: -2 * std, high: 2 * std };
      }
    }
  };
}

/**
 * The last two axes are in and out, all before them the receptive field, whatever they are used for. `roles` where the roles of
 * the axes give the same; undefined where a size is not known.
 */
function countedFans(
  shape: Shape,
  axes: readonly AxisRole[],
  dialect: Dialect,
): readonly [number, number] | 'roles' | undefined {
  const conventional =
    axes.at(-2) === 'in' && axes.at(-1) === 'out' && axes.slice(0, -2).every((role) => role === 'kernel');
  // `EinsumDense` tells its initialiser which axes are in and which are out.
  const told = axes.includes('in') && axes.includes('out') && axes.every((role) => role === 'in' || role === 'out');
  if (conventional || told) return 'roles';
  const [size] = shape;
  if (shape.length < 2) {
    const one = size === undefined ? 1 : product([size]);
    const fan = dialect.name === 'tfjs' && one !== undefined ? Math.sqrt(one) : one;
    return fan === undefined ? undefined : [fan, fan];
  }
  const field = product(shape.slice(0, -2));
  const [into, out] = [product(shape.slice(-2, -1)), product(shape.slice(-1))];
  return field === undefined || into === undefined || out === undefined ? undefined : [field * into, field * out];
}

const scaled = (scale: number, mode: FanMode, family: Family): InitializerDefinition => ({
  parameters: ['seed'],
  draw: (_, dialect) => varianceScaling(scale, mode, family, dialect),
});

const constant = (value: number): InitializerDefinition => ({
  parameters: [],
  draw: () => always({ kind: 'constant', value }),
});

/** tfjs takes what is falsy, 0 too, for not given. */
function numberOr(settings: Settings, name: string, fallback: number, { name: dialect }: Dialect): number {
  const value = settings.number(name, fallback);
  return dialect === 'tfjs' && !value ? fallback : value;
}

const modes: Readonly<Record<string, FanMode>> = { fanin: 'fanIn', fanout: 'fanOut', fanavg: 'fanAvg' };
const families: Readonly<Record<Dialect['name'], Readonly<Record<string, Family>>>> = {
  keras: {
    normal: 'truncatedNormal',
    truncatednormal: 'truncatedNormal',
    untruncatednormal: 'normal',
    uniform: 'uniform',
  },
  // Everything but `normal` is uniform.
  tfjs: { normal: 'truncatedNormal' },
};

function folded(text: string): string {
  return text.replaceAll('_', '').toLowerCase();
}

/** The classes of `keras.initializers`, with their defaults. */
export const initializers: Readonly<Record<string, InitializerDefinition>> = {
  Zeros: constant(0),
  Ones: constant(1),
  Constant: { parameters: ['value'], draw: (s) => always({ kind: 'constant', value: s.number('value', 0) }) },
  Identity: { parameters: ['gain'], draw: (s) => always({ kind: 'identity', gain: s.number('gain', 1) }) },
  Orthogonal: { parameters: ['gain', 'seed'], draw: (s) => orthogonal(s.number('gain', 1)) },
  RandomNormal: {
    parameters: ['mean', 'stddev', 'seed'],
    draw: (s, dialect) =>
      always({ kind: 'normal', mean: s.number('mean', 0), std: numberOr(s, 'stddev', 0.05, dialect) }),
  },
  RandomUniform: {
    parameters: ['minval', 'maxval', 'seed'],
    draw: (s, dialect) => {
      const [low, high] = [numberOr(s, 'minval', -0.05, dialect), numberOr(s, 'maxval', 0.05, dialect)];
      return always({ kind: 'uniform', low, high });
    },
  },
  TruncatedNormal: {
    parameters: ['mean', 'stddev', 'seed'],
    draw: (s, dialect) => {
      const [mean, std] = [s.number('mean', 0), numberOr(s, 'stddev', 0.05, dialect)];
      return always({ kind: 'truncatedNormal', mean, std, low: mean - 2 * std, high: mean + 2 * std });
    },
  },
  VarianceScaling: {
    parameters: ['scale', 'mode', 'distribution', 'seed'],
    draw: (s, dialect) =>
      varianceScaling(
        s.number('scale', 1),
        modes[folded(s.text('mode', 'fanIn'))] ?? 'fanIn',
        families[dialect.name][folded(s.text('distribution', 'normal'))] ?? 'uniform',
        dialect,
      ),
  },
  GlorotUniform: scaled(1, 'fanAvg', 'uniform'),
  GlorotNormal: scaled(1, 'fanAvg', 'truncatedNormal'),
  HeUniform: scaled(2, 'fanIn', 'uniform'),
  HeNormal: scaled(2, 'fanIn', 'truncatedNormal'),
  LecunUniform: scaled(1, 'fanIn', 'uniform'),
  LecunNormal: scaled(1, 'fanIn', 'truncatedNormal'),
};

const definitions = new Map(Object.entries(initializers).map(([name, definition]) => [folded(name), definition]));

/** Other names of the same classes. */
export const initializerAliases: Readonly<Record<string, string>> = {
  normal: 'RandomNormal',
  uniform: 'RandomUniform',
  one: 'Ones',
  zero: 'Zeros',
  IdentityInitializer: 'Identity',
  OrthogonalInitializer: 'Orthogonal',
};

/** The last axis is orthogonal to all others together: the same as by roles where those are the inputs. */
export function orthogonal(gain: number): Draw {
  return (shape, axes) => {
    const rows = axes.slice(0, -1);
    const conventional = axes.at(-1) === 'out' && rows.includes('in');
    if (conventional && rows.every((role) => role === 'in' || role === 'kernel')) return { kind: 'orthogonal', gain };
    const [high, wide] = [product(shape.slice(0, -1)), product(shape.slice(-1))];
    return high === undefined || wide === undefined
      ? { kind: 'unknown', reason: 'the sizes that its variance depends on are not known' }
      : { kind: 'normal', mean: 0, std: gain / Math.sqrt(Math.max(high, wide)) };
  };
}

/** The bias of an LSTM whose forget gate, the second of four, starts open: at one. The others are drawn for themselves. */
export function withOpenForgetGate(draw: Draw): Draw {
  return (shape, axes) => {
    const [wide] = shape;
    if (typeof wide !== 'number' || shape.length !== 1)
      return { kind: 'unknown', reason: 'the number of units is not known' };
    const units = wide / 4;
    return {
      kind: 'partitioned',
      axis: 0,
      parts: [
        { size: units, distribution: draw([units], axes) },
        { size: units, distribution: { kind: 'constant', value: 1 } },
        { size: 2 * units, distribution: draw([2 * units], axes) },
      ],
    };
  };
}
