import { isKnown, product, type NodeId, type OpOf, type Shape } from '../network';
import { SourceSet } from './sourceSet';
import type { State } from './state';
import type { Weights } from './weights';

/** What a mask adds to scores that are not to count: −∞, the least of a type, Swin's −100. No table of moderate numbers holds it. */
const MASKED = -50;

/** A tensor that no input goes into, as numbers over its elements. */
interface Elements {
  readonly mean: number;
  readonly secondMoment: number;
  /** E[x_i x_j] of two positions, at one unit. */
  readonly crossMoment: number;
}

/**
 * A trained tensor used as a value: a class token, positions, a table of biases, a gain. Its elements are drawn independently, so that two
 * positions have nothing in common but the mean; a tensor of units alone is the same everywhere.
 */
export function parameterState(
  { parameter, shape }: OpOf<'parameter'>,
  node: NodeId,
  weights: Weights,
): State | undefined {
  const drawn = weights.scalar(parameter, 0);
  if (!drawn) return undefined;
  const { mean, secondMoment } = drawn;
  return stateOf(shape, { mean, secondMoment, crossMoment: mean * mean }, SourceSet.of(node));
}

/** Noise is drawn anew for every input and position. */
export function noiseState({ distribution }: OpOf<'noise'>, shape: Shape | undefined, node: NodeId): State {
  const mean = distribution === 'normal' ? 0 : 1 / 2;
  const secondMoment = distribution === 'normal' ? 1 : 1 / 3;
  return { mean, secondMoment, crossMoment: mean * mean, unitAxes: unitsOf(shape), sources: SourceSet.of(node) };
}

/**
 * A tensor that is not trained. It has no randomness of its own: its moments are those over its elements, and what it is multiplied with
 * is independent of it. Numbers that mask scores count as no numbers: see {@link State.causal}.
 */
export function constantState({ content, shape }: OpOf<'constant'>): State | undefined {
  switch (content.kind) {
    case 'fill': {
      const value = content.value <= MASKED ? 0 : content.value;
      const state = stateOf(shape, { mean: value, secondMoment: value * value, crossMoment: value * value });
      return content.value <= MASKED ? { ...state, hides: true } : state;
    }
    case 'range': {
      const count = shape?.[0];
      const steps = isKnown(count) && count > 0 ? count - 1 : 1;
      const mean = content.start + (content.step * steps) / 2;
      // Of equally spaced numbers: Var = step²·((n)² − 1)/12.
      const secondMoment = mean * mean + (content.step ** 2 * ((steps + 1) ** 2 - 1)) / 12;
      return stateOf(shape, { mean, secondMoment, crossMoment: mean * mean });
    }
    case 'values':
      return tableState(content.values, shape);
    case 'triangle': {
      const [inside, outside] = [content.inside, content.outside].map((value) => (value <= MASKED ? 0 : value));
      const mean = ((inside ?? 0) + (outside ?? 0)) / 2;
      const secondMoment = ((inside ?? 0) ** 2 + (outside ?? 0) ** 2) / 2;
      const masks = Math.min(content.inside, content.outside) <= MASKED;
      const state = stateOf(shape, { mean, secondMoment, crossMoment: mean * mean });
      return masks ? { ...state, causal: true } : state;
    }
    case 'buffer':
    case 'unknown':
      return undefined;
  }
}

/** Over the elements of a table; the units are those of {@link unitsOf}, positions are compared at one unit. */
function tableState(values: readonly number[], shape: Shape | undefined): State {
  const kept = values.map((value) => (value <= MASKED ? 0 : value));
  const count = Math.max(1, kept.length);
  const mean = kept.reduce((sum, value) => sum + value, 0) / count;
  const secondMoment = kept.reduce((sum, value) => sum + value * value, 0) / count;
  const crossMoment = Math.min(secondMoment, meanOverPositions(kept, shape) ?? mean * mean);
  const state = stateOf(shape, { mean, secondMoment, crossMoment });
  const masked = values.filter((value) => value <= MASKED).length / count;
  const square = shape !== undefined && shape.length >= 2 && shape.at(-1) === shape.at(-2);
  return square && masked > 1 / 4 && masked <= 1 / 2 ? { ...state, causal: true } : state;
}

/** E over units of the squared mean over positions, of a table whose units are its last axis. */
function meanOverPositions(values: readonly number[], shape: Shape | undefined): number | undefined {
  const units = shape?.at(-1);
  if (!isKnown(units) || units === 0 || unitsOf(shape)?.[0] !== (shape?.length ?? 0) - 1) return undefined;
  const sums = new Float64Array(units);
  for (const [at, value] of values.entries()) sums[at % units] = (sums[at % units] ?? 0) + value;
  const positions = values.length / units;
  return sums.reduce((sum, total) => sum + (total / positions) ** 2, 0) / units;
}

function stateOf(
  shape: Shape | undefined,
  { mean, secondMoment, crossMoment }: Elements,
  sources = SourceSet.none,
): State {
  const unitAxes = unitsOf(shape);
  const positions = shape?.filter((size, axis) => size !== 1 && !unitAxes?.includes(axis));
  const everywhere = positions?.length === 0;
  return { mean, secondMoment, crossMoment: everywhere ? secondMoment : crossMoment, unitAxes, sources };
}

/** The only axis that is not of size 1, else the channels of what looks like an image or a kernel, else the last. */
function unitsOf(shape: Shape | undefined): readonly number[] | undefined {
  if (!shape) return undefined;
  const wide = shape.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  if (wide.length <= 1) return wide;
  return [shape.length === 4 && product(shape.slice(0, 1)) === 1 && shape[1] !== 1 ? 1 : shape.length - 1];
}
