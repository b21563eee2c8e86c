import { builtin } from '../classes';
import { raiseIfCaught } from '../exceptions';
import { isInstance } from '../instances';
import { lengthOf, zipped } from '../iteration';
import { compare } from '../comparison';
import { binary, isElements } from '../operators';
import { representationOf, symbolOf, typeName } from '../truth';
import {
  bool,
  DictValue,
  float,
  int,
  isSubclass,
  IteratorValue,
  ListValue,
  none,
  numberOf,
  text,
  tuple,
  type Call,
  type UnknownValue,
  type Value,
} from '../values';
import { Variables } from '../variables';
import { exceptionClasses } from './exceptions';
import { formatNumber } from './format';
import { numeric } from './math';
import { sortedBy } from './sorting';
import { objectClass, typeClass, typeClasses, types, unknownOr } from './types';

type Builtin = (call: Call) => Value;

function range({ positional, interpreter }: Call): Value {
  const doubt = positional.find((value) => value.type === 'unknown');
  const symbol = `range(${positional.map(symbolOf).join(', ')})`;
  if (doubt?.type === 'unknown') return { ...doubt, symbol };
  const [a, b, c] = positional.map(numberOf);
  if (a === undefined || c === 0) return interpreter.unknown(symbol, 'is not a range of numbers');
  return b === undefined
    ? { type: 'range', start: 0, stop: a, step: 1 }
    : { type: 'range', start: a, stop: b, step: c ?? 1 };
}

function extreme(name: 'min' | 'max'): Builtin {
  return ({ positional, keywords, interpreter }) => {
    const [first] = positional;
    const given = positional.length === 1 && first ? interpreter.iterate(first) : positional;
    if (!isElements(given)) return { ...given, symbol: `${name}(${given.symbol})` };
    const symbol = `${name}(${given.map(symbolOf).join(', ')})`.slice(0, 80);
    const key = keywords.get('key');
    const keyed = given.map((value) => ({
      value,
      key: key && key.type !== 'none' ? interpreter.apply(key, value) : value,
    }));
    const [head, ...rest] = keyed;
    if (!head) return keywords.get('default') ?? interpreter.unknown(symbol, 'has no elements');
    let best = head;
    for (const candidate of rest) {
      const better = interpreter.truth(compare(interpreter, name === 'min' ? '<' : '>', candidate.key, best.key));
      if (typeof better !== 'boolean') return { ...better, symbol };
      if (better) best = candidate;
    }
    return best.value.type === 'unknown' ? { ...best.value, symbol } : best.value;
  };
}

/** The columns of `zip` and `map`; of one without an end as much as the others need. */
function columns({ positional, interpreter }: Call): readonly (readonly Value[])[] | UnknownValue {
  const result: (readonly Value[] | IteratorValue)[] = [];
  for (const value of positional) {
    const elements = value.type === 'iterator' && value.endless ? value : interpreter.iterate(value);
    if ('type' in elements && elements.type === 'unknown') return elements;
    result.push(elements);
  }
  const lengths = result.flatMap((column) => (column instanceof IteratorValue ? [] : [column.length]));
  if (lengths.length === 0 && result.length > 0) return interpreter.unknown('…', 'is an iterator without an end');
  const length = Math.min(...lengths);
  return result.map((column) =>
    column instanceof IteratorValue ? Array.from({ length }, () => column.next(interpreter.journal) ?? none) : column,
  );
}

function isColumns(value: readonly (readonly Value[])[] | UnknownValue): value is readonly (readonly Value[])[] {
  return Array.isArray(value);
}

function getAttributeByName({ positional: [object = none, name = none, fallback], interpreter }: Call): Value {
  if (name.type !== 'str')
    return interpreter.unknown(`getattr(…, ${symbolOf(name)})`, 'asks for a name that is not known');
  const found = interpreter.findAttribute(object, name.value);
  // A module of ours does not know all that the real one has: what it does not know may be there.
  if (found) return found;
  if (!fallback) raiseIfCaught(interpreter, 'AttributeError', `there is no attribute ${name.value}`);
  return fallback ?? interpreter.unknown(`.${name.value}`, 'is not an attribute that is known');
}

function every(call: Call, stopAt: boolean): Value {
  const elements = call.interpreter.iterate(call.positional[0] ?? none);
  if (!isElements(elements)) return elements;
  let doubt: UnknownValue | undefined;
  for (const element of elements) {
    const truth = call.interpreter.truth(element);
    if (truth === stopAt) return bool(stopAt);
    if (typeof truth !== 'boolean') doubt = truth;
  }
  return doubt ?? bool(!stopAt);
}

/** What applies a function to elements, one after the other. */
function overElements(
  compute: (elements: readonly Value[], call: Call) => readonly Value[] | UnknownValue,
  place: number,
  name: string,
): Builtin {
  return (call) => {
    const elements = call.interpreter.iterate(call.positional[place] ?? call.keywords.get('iterable') ?? none);
    const result = isElements(elements) ? compute(elements, call) : elements;
    return isElements(result) ? new IteratorValue(result) : { ...result, symbol: `${name}(${result.symbol})` };
  };
}

function typeOf({ positional: [value = none, ...rest], interpreter }: Call): Value {
  if (rest.length > 0) return interpreter.unknown('type(…)', 'makes a class of its own');
  if (value.type === 'instance') return value.cls;
  if (value.type === 'tuple' && value.cls) return value.cls;
  if (value.type === 'class' && value.metaclass) return value.metaclass;
  return typeClasses.get(typeName(value)) ?? interpreter.unknown(`type(${symbolOf(value)})`, 'is not known');
}

function next({ positional: [value = none, fallback], interpreter }: Call): Value {
  if (value.type === 'iterator') {
    if (value.taint) return value.taint;
    const element = value.next(interpreter.journal) ?? fallback;
    if (!element) raiseIfCaught(interpreter, 'StopIteration', 'there is no element left');
    return element ?? interpreter.unknown('next(…)', 'asks for an element where none is left');
  }
  const own = value.type === 'instance' ? interpreter.findSpecial(value, '__next__') : undefined;
  if (own) return interpreter.apply(own);
  const elements = interpreter.iterate(value);
  return isElements(elements) ? (elements[0] ?? fallback ?? none) : { ...elements, symbol: `next(${elements.symbol})` };
}

function iterator({ positional: [value = none], interpreter }: Call): Value {
  if (value.type === 'iterator') return value;
  const own = value.type === 'instance' ? interpreter.findSpecial(value, '__iter__') : undefined;
  const made = own && interpreter.apply(own);
  if (made?.type === 'instance') return made;
  const elements = interpreter.iterate(made ?? value);
  return isElements(elements) ? new IteratorValue(elements) : elements;
}

/** The attributes of an object; without one, the names of the place where it is asked, which we do not follow. */
function variablesOf({ positional: [object], interpreter }: Call): Value {
  return (object && interpreter.findAttribute(object, '__dict__')) ?? interpreter.unknown('vars()', 'is not followed');
}

function hasAttribute({ positional: [object = none, name = none], interpreter }: Call): Value {
  if (object.type === 'unknown' || name.type !== 'str') return interpreter.unknown('hasattr(…)', 'is not known');
  const found = interpreter.findAttribute(object, name.value);
  return found?.type === 'unknown' && object.type !== 'instance' ? found : bool(found !== undefined);
}

const onWhole = (name: string, compute: (value: number) => Value): Builtin => {
  return ({ positional: [value = none], interpreter }) => {
    const number = numberOf(value);
    return number === undefined
      ? (unknownOr(value, name) ?? interpreter.unknown(`${name}(…)`, 'is not known'))
      : compute(number);
  };
};

const functions: Readonly<Record<string, Builtin>> = {
  len: ({ positional: [value = none], interpreter }) => lengthOf(interpreter, value),
  range,
  enumerate: (call) => {
    const start = numberOf(call.positional[1] ?? call.keywords.get('start') ?? int(0)) ?? 0;
    return overElements(
      (elements) => elements.map((element, index) => tuple([int(start + index), element])),
      0,
      'enumerate',
    )(call);
  },
  zip: (call) => {
    const lists = columns(call);
    return isColumns(lists) ? new IteratorValue(zipped(lists)) : lists;
  },
  reversed: overElements((elements) => [...elements].reverse(), 0, 'reversed'),
  sorted: ({ positional: [value = none], keywords, interpreter }) => {
    const elements = interpreter.iterate(value);
    const sorted = isElements(elements) ? sortedBy(elements, keywords, interpreter) : elements;
    return isElements(sorted) ? new ListValue([...sorted]) : { ...sorted, symbol: `sorted(${sorted.symbol})` };
  },
  sum: ({ positional: [value = none, start], keywords, interpreter }) => {
    const elements = interpreter.iterate(value);
    if (!isElements(elements)) return { ...elements, symbol: `sum(${elements.symbol})` };
    return elements.reduce(
      (total, element) => binary(interpreter, '+', total, element),
      start ?? keywords.get('start') ?? int(0),
    );
  },
  min: extreme('min'),
  max: extreme('max'),
  any: (call) => every(call, true),
  all: (call) => every(call, false),
  map: ({ positional: [callee = none, ...iterables], interpreter, ...call }) => {
    const lists = columns({ ...call, interpreter, positional: iterables });
    if (!isColumns(lists)) return lists;
    const rows = zipped(lists);
    return new IteratorValue(rows.map((row) => interpreter.apply(callee, ...(row.type === 'tuple' ? row.items : []))));
  },
  filter: overElements(
    (elements, { positional: [test = none], interpreter }) => {
      const kept: Value[] = [];
      for (const element of elements) {
        const truth = interpreter.truth(test.type === 'none' ? element : interpreter.apply(test, element));
        if (typeof truth !== 'boolean') return truth;
        if (truth) kept.push(element);
      }
      return kept;
    },
    1,
    'filter',
  ),
  isinstance: ({ positional: [value = none, cls = none], interpreter }) => {
    const answer = isInstance(interpreter, value, cls);
    return typeof answer === 'boolean' ? bool(answer) : { ...answer, symbol: `isinstance(${answer.symbol}, …)` };
  },
  issubclass: ({ positional: [cls, base], interpreter }) => {
    const bases = base?.type === 'tuple' ? base.items : base ? [base] : [];
    if (cls?.type === 'class' && bases.some((one) => one.type === 'class' && isSubclass(cls, one))) return bool(true);
    return cls?.type === 'class' && !cls.unknownBase && bases.every((one) => one.type === 'class')
      ? bool(false)
      : interpreter.unknown('issubclass(…)', 'is not known');
  },
  callable: ({ positional: [value = none], interpreter }) =>
    value.type === 'unknown'
      ? { ...value, symbol: `callable(${value.symbol})` }
      : bool(
          ['function', 'builtin', 'method', 'class'].includes(value.type) ||
            (value.type === 'instance' && interpreter.findSpecial(value, '__call__') !== undefined),
        ),
  getattr: getAttributeByName,
  hasattr: hasAttribute,
  setattr: ({ positional: [object = none, name = none, value = none], interpreter }) => {
    if (name.type === 'str') interpreter.setAttribute(object, name.value, value);
    return none;
  },
  delattr: ({ positional: [object, name], interpreter }) => {
    if (object?.type === 'instance' && name?.type === 'str') object.attributes.delete(name.value, interpreter.journal);
    return none;
  },
  super: ({ positional: [owner, receiver], interpreter }) =>
    owner?.type === 'class' && receiver
      ? { type: 'super', owner, receiver }
      : interpreter.unknown('super()', 'stands outside of a class'),
  property: ({ positional: [getter = none, setter] }) => ({ type: 'property', getter, setter }),
  staticmethod: ({ positional: [callee = none] }) => ({ type: 'staticmethod', callee }),
  classmethod: ({ positional: [callee = none] }) => ({ type: 'classmethod', callee }),
  print: () => none,
  id: ({ interpreter }) => interpreter.unknown('id(…)', 'is not known'),
  hash: ({ interpreter }) => interpreter.unknown('hash(…)', 'is not known'),
  input: ({ interpreter }) => interpreter.unknown('input()', 'is typed in'),
  open: ({ interpreter }) => interpreter.unknown('open(…)', 'is a file'),
  vars: variablesOf,
  locals: variablesOf,
  globals: variablesOf,
  dir: ({ positional: [object], interpreter }) => {
    const members = object && interpreter.findAttribute(object, '__dict__');
    if (members?.type === 'dict') return new ListValue([...members.entries.values()].map(([key]) => key));
    // What we know of a module is not all of it.
    const names = new ListValue(object?.type === 'module' ? [...object.names()].map(text) : []);
    names.taint = interpreter.unknown('dir(…)', 'is not followed');
    return names;
  },
  divmod: ({ positional: [a = none, b = none], interpreter }) =>
    tuple([binary(interpreter, '//', a, b), binary(interpreter, '%', a, b)]),
  pow: ({ positional: [a = none, b = none], interpreter }) => binary(interpreter, '**', a, b),
  round,
  repr: ({ positional: [value = none], interpreter }) => {
    const shown = representationOf(value) ?? interpreter.textOf(value);
    return shown === undefined ? interpreter.unknown('repr(…)', 'is not known') : text(shown);
  },
  format: ({ positional: [value = none, specification], interpreter }) => {
    const shown = specification?.type === 'str' ? formatNumber(value, specification.value) : interpreter.textOf(value);
    return shown === undefined ? interpreter.unknown('format(…)', 'is text that is not known') : text(shown);
  },
  chr: onWhole('chr', (code) => text(String.fromCodePoint(Math.min(Math.max(0, Math.trunc(code)), 0x10ffff)))),
  ord: ({ positional: [value = none], interpreter }) =>
    value.type === 'str' ? int(value.value.codePointAt(0) ?? 0) : interpreter.unknown('ord(…)', 'is not known'),
  bin: onWhole('bin', (value) => text(`0b${value.toString(2)}`)),
  hex: onWhole('hex', (value) => text(`0x${value.toString(16)}`)),
  iter: iterator,
  next,
  slice: ({ positional }) => {
    const [a = none, b, c = none] = positional;
    return b === undefined
      ? { type: 'slice', lower: none, upper: a, step: none }
      : { type: 'slice', lower: a, upper: b, step: c };
  },
};

let made: Variables | undefined;

/** The names that every module sees. `__name__` is `'__main__'`: the file is read as the program that it may be. */
export function builtinNames(): Variables {
  return (made ??= makeNames());
}

function makeNames(): Variables {
  const names = new Map<string, Value>(Object.entries(types));
  for (const [name, call] of Object.entries(functions)) names.set(name, builtin(name, call));
  for (const [name, cls] of exceptionClasses()) names.set(name, cls);
  names.set('type', typeType);
  names.set(
    'abs',
    numeric(
      'abs',
      (x) => Math.abs(x),
      (value) => (Number.isInteger(value) ? int(value) : float(value)),
    ),
  );
  names.set('object', objectClass);
  names.set('NotImplemented', none);
  names.set('Ellipsis', { type: 'ellipsis' });
  names.set('__debug__', bool(true));
  names.set('__name__', text('__main__'));
  names.set('__builtins__', new DictValue());
  names.set('__file__', { type: 'unknown', symbol: '__file__', cause: 'is the place of the file', site: undefined });
  const variables = new Variables();
  variables.fill(names);
  return variables;
}

/** `type(x)`, and the base of metaclasses. */
const typeType = typeClass('type', typeOf);

/** Python rounds halves to even. */
function round({ positional: [value = none, digits], keywords, interpreter }: Call): Value {
  const number = numberOf(value);
  const given = digits ?? keywords.get('ndigits');
  const places = numberOf(given) ?? 0;
  if (number === undefined)
    return unknownOr(value, 'round') ?? interpreter.unknown(`round(${symbolOf(value)})`, 'is not a number');
  const scaled = number * 10 ** places;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest === 0.5 ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(scaled);
  if (given === undefined || given.type === 'none') return int(rounded);
  return value.type === 'float' ? float(rounded / 10 ** places) : int(rounded / 10 ** places);
}
