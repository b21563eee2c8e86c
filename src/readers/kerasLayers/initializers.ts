import { product, type AxisRole, type Distribution, type FanMode, type Shape } from '../../network';
import type { Dialect } from './dialect';
import { isMap, NotKnown, Settings, type Setting, type SettingMap } from './settings';

/** What a weight is drawn from, once its sizes and the roles of its axes are known. */
export type Draw = (shape: Shape, axes: readonly AxisRole[]) => Distribution;

const always =
  (distribution: Distribution): Draw =>
  () =>
    distribution;
export const notKnown = (reason: string): Draw => always({ kind: 'unknown', reason });

/** What an initialiser draws, given by its name or as `{ class_name, config }`. */
export function drawOf(initializer: Setting | undefined, dialect: Dialect): Draw {
  if (typeof initializer === 'string') return byName(initializer, {}, dialect);
  if (initializer instanceof NotKnown) return notKnown(initializer.reason);
  if (isMap(initializer)) {
    const { class_name: name, config } = initializer;
    if (typeof name === 'string') return byName(name, isMap(config) ? config : {}, dialect);
  }
  return notKnown('it is drawn by an initialiser that is not understood');
}

function byName(name: string, config: SettingMap, dialect: Dialect): Draw {
  const key = name.replaceAll('_', '').toLowerCase();
  const definition = definitions.get(key) ?? definitions.get(aliases[key] ?? '');
  if (!definition) return notKnown(`\`${name}\` is an initialiser that is not known`);
  const settings = new Settings(name, config);
  const draw = definition(settings, dialect);
  return settings.doubt === undefined ? draw : notKnown(settings.doubt);
}

type Definition = (settings: Settings, dialect: Dialect) => Draw;
type Family = 'normal' | 'uniform' | 'truncatedNormal';

/** The deviation of a standard normal that is cut off at ±2, and its square. */
const truncatedDeviation = 0.87962566103423978;
const truncatedVariance = truncatedDeviation ** 2;

/** Var(W) = scale / n with n as Keras counts it; where that is not what the roles of the axes say, the numbers themselves. */
function varianceScaling(scale: number, mode: FanMode, family: Family, dialect: Dialect): Draw {
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
  if (axes.at(-2) === 'in' && axes.at(-1) === 'out' && axes.slice(0, -2).every((role) => role === 'kernel'))
    return 'roles';
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

const scaled =
  (scale: number, mode: FanMode, family: Family): Definition =>
  (_, dialect) =>
    varianceScaling(scale, mode, family, dialect);

const constant =
  (value: number): Definition =>
  () =>
    always({ kind: 'constant', value });

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
const folded = (text: string): string => text.replaceAll('_', '').toLowerCase();

const definitions = new Map<string, Definition>(
  Object.entries<Definition>({
    zeros: constant(0),
    ones: constant(1),
    constant: (s) => always({ kind: 'constant', value: s.number('value', 0) }),
    identity: (s) => always({ kind: 'identity', gain: s.number('gain', 1) }),
    orthogonal: (s) => orthogonal(s.number('gain', 1)),
    randomnormal: (s, dialect) =>
      always({ kind: 'normal', mean: s.number('mean', 0), std: numberOr(s, 'stddev', 0.05, dialect) }),
    randomuniform: (s, dialect) =>
      always({
        kind: 'uniform',
        low: numberOr(s, 'minval', -0.05, dialect),
        high: numberOr(s, 'maxval', 0.05, dialect),
      }),
    truncatednormal: (s, dialect) => {
      const [mean, std] = [s.number('mean', 0), numberOr(s, 'stddev', 0.05, dialect)];
      return always({ kind: 'truncatedNormal', mean, std, low: mean - 2 * std, high: mean + 2 * std });
    },
    variancescaling: (s, dialect) =>
      varianceScaling(
        s.number('scale', 1),
        modes[folded(s.text('mode', 'fanIn'))] ?? 'fanIn',
        families[dialect.name][folded(s.text('distribution', 'normal'))] ?? 'uniform',
        dialect,
      ),
    glorotuniform: scaled(1, 'fanAvg', 'uniform'),
    glorotnormal: scaled(1, 'fanAvg', 'truncatedNormal'),
    heuniform: scaled(2, 'fanIn', 'uniform'),
    henormal: scaled(2, 'fanIn', 'truncatedNormal'),
    lecununiform: scaled(1, 'fanIn', 'uniform'),
    lecunnormal: scaled(1, 'fanIn', 'truncatedNormal'),
  }),
);

const aliases: Readonly<Record<string, string>> = {
  normal: 'randomnormal',
  uniform: 'randomuniform',
  one: 'ones',
  zero: 'zeros',
};

/** The last axis is orthogonal to all others together: the same as by roles where those are the inputs. */
function orthogonal(gain: number): Draw {
  return (shape, axes) => {
    if (axes.at(-1) === 'out' && axes.includes('in') && axes.filter((role) => role === 'out').length === 1)
      return { kind: 'orthogonal', gain };
    const [rows, columns] = [product(shape.slice(0, -1)), product(shape.slice(-1))];
    return rows === undefined || columns === undefined
      ? { kind: 'unknown', reason: 'the sizes that its variance depends on are not known' }
      : { kind: 'normal', mean: 0, std: gain / Math.sqrt(Math.max(rows, columns)) };
  };
}

/** The bias of an LSTM whose forget gate, the second of four, starts open: at one. */
export function withOpenForgetGate(draw: Draw): Draw {
  return (shape, axes) => {
    const [wide] = shape;
    const others = draw(shape, axes);
    if (typeof wide !== 'number' || shape.length !== 1)
      return { kind: 'unknown', reason: 'the number of units is not known' };
    // Draws that depend on sizes see those of one gate.
    if (others.kind === 'varianceScaling' || others.kind === 'orthogonal')
      return { kind: 'unknown', reason: 'a bias that is drawn gate by gate is not understood' };
    const size = wide / 4;
    return {
      kind: 'partitioned',
      axis: 0,
      parts: [
        { size, distribution: others },
        { size, distribution: { kind: 'constant', value: 1 } },
        { size: 2 * size, distribution: others },
      ],
    };
  };
}
