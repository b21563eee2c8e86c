import type { Interpreter } from './interpreter';
import { symbolOf } from './truth';
import { text, tuple, type RangeValue, type UnknownValue, type Value } from './values';

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
      return [...value.items.values()];
    case 'str':
      return Array.from(value.value, text);
    case 'range': {
      const length = rangeLength(value);
      interpreter.budget.spend(length);
      return Array.from({ length }, (_, index) => ({ type: 'int', value: value.start + index * value.step }) as const);
    }
    case 'instance': {
      const iterator = interpreter.findAttribute(value, '__iter__');
      if (iterator) {
        const elements = interpreter.apply(iterator);
        return elements.type === 'instance'
          ? interpreter.unknown(value.cls.name, 'is iterated in its own way')
          : elementsOf(interpreter, elements);
      }
      return interpreter.unknown(value.cls.name, 'cannot be iterated over, as far as is known');
    }
    case 'unknown':
      return value;
    default:
      return interpreter.unknown(symbolOf(value), 'cannot be iterated over');
  }
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
      return { type: 'int', value: value.items.size };
    case 'range':
      return { type: 'int', value: rangeLength(value) };
    case 'instance': {
      const own = interpreter.findAttribute(value, '__len__');
      return own ? interpreter.apply(own) : interpreter.unknown(`len(${value.cls.name})`, 'is not known');
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
