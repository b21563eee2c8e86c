import { BATCH, isKnown, type Dim, type PerAxis, type Shape } from '../../network';
import type { Interpreter } from '../python/interpreter';
import { isElements } from '../python/operators';
import { numberOf, tuple, type Value } from '../python/values';
import { fromDim, toDim } from '../frameworks/sizes';

/** The sizes that a `None` of ours stands for. */
const openSizes = new WeakMap<Value, Dim>();

/** Keras writes `None` for a size that is only known when the model runs; what is not known to us stays a symbol. */
export function fromKerasDim(dim: Dim): Value {
  if (isKnown(dim) || dim.reason !== undefined) return fromDim(dim);
  const open: Value = { type: 'none' };
  openSizes.set(open, dim);
  return open;
}

export function fromKerasShape(shape: Shape): Value {
  return tuple(shape.map(fromKerasDim));
}

const spaceNames = [['L'], ['H', 'W'], ['D', 'H', 'W']] as const;

/** Sizes that are not known until the model runs, by the place that they have in a sample. */
function openSize(axis: number, rank: number): Dim {
  return { symbol: spaceNames[rank - 2]?.[axis] ?? `N${axis}` };
}

/** The shape of a sample, `(32, 32, 3)`, behind the batch; undefined where not even the number of axes is known. */
export function batchOf(interpreter: Interpreter, sample: Value): Shape | undefined {
  const sizes = toKerasShape(interpreter, sample, false);
  return sizes && [BATCH, ...sizes];
}

/** `(None, 32, 32, 3)` with its batch, `(None, None, 3)` without one. */
export function toKerasShape(interpreter: Interpreter, value: Value, batched: boolean): Shape | undefined {
  if (numberOf(value) !== undefined) return [toDim(value)];
  if (value.type === 'unknown' || value.type === 'none') return undefined;
  const elements = interpreter.iterate(value);
  if (!isElements(elements)) return undefined;
  const rank = elements.length - (batched ? 1 : 0);
  return elements.map((element, at) => {
    if (element.type !== 'none') return toDim(element);
    const known = openSizes.get(element);
    if (known !== undefined) return known;
    return batched && at === 0 ? BATCH : openSize(at - (batched ? 1 : 0), rank);
  });
}

/** One value, or one for each of `rank` axes. */
export function perAxis(value: Value | undefined, rank: number, fallback: number): PerAxis {
  if (value === undefined || value.type === 'none') return Array.from({ length: rank }, () => fallback);
  if ((value.type === 'tuple' || value.type === 'list') && value.items.length === rank) return value.items.map(toDim);
  const size = toDim(value);
  return Array.from({ length: rank }, () => size);
}

/** The pairs of `((top, bottom), (left, right))`, `(high, wide)` or one number: before and after each axis of space. */
export function pairs(value: Value | undefined, rank: number, fallback: number): readonly (readonly [Dim, Dim])[] {
  const both = (size: Dim): readonly [Dim, Dim] => [size, size];
  if (value?.type !== 'tuple' && value?.type !== 'list') return perAxis(value, rank, fallback).map(both);
  const { items } = value;
  const pair = (item: Value | undefined): readonly [Dim, Dim] => {
    if ((item?.type === 'tuple' || item?.type === 'list') && item.items.length === 2) {
      const [before, after] = item.items.map(toDim);
      return [before ?? 0, after ?? 0];
    }
    return both(item ? toDim(item) : fallback);
  };
  if (rank === 1 && items.length === 2) return [pair(value)];
  return Array.from({ length: rank }, (_, axis) => pair(items[axis]));
}
