import { axisOf, isKnown, product, sameDim, type Shape } from '../network';
import type { State } from './state';

/**
 * The axes of units, along which elements are independent. Where they are not known they are the ones of the usual layouts: channels of
 * images, else the last axis. All other axes but the batch are positions.
 */
export function unitAxesOf({ unitAxes }: Pick<State, 'unitAxes'>, shape: Shape): readonly number[] {
  if (unitAxes) return unitAxes;
  return shape.length === 0 ? [] : [shape.length >= 4 ? 1 : shape.length - 1];
}

/** Whether elements along this axis are units. Without a shape the last axis is taken for one. */
export function isUnitAxis(state: State, axis: number, shape: Shape | undefined): boolean {
  if (!shape) return axis === -1;
  return unitAxesOf(state, shape).includes(axisOf(axis, shape.length) ?? -1);
}

/** `axes` after the axes of a tensor are put in another order. */
export function permutedAxes(
  axes: readonly number[] | undefined,
  order: readonly number[],
): readonly number[] | undefined {
  const rank = order.length;
  return axes && order.flatMap((from, to) => (axes.includes(axisOf(from, rank) ?? -1) ? [to] : []));
}

/** `axes` after those for which `gone` holds are taken away. */
export function withoutAxes(axes: readonly number[], gone: readonly number[]): readonly number[] {
  return axes.filter((axis) => !gone.includes(axis)).map((axis) => axis - gone.filter((other) => other < axis).length);
}

/** `axes` after `count` new ones are put in at `place`. */
export function shiftedAxes(
  axes: readonly number[] | undefined,
  place: number,
  count: number,
): readonly number[] | undefined {
  return axes?.map((axis) => (axis >= place ? axis + count : axis));
}

/**
 * Where the units are after elements are counted anew, in the same order: equal sizes at both ends stay what they were, and what lies
 * between is divided where the products of sizes agree. An axis that holds any units counts as one of them. Undefined where units and
 * positions cannot be told apart.
 */
export function reshapedAxes(
  axes: readonly number[] | undefined,
  from: Shape | undefined,
  to: Shape | undefined,
): readonly number[] | undefined {
  if (!axes || !from || !to) return undefined;
  let start = 0;
  while (start < Math.min(from.length, to.length) && same(from[start], to[start])) start += 1;
  let end = 0;
  while (end < Math.min(from.length, to.length) - start && same(from.at(-1 - end), to.at(-1 - end))) end += 1;
  const result = axes.filter((axis) => axis < start);
  const shift = to.length - from.length;
  let [left, right] = [start, start];
  while (left < from.length - end && right < to.length - end) {
    const [fromEnd, toEnd] = nextGroup(from, to, left, right, end);
    const units = axes.filter((axis) => axis >= left && axis < fromEnd).length;
    const holds = from.slice(left, fromEnd).filter((size) => size !== 1).length;
    if (units > 0 && units < holds && toEnd - right > 1) return undefined;
    if (units > 0) for (let axis = right; axis < toEnd; axis += 1) result.push(axis);
    [left, right] = [fromEnd, toEnd];
  }
  result.push(...axes.filter((axis) => axis >= from.length - end).map((axis) => axis + shift));
  return result;
}

const same = (a: Shape[number] | undefined, b: Shape[number] | undefined): boolean =>
  a !== undefined && b !== undefined && sameDim(a, b);

/** The ends of the shortest runs of axes, from `left` and `right` on, that hold equally many elements; all that is left where a size is unknown. */
function nextGroup(from: Shape, to: Shape, left: number, right: number, end: number): readonly [number, number] {
  const [lastFrom, lastTo] = [from.length - end, to.length - end];
  let [i, j] = [left + 1, right + 1];
  for (;;) {
    const [a, b] = [product(from.slice(left, i)), product(to.slice(right, j))];
    if (a === undefined || b === undefined) return [lastFrom, lastTo];
    if (a === b) {
      // Sizes of one belong to neither side; at the end nothing may be left over.
      while (i < lastFrom && from[i] === 1) i += 1;
      while (j < lastTo && to[j] === 1) j += 1;
      return [i, j];
    }
    if (a < b && i < lastFrom) i += 1;
    else if (b < a && j < lastTo) j += 1;
    else return [lastFrom, lastTo];
  }
}

/** The size of an axis, where it is known. */
export function sizeAt(shape: Shape | undefined, axis: number): number | undefined {
  const at = shape && axisOf(axis, shape.length);
  const size = at === undefined ? undefined : shape?.[at];
  return isKnown(size) ? size : undefined;
}
