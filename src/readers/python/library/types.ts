import { builtin, builtinClass } from '../classes';
import { isElements } from '../operators';
import { symbolOf, textOf, typeName } from '../truth';
import {
  bool,
  DictValue,
  float,
  int,
  isSubclass,
  ListValue,
  none,
  numberOf,
  text,
  tuple,
  type Call,
  type ClassValue,
  type UnknownValue,
  type Value,
} from '../values';
import { hashKey } from '../sameness';

/** `object`, and the built-in types, which are callable and can be asked for by `isinstance`. */
export const objectClass = builtinClass('object', [], {});
/** The built-in types by what `type(x).__name__` says. */
export const typeClasses = new Map<string, ClassValue>();

function typeClass(name: string, make: (call: Call) => Value): ClassValue {
  const cls = builtinClass(name, [], {});
  cls.attributes.fill(
    new Map<string, Value>([
      ['__new__', builtin('__new__', (call) => make({ ...call, positional: call.positional.slice(1) }))],
    ]),
  );
  typeClasses.set(name, cls);
  return cls;
}

/** What a function of something unknown gives. */
export const unknownOr = (value: Value, name: string): UnknownValue | undefined =>
  value.type === 'unknown' ? { ...value, symbol: `${name}(${value.symbol})` } : undefined;

export const types = {
  int: typeClass('int', ({ positional: [value = int(0)], interpreter }) => {
    const number = value.type === 'str' ? Number(value.value) : numberOf(value);
    return (
      unknownOr(value, 'int') ??
      (number === undefined || Number.isNaN(number)
        ? interpreter.unknown(`int(${symbolOf(value)})`, 'is not a number')
        : int(Math.trunc(number)))
    );
  }),
  float: typeClass('float', ({ positional: [value = int(0)], interpreter }) => {
    const number = value.type === 'str' ? infinite(value.value) : numberOf(value);
    return (
      unknownOr(value, 'float') ??
      (number === undefined || Number.isNaN(number)
        ? interpreter.unknown(`float(${symbolOf(value)})`, 'is not a number')
        : float(number))
    );
  }),
  bool: typeClass('bool', ({ positional: [value = none], interpreter }) => {
    const truth = interpreter.truth(value);
    return typeof truth === 'boolean' ? bool(truth) : truth;
  }),
  str: typeClass('str', ({ positional: [value = text('')] }) => {
    const shown = textOf(value);
    return shown === undefined
      ? { type: 'unknown', symbol: `str(${symbolOf(value)})`, cause: 'is text that is not known', site: undefined }
      : text(shown);
  }),
  list: typeClass('list', ({ positional: [value], interpreter }) => {
    const list = new ListValue([]);
    const elements = value ? interpreter.iterate(value) : [];
    if (isElements(elements)) list.items = [...elements];
    else list.taint = elements;
    return list;
  }),
  tuple: typeClass('tuple', ({ positional: [value], interpreter }) => {
    const elements = value ? interpreter.iterate(value) : [];
    return isElements(elements) ? tuple(elements) : elements;
  }),
  dict: typeClass('dict', (call) => toDict(call)),
  set: typeClass('set', (call) => toSet(call)),
};

function infinite(words: string): number {
  const plain = words.trim().toLowerCase();
  return plain === 'inf' ? Infinity : plain === '-inf' ? -Infinity : Number(plain);
}

function toDict({ positional: [value], keywords, interpreter }: Call): Value {
  const dict = new DictValue(value?.type === 'dict' ? new Map(value.entries) : undefined);
  if (value?.type === 'dict') dict.taint = value.taint;
  else if (value) {
    const pairs = interpreter.iterate(value);
    if (!isElements(pairs)) dict.taint = pairs;
    else
      for (const pair of pairs) {
        const parts = interpreter.iterate(pair);
        const [key, item] = isElements(parts) ? parts : [];
        const hash = key && hashKey(key);
        if (key && item && hash !== undefined) dict.entries.set(hash, [key, item]);
        else dict.taint = interpreter.unknown('dict(…)', 'has keys that are not known');
      }
  }
  for (const [name, item] of keywords) dict.entries.set(`s${name}`, [text(name), item]);
  return dict;
}

function toSet({ positional: [value], interpreter }: Call): Value {
  const elements = value ? interpreter.iterate(value) : [];
  if (!isElements(elements)) return elements;
  const items = new Map<string, Value>();
  for (const element of elements) {
    const hash = hashKey(element);
    if (hash === undefined) return interpreter.unknown('set(…)', 'has elements that are not known');
    items.set(hash, element);
  }
  return { type: 'set', items };
}

/** `isinstance(value, cls)`, or why it is not known. */
export function isInstance(call: Call, value: Value, cls: Value): boolean | UnknownValue {
  if (cls.type === 'tuple') {
    const answers = cls.items.map((one) => isInstance(call, value, one));
    return answers.includes(true) || (answers.find((answer) => answer !== false) ?? false);
  }
  if (value.type === 'unknown') return value;
  if (cls.type === 'unknown') {
    // A class from elsewhere is not the class of anything that is a number, a text or None.
    return value.type === 'instance' && value.cls.unknownBase ? cls : false;
  }
  if (cls.type !== 'class') return call.interpreter.unknown('isinstance(…)', 'asks for a type that is not known');
  if (value.type === 'instance') {
    if (cls === objectClass || isSubclass(value.cls, cls)) return true;
    return value.cls.unknownBase ?? false;
  }
  if (cls === typeClasses.get('int') && value.type === 'bool') return true;
  return cls === objectClass || (typeClasses.get(typeName(value)) === cls && typeClasses.has(cls.name));
}
