import { builtin, builtinClass } from '../classes';
import { lengthOf, zipped } from '../iteration';
import { binary, compare, isElements } from '../operators';
import { symbolOf, textOf, typeName } from '../truth';
import {
  bool,
  float,
  int,
  isSubclass,
  ListValue,
  none,
  numberOf,
  text,
  tuple,
  Variables,
  type Call,
  type UnknownValue,
  type Value,
} from '../values';
import { numeric } from './math';
import { isInstance, objectClass, typeClasses, types, unknownOr } from './types';

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
    const symbol = `${name}(${given.map(symbolOf).join(', ')})`;
    const [head, ...rest] = given;
    if (!head) return keywords.get('default') ?? interpreter.unknown(symbol, 'has no elements');
    if (keywords.has('key')) return interpreter.unknown(symbol, 'goes by a key of its own');
    let best = head;
    for (const candidate of rest) {
      const better = interpreter.truth(compare(interpreter, name === 'min' ? '<' : '>', candidate, best));
      if (typeof better !== 'boolean') return { ...better, symbol };
      if (better) best = candidate;
    }
    return best.type === 'unknown' ? { ...best, symbol } : best;
  };
}

function columns({ positional, interpreter }: Call): readonly (readonly Value[])[] | UnknownValue {
  const result: (readonly Value[])[] = [];
  for (const value of positional) {
    const elements = interpreter.iterate(value);
    if (!isElements(elements)) return elements;
    result.push(elements);
  }
  return result;
}

function getAttributeByName({ positional: [object = none, name = none, fallback], interpreter }: Call): Value {
  if (name.type !== 'str')
    return interpreter.unknown(`getattr(…, ${symbolOf(name)})`, 'asks for a name that is not known');
  return (
    interpreter.findAttribute(object, name.value) ??
    fallback ??
    interpreter.unknown(`.${name.value}`, 'is not an attribute that is known')
  );
}

function mapOver({ positional: [callee = none, ...iterables], interpreter, ...call }: Call): Value {
  const lists = columns({ ...call, interpreter, positional: iterables });
  if (!isColumns(lists)) return lists;
  return new ListValue(
    zipped(lists).map((row) => interpreter.apply(callee, ...(row.type === 'tuple' ? row.items : []))),
  );
}

function isColumns(value: readonly (readonly Value[])[] | UnknownValue): value is readonly (readonly Value[])[] {
  return Array.isArray(value);
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

const functions: Readonly<Record<string, Builtin>> = {
  len: ({ positional: [value = none], interpreter }) => lengthOf(interpreter, value),
  range,
  enumerate: (call) => {
    const { interpreter, positional, keywords } = call;
    const elements = interpreter.iterate(positional[0] ?? none);
    const start = numberOf(positional[1] ?? keywords.get('start') ?? int(0)) ?? 0;
    if (!isElements(elements)) return { ...elements, symbol: `enumerate(${elements.symbol})` };
    return new ListValue(elements.map((element, index) => tuple([int(start + index), element])));
  },
  zip: (call) => {
    const lists = columns(call);
    return isColumns(lists) ? new ListValue([...zipped(lists)]) : lists;
  },
  reversed: ({ positional: [value = none], interpreter }) => {
    const elements = interpreter.iterate(value);
    return isElements(elements) ? new ListValue([...elements].reverse()) : elements;
  },
  sorted: ({ positional: [value = none], keywords, interpreter }) =>
    sorted(interpreter.iterate(value), keywords, interpreter),
  sum: ({ positional: [value = none, start = int(0)], interpreter }) => {
    const elements = interpreter.iterate(value);
    if (!isElements(elements)) return { ...elements, symbol: `sum(${elements.symbol})` };
    return elements.reduce((total, element) => binary(interpreter, '+', total, element), start);
  },
  min: extreme('min'),
  max: extreme('max'),
  any: (call) => every(call, true),
  all: (call) => every(call, false),
  map: mapOver,
  filter: ({ positional: [test = none, value = none], interpreter }) => {
    const elements = interpreter.iterate(value);
    if (!isElements(elements)) return elements;
    const kept = new ListValue([]);
    for (const element of elements) {
      const truth = interpreter.truth(test.type === 'none' ? element : interpreter.apply(test, element));
      if (typeof truth !== 'boolean') return truth;
      if (truth) kept.items.push(element);
    }
    return kept;
  },
  isinstance: (call) => {
    const answer = isInstance(call, call.positional[0] ?? none, call.positional[1] ?? none);
    return typeof answer === 'boolean' ? bool(answer) : { ...answer, symbol: `isinstance(${answer.symbol}, …)` };
  },
  issubclass: ({ positional: [cls, base], interpreter }) =>
    cls?.type === 'class' && base?.type === 'class'
      ? bool(isSubclass(cls, base))
      : interpreter.unknown('issubclass(…)', 'is not known'),
  callable: ({ positional: [value = none] }) =>
    bool(['function', 'builtin', 'method', 'class', 'instance'].includes(value.type)),
  type: ({ positional: [value = none], interpreter }) =>
    value.type === 'instance'
      ? value.cls
      : (typeClasses.get(typeName(value)) ?? interpreter.unknown(`type(${symbolOf(value)})`, 'is not known')),
  getattr: getAttributeByName,
  hasattr: ({ positional: [object = none, name = none], interpreter }) => {
    if (object.type === 'unknown' || name.type !== 'str') return interpreter.unknown('hasattr(…)', 'is not known');
    const found = interpreter.findAttribute(object, name.value);
    return found?.type === 'unknown' ? found : bool(found !== undefined);
  },
  setattr: ({ positional: [object = none, name = none, value = none], interpreter }) => {
    if (name.type === 'str') interpreter.setAttribute(object, name.value, value);
    return none;
  },
  super: ({ positional: [owner, receiver], interpreter }) =>
    owner?.type === 'class' && receiver
      ? { type: 'super', owner, receiver }
      : interpreter.unknown('super()', 'stands outside of a class'),
  property: ({ positional: [getter = none] }) => ({ type: 'property', getter }),
  staticmethod: ({ positional: [callee = none] }) => ({ type: 'staticmethod', callee }),
  classmethod: ({ positional: [callee = none] }) => ({ type: 'classmethod', callee }),
  print: () => none,
  id: ({ interpreter }) => interpreter.unknown('id(…)', 'is not known'),
  divmod: ({ positional: [a = none, b = none], interpreter }) =>
    tuple([binary(interpreter, '//', a, b), binary(interpreter, '%', a, b)]),
  repr: ({ positional: [value = none], interpreter }) => {
    const shown = textOf(value);
    return shown === undefined
      ? interpreter.unknown('repr(…)', 'is not known')
      : text(value.type === 'str' ? `'${shown}'` : shown);
  },
  iter: ({ positional: [value = none] }) => value,
  next: ({ positional: [value = none, fallback], interpreter }) => {
    const elements = interpreter.iterate(value);
    return isElements(elements)
      ? (elements[0] ?? fallback ?? none)
      : { ...elements, symbol: `next(${elements.symbol})` };
  },
};

function sorted(
  elements: readonly Value[] | UnknownValue,
  keywords: Call['keywords'],
  interpreter: Call['interpreter'],
): Value {
  if (!isElements(elements)) return elements;
  const reverse = keywords.get('reverse');
  const byKey = keywords.get('key');
  const keyed = elements.map((element) => ({ element, key: byKey ? interpreter.apply(byKey, element) : element }));
  let doubt: UnknownValue | undefined;
  keyed.sort((a, b) => {
    const before = interpreter.truth(compare(interpreter, '<', a.key, b.key));
    if (typeof before !== 'boolean') doubt = before;
    return before === true ? -1 : interpreter.truth(compare(interpreter, '<', b.key, a.key)) === true ? 1 : 0;
  });
  if (doubt) return { ...doubt, symbol: `sorted(${doubt.symbol})` };
  if (reverse && interpreter.truth(reverse) === true) keyed.reverse();
  return new ListValue(keyed.map(({ element }) => element));
}

const exceptionNames = [
  'Exception',
  'ValueError',
  'TypeError',
  'KeyError',
  'IndexError',
  'AttributeError',
  'RuntimeError',
  'ImportError',
  'ModuleNotFoundError',
  'NotImplementedError',
  'AssertionError',
  'StopIteration',
  'FileNotFoundError',
  'OSError',
  'KeyboardInterrupt',
  'ZeroDivisionError',
  'Warning',
  'UserWarning',
];

const exceptionBase = builtinClass('BaseException', [objectClass], {
  __init__: ({ positional: [self, ...args], interpreter }) => {
    if (self) interpreter.setAttribute(self, 'args', tuple(args));
    return none;
  },
});

/** The names that every module sees. `__name__` is `'__main__'`: the file is read as the program that it may be. */
export function builtinNames(): Variables {
  const names = new Map<string, Value>(Object.entries(types));
  for (const [name, call] of Object.entries(functions)) names.set(name, builtin(name, call));
  for (const name of exceptionNames) names.set(name, builtinClass(name, [exceptionBase], {}));
  names.set(
    'abs',
    numeric(
      'abs',
      (x) => Math.abs(x),
      (value) => (Number.isInteger(value) ? int(value) : float(value)),
    ),
  );
  names.set('round', builtin('round', round));
  names.set(
    'pow',
    builtin('pow', ({ positional: [a = none, b = none], interpreter }) => binary(interpreter, '**', a, b)),
  );
  names.set('object', objectClass);
  names.set('NotImplemented', none);
  names.set('__name__', text('__main__'));
  names.set('__file__', { type: 'unknown', symbol: '__file__', cause: 'is the place of the file', site: undefined });
  const variables = new Variables();
  variables.fill(names);
  return variables;
}

/** Python rounds halves to even. */
function round({ positional: [value = none, digits], interpreter }: Call): Value {
  const number = numberOf(value);
  const places = numberOf(digits) ?? 0;
  if (number === undefined)
    return unknownOr(value, 'round') ?? interpreter.unknown(`round(${symbolOf(value)})`, 'is not a number');
  const scaled = number * 10 ** places;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest === 0.5 ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(scaled);
  return places === 0 && digits === undefined ? int(rounded) : float(rounded / 10 ** places);
}
