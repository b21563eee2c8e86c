import {
  axesOf,
  fanIn,
  fanOut,
  isKnown,
  partsOf,
  product,
  shapeText,
  type Distribution,
  type Parameter,
  type ParametersByPath,
} from '../../network';
import { ProbeError } from '../failure';
import { orthonormalizeRows } from './orthogonal';
import type { Pace } from './pace';
import { Random } from './random';

/** Drawn values, row-major in the framework's layout. */
type Draw = (parameter: Parameter, siblings: ParametersByPath, random: Random, pace: Pace) => Promise<Float32Array>;

type DrawTable = {
  readonly [K in Distribution['kind']]: (distribution: Extract<Distribution, { kind: K }>) => Draw;
};

/** The standard deviation of a standard normal cut to ±2. */
const CUT_DEVIATION = 0.8796256610342398;

/**
 * Draws a parameter from its initialiser. The values depend on the seed, the path, the shape and the distribution alone.
 *
 * @throws ProbeError if the initialiser or a size is not known.
 */
export async function draw(
  parameter: Parameter,
  siblings: ParametersByPath,
  seed: number,
  pace: Pace,
): Promise<Float32Array> {
  if (product(parameter.shape) === undefined)
    throw cannotDraw(parameter, `its size ${shapeText(parameter.shape)} is not known`);
  const { distribution } = parameter.initializer;
  const entry = table[distribution.kind] as (distribution: Distribution) => Draw;
  return entry(distribution)(parameter, siblings, new Random(seed, parameter.path), pace);
}

function cannotDraw(parameter: Parameter, reason: string): ProbeError {
  return new ProbeError({
    kind: 'notProbeable',
    message: `cannot draw ${parameter.path} (line ${parameter.span.start.line + 1}): ${reason}`,
    span: parameter.span,
  });
}

/** How many values are drawn between two breaths. */
const BLOCK = 65536;

/** Independent values. */
function each(sample: (random: Random) => number): Draw {
  return async (parameter, _siblings, random, pace) => {
    const values = new Float32Array(product(parameter.shape) ?? 0);
    for (let i = 0; i < values.length; i++) {
      values[i] = sample(random);
      if (i % BLOCK === 0) await pace.breathe();
    }
    return values;
  };
}

function uniform(low: number, high: number): Draw {
  return each((random) => low + (high - low) * random.uniform());
}

/** With mean 0 and this standard deviation. */
function ofFamily(shape: 'normal' | 'uniform' | 'truncatedNormal', std: number): Draw {
  switch (shape) {
    case 'normal':
      return each((random) => std * random.normal());
    case 'uniform':
      return uniform(-std * Math.sqrt(3), std * Math.sqrt(3));
    case 'truncatedNormal':
      return each((random) => (std / CUT_DEVIATION) * random.truncatedNormal(-2, 2));
  }
}

const table: DrawTable = {
  constant: ({ value }) => each(() => value),
  uniform: ({ low, high }) => uniform(low, high),
  normal: ({ mean, std }) => each((random) => mean + std * random.normal()),
  truncatedNormal: ({ mean, std, low, high }) => {
    if (std === 0) return each(() => Math.min(Math.max(mean, low), high));
    return each((random) => mean + std * random.truncatedNormal((low - mean) / std, (high - mean) / std));
  },
  varianceScaling:
    ({ scale, mode, shape }) =>
    (parameter, ...rest) => {
      const fan = fanOf(parameter, mode);
      return ofFamily(shape, fan === 0 ? 0 : Math.sqrt(scale / fan))(parameter, ...rest);
    },
  biasScaling:
    ({ scale, weight }) =>
    (parameter, siblings, ...rest) => {
      const sibling = siblings.get(weight);
      const fan = sibling && fanIn(sibling);
      if (fan === undefined) throw cannotDraw(parameter, `the fan-in of ${weight} is not known`);
      return ofFamily('uniform', fan === 0 ? 0 : Math.sqrt(scale / fan))(parameter, siblings, ...rest);
    },
  orthogonal: ({ gain }) => orthogonal(gain),
  identity: ({ gain }) => identity(gain),
  partitioned: (distribution) => partitioned(distribution),
  unknown:
    ({ reason }) =>
    (parameter) =>
      Promise.reject(cannotDraw(parameter, reason)),
};

function fanOf(parameter: Parameter, mode: 'fanIn' | 'fanOut' | 'fanAvg'): number {
  const into = fanIn(parameter);
  const out = fanOut(parameter);
  if (into === undefined || out === undefined) throw cannotDraw(parameter, 'its fans are not known');
  switch (mode) {
    case 'fanIn':
      return into;
    case 'fanOut':
      return out;
    case 'fanAvg':
      return (into + out) / 2;
  }
}

/** A semi-orthogonal matrix of the first axis against all others, as PyTorch has it (Saxe et al. 2014), times the gain. */
function orthogonal(gain: number): Draw {
  return async (parameter, _siblings, random, pace) => {
    const size = product(parameter.shape) ?? 0;
    const [first] = parameter.shape;
    const rows = isKnown(first) ? first : 1;
    const columns = rows === 0 ? 0 : size / rows;
    const short = Math.min(rows, columns);
    const long = Math.max(rows, columns);
    const matrix = Float64Array.from({ length: size }, () => random.normal());
    await orthonormalizeRows(matrix, short, long, pace);
    const values = new Float32Array(size);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        values[i * columns + j] = gain * (matrix[rows <= columns ? i * columns + j : j * rows + i] ?? NaN);
    return values;
  };
}

/** Each part by its own distribution, as if it were a parameter of its own. */
function partitioned({ axis }: Extract<Distribution, { kind: 'partitioned' }>): Draw {
  return async (parameter, siblings, random, pace) => {
    const shape = parameter.shape.filter(isKnown);
    const values = new Float32Array(product(shape) ?? 0);
    const inner = shape.slice(axis + 1).reduce((size, dim) => size * dim, 1);
    const row = (shape[axis] ?? 0) * inner;
    let start = 0;
    for (const part of partsOf(parameter)) {
      const { distribution } = part.initializer;
      const entry = table[distribution.kind] as (distribution: Distribution) => Draw;
      const drawn = await entry(distribution)(part, siblings, random, pace);
      const length = (part.shape.filter(isKnown)[axis] ?? 0) * inner;
      for (let from = 0, to = start; from < drawn.length; from += length, to += row)
        values.set(drawn.subarray(from, from + length), to);
      start += length;
    }
    return values;
  };
}

/** The identity map: ones on the diagonal, of a kernel on the diagonal of its centre (Dirac). */
function identity(gain: number): Draw {
  return (parameter) => {
    const shape = parameter.shape.filter(isKnown);
    const out = parameter.axes.indexOf('out');
    const into = parameter.axes.indexOf('in');
    const values = new Float32Array(product(shape) ?? 0);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, dim) => size * dim, 1));
    const centre = parameter.axes.reduce(
      (offset, role, axis) =>
        role === 'kernel' ? offset + Math.floor((shape[axis] ?? 1) / 2) * (strides[axis] ?? 0) : offset,
      0,
    );
    const diagonal = Math.min(...[...axesOf(parameter, 'out'), ...axesOf(parameter, 'in')].filter(isKnown));
    for (let i = 0; i < diagonal; i++) values[centre + i * ((strides[out] ?? 0) + (strides[into] ?? 0))] = gain;
    return Promise.resolve(values);
  };
}
