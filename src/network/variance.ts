import erf from '@stdlib/math-base-special-erf';
import { axesOf, fanIn, fanOut, fanRatio } from './fan';
import type { Distribution, Initializer } from './initializer';
import type { Parameter } from './parameter';
import { product } from './shape';

/** Parameters by path: what a bias needs to find the weight it stands beside. */
export type ParametersByPath = ReadonlyMap<string, Parameter>;

export function parametersByPath(parameters: readonly Parameter[]): ParametersByPath {
  return new Map(parameters.map((parameter) => [parameter.path, parameter]));
}

/** The parts of a partitioned parameter, each as a parameter of its own; a whole one is its only part. */
export function partsOf(parameter: Parameter): readonly Parameter[] {
  const { distribution, origin } = parameter.initializer;
  if (distribution.kind !== 'partitioned') return [parameter];
  return distribution.parts.map((part) => ({
    ...parameter,
    shape: parameter.shape.map((size, axis) => (axis === distribution.axis ? part.size : size)),
    initializer: { distribution: part.distribution, origin },
  }));
}

/** E of one element over draws. Undefined where the distribution is unknown (or is not one number: `identity`). */
export function mean({ distribution, origin }: Initializer): number | undefined {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return (distribution.low + distribution.high) / 2;
    case 'normal':
      return distribution.mean;
    case 'truncatedNormal':
      return truncatedMoments(distribution).mean;
    case 'varianceScaling':
    case 'biasScaling':
    case 'orthogonal':
      return 0;
    case 'partitioned':
      return weighted(distribution.parts, (part) => mean({ distribution: part.distribution, origin }));
    case 'identity':
    case 'unknown':
      return undefined;
  }
}

/**
 * Var of one element over draws and positions. Undefined where the distribution or a size that it needs is unknown.
 * A (semi-)orthogonal matrix has Var = gain²/max(rows, columns) exactly: its short side is orthonormal (Saxe et al. 2014).
 */
export function variance(parameter: Parameter, siblings: ParametersByPath): number | undefined {
  const { distribution } = parameter.initializer;
  switch (distribution.kind) {
    case 'constant':
      return 0;
    case 'uniform':
      return (distribution.high - distribution.low) ** 2 / 12;
    case 'normal':
      return distribution.std ** 2;
    case 'truncatedNormal':
      return truncatedMoments(distribution).variance;
    case 'varianceScaling':
      return divide(distribution.scale, scalingFan(distribution, parameter));
    case 'biasScaling': {
      const weight = siblings.get(distribution.weight);
      return weight && divide(distribution.scale, fanIn(weight));
    }
    case 'orthogonal': {
      const rows = product(axesOf(parameter, 'out'));
      const columns = fanIn(parameter);
      return rows === undefined || columns === undefined
        ? undefined
        : divide(distribution.gain ** 2, Math.max(rows, columns));
    }
    case 'identity': {
      const density = identityDensity(parameter);
      return density && distribution.gain ** 2 * density * (1 - density);
    }
    case 'partitioned': {
      // Var of a mixture: E[Var] + Var[E], each part weighted by its size.
      const parts = partsOf(parameter).map((part, index) => ({ part, size: distribution.parts[index]?.size ?? 0 }));
      const center = weighted(parts, ({ part }) => positionMean(part));
      return weighted(parts, ({ part }) => {
        const own = positionMean(part);
        const spread = variance(part, siblings);
        return own === undefined || spread === undefined || center === undefined
          ? undefined
          : spread + (own - center) ** 2;
      });
    }
    case 'unknown':
      return undefined;
  }
}

/** The mean over positions as well: of an identity the share of its ones. */
function positionMean(part: Parameter): number | undefined {
  const { distribution } = part.initializer;
  if (distribution.kind !== 'identity') return mean(part.initializer);
  const density = identityDensity(part);
  return density === undefined ? undefined : distribution.gain * density;
}

/** How many of the elements of an identity are ones. */
function identityDensity(parameter: Parameter): number | undefined {
  const count = product(parameter.shape);
  const diagonal = product(axesOf(parameter, 'out'));
  const other = product(axesOf(parameter, 'in'));
  return !count || diagonal === undefined || other === undefined ? undefined : Math.min(diagonal, other) / count;
}

/**
 * σ_w² = fan_in · Var(W), exact where the sizes cancel (all fan-in scalings; square layers of any scaling).
 * Undefined where it cannot be told, and where the weights are not drawn with zero mean.
 */
export function weightVariance(parameter: Parameter): number | undefined {
  const { distribution } = parameter.initializer;
  if (mean(parameter.initializer) !== 0) return undefined;
  switch (distribution.kind) {
    case 'constant':
      return 0;
    case 'varianceScaling': {
      if (distribution.mode === 'fanIn') return distribution.scale;
      const ratio = fanRatio(parameter);
      if (ratio === undefined) return undefined;
      return distribution.scale * (distribution.mode === 'fanOut' ? ratio : (2 * ratio) / (1 + ratio));
    }
    case 'orthogonal': {
      const columns = fanIn(parameter);
      const rows = product(axesOf(parameter, 'out'));
      if (columns !== undefined && rows !== undefined)
        return (distribution.gain ** 2 * columns) / Math.max(rows, columns);
      // Without the kernel only a square matrix is sure: fan_in ≥ out whatever the kernel.
      return fanRatio(parameter) === 1 ? distribution.gain ** 2 : undefined;
    }
    case 'uniform':
    case 'normal':
    case 'truncatedNormal':
    case 'biasScaling':
    case 'identity':
    case 'partitioned':
    case 'unknown': {
      const connections = fanIn(parameter);
      const spread = variance(parameter, new Map());
      return connections === undefined || spread === undefined ? undefined : connections * spread;
    }
  }
}

/** σ_b² = E[b²] of a bias (a constant counts as its square). Undefined where it cannot be told. */
export function biasVariance(bias: Parameter, siblings: ParametersByPath): number | undefined {
  const center = mean(bias.initializer);
  const spread = variance(bias, siblings);
  return center === undefined || spread === undefined ? undefined : spread + center ** 2;
}

function scalingFan(
  { mode }: Extract<Distribution, { kind: 'varianceScaling' }>,
  parameter: Parameter,
): number | undefined {
  const into = fanIn(parameter);
  const out = fanOut(parameter);
  if (mode === 'fanIn') return into;
  if (mode === 'fanOut') return out;
  return into === undefined || out === undefined ? undefined : (into + out) / 2;
}

/** The mean over parts, weighted by their sizes; undefined where one is. */
function weighted<Part extends { readonly size: number }>(
  parts: readonly Part[],
  value: (part: Part) => number | undefined,
): number | undefined {
  let [sum, total] = [0, 0];
  for (const part of parts) {
    const one = value(part);
    if (one === undefined) return undefined;
    sum += part.size * one;
    total += part.size;
  }
  return total === 0 ? undefined : sum / total;
}

function divide(numerator: number, denominator: number | undefined): number | undefined {
  return denominator === undefined || denominator === 0 ? undefined : numerator / denominator;
}

/** Mean and variance of a normal cut to [low, high] (Johnson, Kotz & Balakrishnan 1994, §10.1). */
function truncatedMoments(normal: Extract<Distribution, { kind: 'truncatedNormal' }>): {
  mean: number;
  variance: number;
} {
  const { mean: center, std, low, high } = normal;
  if (std === 0) return { mean: Math.min(Math.max(center, low), high), variance: 0 };
  const a = (low - center) / std;
  const b = (high - center) / std;
  const mass = (erf(b / Math.SQRT2) - erf(a / Math.SQRT2)) / 2;
  // Nothing of the normal lies in the interval as far as doubles tell: the draw is as good as uniform there.
  if (mass < 1e-12) return { mean: (low + high) / 2, variance: (high - low) ** 2 / 12 };
  const shift = (density(a) - density(b)) / mass;
  const shrink = (finite(a) * density(a) - finite(b) * density(b)) / mass;
  return { mean: center + std * shift, variance: std ** 2 * (1 + shrink - shift ** 2) };
}

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const finite = (x: number): number => (Number.isFinite(x) ? x : 0);
