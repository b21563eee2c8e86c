import { BATCH, isKnown, type Dim, type PerAxis, type Shape } from '../../network';
import type { Interpreter } from '../python/interpreter';
import { isElements } from '../python/operators';
import { numberOf, tuple, type Value } from '../python/values';
import { fromDim, toDim } from '../frameworks/sizes';
import { openSize } from '../kerasLayers/sizes';

/** The sizes that a `None` of ours stands for. */
const openSizes = new WeakMap<Value, Dim>();

/** Keras writes `None` for a size that is only known when the model runs; what is not known to us stays a symbol. */
export function fromKerasDim(dim: Dim): Value {
  if (isKnown(dim) || dim.reason !== undefined) return fromDim(dim);
  const open: Value = { type: 'none' };
  openSizes.set(open, dim);
  return open;
}

/** The size that a `None` stands for; undefined where it stands for itself. */
export function openSizeOf(value: Value): Dim | undefined {
  return openSizes.get(value);
}

export function fromKerasShape(shape: Shape): Value {
  return tuple(shape.map(fromKerasDim));
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
