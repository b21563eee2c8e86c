import { raiseIfCaught } from './exceptions';
import { heldBy } from './held';
import type { Interpreter } from './interpreter';
import { isElements } from './operators';
import { rangeLength } from './iteration';
import { symbolOf } from './truth';
import { int, numberOf, text, tuple, ListValue, type ClassValue, type SliceValue, type Value } from './values';
import { hashKey } from './sameness';

/** `object[index]`. */
export function getItem(interpreter: Interpreter, object: Value, index: Value): Value {
  if (object.type === 'instance' || object.type === 'class') {
    const own =
      object.type === 'class'
        ? interpreter.findAttribute(object, '__class_getitem__')
        : interpreter.findSpecial(object, '__getitem__');
    if (own) return interpreter.apply(own, index);
    // `list[int]`, `Callable[…]`: a type with arguments is the type.
    if (object.type === 'class') return metaItem(interpreter, object, index) ?? object;
    const held = heldBy(object);
    return held
      ? getItem(interpreter, held, index)
      : interpreter.unknown(`${symbolOf(object)}[…]`, 'is not understood');
  }
  if (object.type === 'unknown') return { ...object, symbol: `${object.symbol}[${symbolOf(index)}]` };
  if (object.type === 'list' && object.taint)
    return { ...object.taint, symbol: `${object.taint.symbol}[${symbolOf(index)}]` };
  if (object.type === 'dict') {
    const value = object.get(index);
    if (value) return value;
    if (object.factory && !object.taint && hashKey(index) !== undefined) {
      const made = interpreter.apply(object.factory);
      interpreter.journal.beforeChange(object);
      object.set(index, made);
      return made;
    }
    if (!object.taint && hashKey(index) !== undefined)
      raiseIfCaught(interpreter, 'KeyError', `${symbolOf(index)} is a key that is not there`);
    const cause = object.taint?.cause ?? (index.type === 'unknown' ? index.cause : 'is a key that is not there');
    return interpreter.unknown(`[${symbolOf(index)}]`, cause);
  }
  const items = itemsOf(object);
  if (!items) return interpreter.unknown(`${symbolOf(object)}[${symbolOf(index)}]`, 'is not understood');
  if (index.type === 'slice') return sliced(interpreter, object, items, index);
  const at = numberOf(index);
  if (at === undefined)
    return { ...interpreter.unknown(`[${symbolOf(index)}]`, 'is a place that is not known'), ...causeOf(index) };
  const item = items.at(at);
  if (!item) raiseIfCaught(interpreter, 'IndexError', `${at} is beyond the ${items.length} elements`);
  return item ?? interpreter.unknown(`[${at}]`, `is beyond the ${items.length} elements`);
}

/** `Color['red']`: a metaclass says what its classes have under an index. */
function metaItem(interpreter: Interpreter, cls: ClassValue, index: Value): Value | undefined {
  const own = cls.metaclass?.type === 'class' ? interpreter.findSpecial(cls, '__getitem__') : undefined;
  return own && interpreter.apply(own, index);
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
  if (object.type === 'range') {
    const numbers = part.map(numberOf);
    const step = object.step * (numberOf(slice.step) ?? 1);
    return { type: 'range', start: numbers[0] ?? 0, stop: (numbers.at(-1) ?? -step) + step, step };
  }
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
      if (index.type === 'slice') {
        setSlice(interpreter, object, index, value);
        return;
      }
      const at = numberOf(index);
      const front = at !== undefined && at < 0 ? at + object.items.length : at;
      if (front === undefined || front >= object.items.length || front < 0)
        object.taint = interpreter.unknown(`[${symbolOf(index)}] = …`, 'sets a place that is not known');
      else object.items[front] = value;
      return;
    }
    case 'dict': {
      interpreter.journal.beforeChange(object);
      object.set(index, value);
      return;
    }
    case 'instance': {
      const own = interpreter.findSpecial(object, '__setitem__');
      const held = heldBy(object);
      if (own) interpreter.apply(own, index, value);
      else if (held) setItem(interpreter, held, index, value);
      return;
    }
    default:
      return;
  }
}

/** `list[a:b] = values` */
function setSlice(interpreter: Interpreter, list: ListValue, slice: SliceValue, value: Value): void {
  const indices = sliceIndices(slice, list.items.length);
  const elements = interpreter.iterate(value);
  if (!indices || !isElements(elements)) {
    list.taint ??= isElements(elements) ? interpreter.unknown('[…] = …', 'sets a part that is not known') : elements;
    return;
  }
  if (slice.step.type === 'none') {
    const from = indices[0] ?? Math.min(numberOf(slice.lower) ?? 0, list.items.length);
    list.items.splice(from, indices.length, ...elements);
  } else for (const [place, at] of indices.entries()) list.items[at] = elements[place] ?? list.items[at] ?? value;
}

/** `del object[index]` */
export function deleteItem(interpreter: Interpreter, object: Value, index: Value): void {
  switch (object.type) {
    case 'list': {
      interpreter.journal.beforeChange(object);
      const indices = index.type === 'slice' ? sliceIndices(index, object.items.length) : undefined;
      const at = numberOf(index);
      if (indices) object.items = object.items.filter((_, place) => !indices.includes(place));
      else if (at === undefined)
        object.taint ??= interpreter.unknown('del […]', 'takes away elements that are not known');
      else object.items.splice(at, 1);
      return;
    }
    case 'dict':
      interpreter.journal.beforeChange(object);
      object.remove(index);
      return;
    case 'instance': {
      const own = interpreter.findSpecial(object, '__delitem__');
      const held = heldBy(object);
      if (own) interpreter.apply(own, index);
      else if (held) deleteItem(interpreter, held, index);
      return;
    }
    default:
      return;
  }
}
