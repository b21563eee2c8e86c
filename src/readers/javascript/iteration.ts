import type { UnknownValue } from '../evaluation/unknown';
import type { Interpreter } from './interpreter';
import { symbolOf } from './operators';
import { string, type Value } from './values';

/** The elements that `for … of`, a spread or a pattern meets, or why they are not known. */
export function iterate(interpreter: Interpreter, value: Value): readonly Value[] | UnknownValue {
  switch (value.type) {
    case 'array':
      interpreter.budget.spend(value.items.length >> 4);
      return value.taint ?? [...value.items];
    case 'string':
      return Array.from(value.value, string);
    case 'unknown':
      return value;
    default:
      return interpreter.unknown(symbolOf(value), 'is iterated over, and its elements are not known');
  }
}

export function isElements(elements: readonly Value[] | UnknownValue): elements is readonly Value[] {
  return Array.isArray(elements);
}

/** The keys that `for … in` and `Object.keys` meet, or why they are not known. */
export function keysOf(interpreter: Interpreter, value: Value): readonly string[] | UnknownValue {
  switch (value.type) {
    case 'object':
      return value.properties.taint ?? [...value.properties.entries().keys()];
    case 'array':
      return value.taint ?? value.items.map((_, index) => String(index));
    case 'unknown':
      return value;
    default:
      return interpreter.unknown(symbolOf(value), 'has keys that are not known');
  }
}
