import type { Interpreter } from './interpreter';
import { rangeLength } from './iteration';
import { symbolOf } from './truth';
import { int, numberOf, text, tuple, ListValue, type SliceValue, type Value } from './values';
import { hashKey } from './sameness';

/** `object[index]`. */
export function getItem(interpreter: Interpreter, object: Value, index: Value): Value {
  if (object.type === 'instance' || object.type === 'class') {
    const own = interpreter.findAttribute(object, object.type === 'class' ? '__class_getitem__' : '__getitem__');
    // `list[int]`, `Callable[…]`: a type with arguments is the type.
    if (!own)
      return object.type === 'class' ? object : interpreter.unknown(`${symbolOf(object)}[…]`, 'is not understood');
    return interpreter.apply(own, index);
  }
  if (object.type === 'unknown') return { ...object, symbol: `${object.symbol}[${symbolOf(index)}]` };
  if (object.type === 'list' && object.taint)
    return { ...object.taint, symbol: `${object.taint.symbol}[${symbolOf(index)}]` };
  if (object.type === 'dict') {
    const value = object.get(index);
    if (value) return value;
    const cause = object.taint?.cause ?? (index.type === 'unknown' ? index.cause : 'is a key that is not there');
    return interpreter.unknown(`[${symbolOf(index)}]`, cause);
  }
  const items = itemsOf(object);
  if (!items) return interpreter.unknown(`${symbolOf(object)}[${symbolOf(index)}]`, 'is not understood');
  if (index.type === 'slice') return sliced(interpreter, object, items, index);
  const at = numberOf(index);
  if (at === undefined)
    return { ...interpreter.unknown(`[${symbolOf(index)}]`, 'is a place that is not known'), ...causeOf(index) };
  return items.at(at) ?? interpreter.unknown(`[${at}]`, `is beyond the ${items.length} elements`);
}

const causeOf = (value: Value): { readonly cause?: string } => (value.type === 'unknown' ? { cause: value.cause } : {});

function itemsOf(object: Value): readonly Value[] | undefined {
  switch (object.type) {
    case 'tuple':
    case 'list':
      return object.items;
    case 'str':
      return Array.from(object.value, text);
    case 'range':
      return Array.from({ length: Math.min(rangeLength(object), 10_000) }, (_, at) =>
        int(object.start + at * object.step),
      );
    default:
      return undefined;
  }
}

function sliced(interpreter: Interpreter, object: Value, items: readonly Value[], slice: SliceValue): Value {
  const indices = sliceIndices(slice, items.length);
  if (!indices)
    return interpreter.unknown(
      `${symbolOf(object)}[${symbolOf(slice.lower)}:${symbolOf(slice.upper)}]`,
      'is a part that is not known',
    );
  interpreter.budget.spend(indices.length);
  const part = indices.flatMap((at) => items[at] ?? []);
  if (object.type === 'str') return text(part.map((item) => (item.type === 'str' ? item.value : '')).join(''));
  return object.type === 'tuple' ? tuple(part) : new ListValue(part);
}

/** The places that a slice picks of `length` elements (Python's `slice.indices`); undefined where a bound is not known. */
export function sliceIndices({ lower, upper, step }: SliceValue, length: number): number[] | undefined {
  const bound = (value: Value, fallback: number): number | undefined =>
    value.type === 'none' ? fallback : numberOf(value);
  const by = bound(step, 1);
  if (by === undefined || by === 0) return undefined;
  const from = bound(lower, by > 0 ? 0 : length - 1);
  const to = bound(upper, by > 0 ? length : -length - 1);
  if (from === undefined || to === undefined) return undefined;
  const clamp = (at: number): number => {
    const front = at < 0 ? at + length : at;
    return by > 0 ? Math.min(Math.max(front, 0), length) : Math.min(Math.max(front, -1), length - 1);
  };
  const indices: number[] = [];
  for (let at = clamp(from); by > 0 ? at < clamp(to) : at > clamp(to); at += by) indices.push(at);
  return indices;
}

/** `object[index] = value`. */
export function setItem(interpreter: Interpreter, object: Value, index: Value, value: Value): void {
  switch (object.type) {
    case 'list': {
      interpreter.journal.beforeChange(object);
      const at = numberOf(index);
      const front = at !== undefined && at < 0 ? at + object.items.length : at;
      if (front === undefined || front >= object.items.length || front < 0)
        object.taint = interpreter.unknown(`[${symbolOf(index)}] = …`, 'sets a place that is not known');
      else object.items[front] = value;
      return;
    }
    case 'dict': {
      interpreter.journal.beforeChange(object);
      const hash = hashKey(index);
      if (hash === undefined)
        object.taint = interpreter.unknown(`[${symbolOf(index)}] = …`, 'sets a key that is not known');
      else object.entries.set(hash, [index, value]);
      return;
    }
    case 'instance': {
      const own = interpreter.findAttribute(object, '__setitem__');
      if (own) interpreter.apply(own, index, value);
      return;
    }
    default:
      return;
  }
}
