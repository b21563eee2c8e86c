import { findInClass } from './attributes';
import { heldBy } from './held';
import type { Interpreter } from './interpreter';
import { Raised } from './raised';
import { symbolOf } from './truth';
import {
  int,
  numberOf,
  text,
  tuple,
  type InstanceValue,
  type RangeValue,
  type UnknownValue,
  type Value,
} from './values';

/** The elements that a `for` would meet, or why they are not known. Every element costs a step. */
export function iterate(interpreter: Interpreter, value: Value): readonly Value[] | UnknownValue {
  const elements = elementsOf(interpreter, value);
  if (Array.isArray(elements)) interpreter.budget.spend(elements.length);
  return elements;
}

function elementsOf(interpreter: Interpreter, value: Value): readonly Value[] | UnknownValue {
  switch (value.type) {
    case 'tuple':
      return value.items;
    case 'list':
      return value.taint ?? [...value.items];
    case 'dict':
      return value.taint ?? [...value.entries.values()].map(([key]) => key);
    case 'set':
      return value.taint ?? [...value.items.values()];
    case 'iterator':
      if (value.endless) return interpreter.unknown('…', 'is an iterator without an end');
      return value.taint ?? value.rest(interpreter.journal);
    case 'class': {
      // An enumeration is iterated over by its metaclass.
      const iterator = value.metaclass && interpreter.findSpecial(value, '__iter__');
      return iterator
        ? elementsOf(interpreter, interpreter.apply(iterator))
        : interpreter.unknown(value.name, 'cannot be iterated over');
    }
    case 'str':
      return Array.from(value.value, text);
    case 'range': {
      const length = rangeLength(value);
      interpreter.budget.spend(length);
      return Array.from({ length }, (_, index) => ({ type: 'int', value: value.start + index * value.step }) as const);
    }
    case 'instance': {
      const iterator = interpreter.findSpecial(value, '__iter__');
      if (iterator) {
        const elements = interpreter.apply(iterator);
        return elements.type === 'instance' && elements !== value && !heldBy(elements)
          ? steps(interpreter, elements)
          : elements === value
            ? steps(interpreter, value)
            : elementsOf(interpreter, elements);
      }
      const held = heldBy(value);
      if (held) return elementsOf(interpreter, held);
      return (
        itemsByIndex(interpreter, value) ??
        interpreter.unknown(value.cls.name, 'cannot be iterated over, as far as is known')
      );
    }
    case 'unknown':
      return value;
    default:
      return interpreter.unknown(symbolOf(value), 'cannot be iterated over');
  }
}

/** Elements of an iterator that the source defines; more of them are taken to have no end. */
const mostSteps = 1_000;

/** What `__next__` gives until it raises. */
function steps(interpreter: Interpreter, iterator: InstanceValue): readonly Value[] | UnknownValue {
  const next = interpreter.findSpecial(iterator, '__next__');
  if (!next) return interpreter.unknown(iterator.cls.name, 'is iterated in its own way');
  const elements: Value[] = [];
  try {
    while (elements.length < mostSteps) {
      const element = interpreter.apply(next);
      if (element.type === 'unknown') return element;
      elements.push(element);
    }
  } catch (error) {
    if (error instanceof Raised) return elements;
    throw error;
  }
  return interpreter.unknown(iterator.cls.name, 'is iterated over without an end');
}

/** An object with `__getitem__` and `__len__` of its own, element by element. */
function itemsByIndex(interpreter: Interpreter, value: InstanceValue): readonly Value[] | undefined {
  const get = findInClass(value.cls, '__getitem__');
  const length = get?.type === 'function' ? numberOf(lengthOf(interpreter, value)) : undefined;
  if (length === undefined || length > mostSteps) return undefined;
  return Array.from({ length }, (_, index) =>
    interpreter.apply(interpreter.getAttribute(value, '__getitem__'), int(index)),
  );
}

export function rangeLength({ start, stop, step }: RangeValue): number {
  return Math.max(0, Math.ceil((stop - start) / step));
}

/** `len(value)`, or why it is not known. */
export function lengthOf(interpreter: Interpreter, value: Value): Value {
  switch (value.type) {
    case 'str':
      return { type: 'int', value: Array.from(value.value).length };
    case 'tuple':
      return { type: 'int', value: value.items.length };
    case 'list':
      return value.taint ?? { type: 'int', value: value.items.length };
    case 'dict':
      return value.taint ?? { type: 'int', value: value.entries.size };
    case 'set':
      return value.taint ?? { type: 'int', value: value.items.size };
    case 'range':
      return { type: 'int', value: rangeLength(value) };
    case 'instance': {
      const own = interpreter.findSpecial(value, '__len__');
      if (own) return interpreter.apply(own);
      const held = heldBy(value);
      return held ? lengthOf(interpreter, held) : interpreter.unknown(`len(${value.cls.name})`, 'is not known');
    }
    case 'class': {
      const own = value.metaclass && interpreter.findSpecial(value, '__len__');
      return own ? interpreter.apply(own) : interpreter.unknown(`len(${value.name})`, 'is not known');
    }
    case 'unknown':
      return { ...value, symbol: `len(${value.symbol})` };
    default:
      return interpreter.unknown(`len(${symbolOf(value)})`, 'is not known');
  }
}

/** Lists of equal length as a list of tuples; the shortest decides. */
export function zipped(columns: readonly (readonly Value[])[]): readonly Value[] {
  const length = columns.length === 0 ? 0 : Math.min(...columns.map((column) => column.length));
  return Array.from({ length }, (_, row) => tuple(columns.flatMap((column) => column[row] ?? [])));
}
