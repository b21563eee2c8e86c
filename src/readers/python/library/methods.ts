import { CallArguments } from '../arguments';
import { builtin } from '../classes';
import { equal, extendList, isElements } from '../operators';
import { symbolOf, textOf } from '../truth';
import { bool, DictValue, int, ListValue, none, numberOf, text, tuple, type Call, type Value } from '../values';
import { hashKey } from '../sameness';
import { formatNumber } from './format';

type Method<T extends Value> = (self: T, call: Call) => Value;
type Table<T extends Value> = Readonly<Record<string, Method<T>>>;
type TextValue = Extract<Value, { type: 'str' }>;

/** A method of a string, list, tuple, dict or set, bound to its object. Undefined where there is none that we know. */
export function methodOf(object: Value, name: string): Value | undefined {
  switch (object.type) {
    case 'str':
      return bound(texts, object, name);
    case 'list':
      return bound(lists, object, name);
    case 'dict':
      return bound(dicts, object, name);
    case 'tuple':
      return bound(tuples, object, name);
    case 'int':
      return name === 'bit_length'
        ? builtin(name, () => int(Math.floor(Math.log2(Math.abs(object.value) || 0.5)) + 1))
        : undefined;
    case 'float':
      return name === 'is_integer' ? builtin(name, () => bool(Number.isInteger(object.value))) : undefined;
    default:
      return undefined;
  }
}

function bound<T extends Value>(table: Table<T>, object: T, name: string): Value | undefined {
  const method = Object.hasOwn(table, name) ? table[name] : undefined;
  return method && builtin(name, (call) => method(object, call));
}

const textArgument = ({ positional }: Call, index = 0): string | undefined => {
  const value = positional[index];
  return value?.type === 'str' ? value.value : undefined;
};

function onText(compute: (self: string, argument: string) => Value): Method<TextValue> {
  return (self, call) => {
    const argument = textArgument(call);
    return argument === undefined
      ? call.interpreter.unknown(`'${self.value}'`, 'is compared with text that is not known')
      : compute(self.value, argument);
  };
}

const texts: Table<TextValue> = {
  lower: (self) => text(self.value.toLowerCase()),
  upper: (self) => text(self.value.toUpperCase()),
  strip: (self) => text(self.value.trim()),
  title: (self) => text(self.value.charAt(0).toUpperCase() + self.value.slice(1).toLowerCase()),
  capitalize: (self) => text(self.value.charAt(0).toUpperCase() + self.value.slice(1).toLowerCase()),
  isdigit: (self) =>
    bool(self.value !== '' && Array.from(self.value).every((character) => character >= '0' && character <= '9')),
  find: onText((self, part) => int(self.indexOf(part))),
  count: onText((self, part) => int(self.split(part).length - 1)),
  startswith: (self, call) => affix(self, call, (whole, part) => whole.startsWith(part)),
  endswith: (self, call) => affix(self, call, (whole, part) => whole.endsWith(part)),
  split: (self, call) => {
    const separator = textArgument(call);
    const parts =
      separator === undefined ? self.value.split(' ').filter((word) => word !== '') : self.value.split(separator);
    return new ListValue(parts.map(text));
  },
  replace: (self, call) => {
    const [from, to] = [textArgument(call), textArgument(call, 1)];
    const result = from === undefined || to === undefined ? undefined : self.value.replaceAll(from, to);
    return result === undefined || result.length > call.interpreter.budget.limits.elements
      ? call.interpreter.unknown(`'${self.value}'`, 'is replaced by text that is not known')
      : text(result);
  },
  join: (self, call) => {
    const elements = call.interpreter.iterate(call.positional[0] ?? none);
    if (!isElements(elements)) return elements;
    const parts = elements.map(textOf);
    return parts.includes(undefined)
      ? call.interpreter.unknown('join(…)', 'joins text that is not known')
      : text(parts.join(self.value));
  },
  format: (self, call) => {
    let next = 0;
    const pieces = self.value.split('{').map((piece, index) => {
      if (index === 0) return piece;
      const close = piece.indexOf('}');
      const [name = '', specification = ''] = piece.slice(0, close).split(':');
      const position = name === '' ? next++ : Number(name);
      const value = Number.isNaN(position) ? call.keywords.get(name) : call.positional[position];
      const shown = value && (specification === '' ? textOf(value) : formatNumber(value, specification));
      return shown === undefined || close < 0 ? undefined : shown + piece.slice(close + 1);
    });
    return pieces.includes(undefined)
      ? call.interpreter.unknown(`'${self.value}'.format(…)`, 'is text that is not known')
      : text(pieces.join(''));
  },
};

function affix(
  self: TextValue,
  { positional, interpreter }: Call,
  test: (whole: string, part: string) => boolean,
): Value {
  const [given] = positional;
  const candidates = given?.type === 'tuple' ? given.items : given ? [given] : [];
  const known = candidates.flatMap((candidate) => (candidate.type === 'str' ? candidate.value : []));
  if (known.some((part) => test(self.value, part))) return bool(true);
  return known.length === candidates.length
    ? bool(false)
    : interpreter.unknown(`'${self.value}'`, 'is compared with text that is not known');
}

/** A method that changes a list. */
function changing(change: (self: ListValue, call: Call) => Value | undefined): Method<ListValue> {
  return (self, call) => {
    call.interpreter.journal.beforeChange(self);
    return change(self, call) ?? none;
  };
}

const lists: Table<ListValue> = {
  append: changing((self, { positional: [item] }) => {
    if (item) self.items.push(item);
    return undefined;
  }),
  extend: (self, { interpreter, positional: [more] }) => {
    extendList(interpreter, self, more ?? none);
    return none;
  },
  insert: changing((self, { positional: [at, item], interpreter }) => {
    const place = numberOf(at);
    if (place === undefined) self.taint ??= interpreter.unknown('insert(…)', 'inserts at a place that is not known');
    else if (item) self.items.splice(place, 0, item);
    return undefined;
  }),
  pop: changing((self, { positional: [at], interpreter }) => {
    if (self.taint) return self.taint;
    const place = at === undefined ? -1 : numberOf(at);
    if (place === undefined)
      return (self.taint ??= interpreter.unknown('pop(…)', 'takes away an element that is not known'));
    return self.items.splice(place, 1)[0] ?? interpreter.unknown('pop()', 'takes from an empty list');
  }),
  remove: changing((self, { positional: [item], interpreter }) => {
    const place = self.items.findIndex((other) => item && equal(interpreter, item, other) === true);
    if (place >= 0) self.items.splice(place, 1);
    return undefined;
  }),
  reverse: changing((self) => {
    self.items.reverse();
    return undefined;
  }),
  clear: changing((self) => {
    self.items = [];
    self.taint = undefined;
    return undefined;
  }),
  copy: (self) => {
    const copy = new ListValue([...self.items]);
    copy.taint = self.taint;
    return copy;
  },
  index: (self, { positional: [item], interpreter }) => {
    const place = self.items.findIndex((other) => item && equal(interpreter, item, other) === true);
    return (
      self.taint ??
      (place >= 0 ? int(place) : interpreter.unknown('index(…)', 'looks for an element that is not there'))
    );
  },
  count: (self, { positional: [item], interpreter }) =>
    self.taint ?? int(self.items.filter((other) => item && equal(interpreter, item, other) === true).length),
  sort: changing((self, { interpreter }) => {
    self.taint ??= interpreter.unknown('sort()', 'puts elements in an order that is not known');
    return undefined;
  }),
};

const tuples: Table<Extract<Value, { type: 'tuple' }>> = {
  index: (self, { positional: [item], interpreter }) => {
    const place = self.items.findIndex((other) => item && equal(interpreter, item, other) === true);
    return place >= 0 ? int(place) : interpreter.unknown('index(…)', 'looks for an element that is not there');
  },
  numel: (self, { interpreter }) => {
    const sizes = self.items.map(numberOf);
    return sizes.includes(undefined)
      ? interpreter.unknown('numel()', 'depends on sizes that are not known')
      : int(sizes.reduce<number>((product, size) => product * (size ?? 1), 1));
  },
};

const dicts: Table<DictValue> = {
  keys: (self) => self.taint ?? new ListValue([...self.entries.values()].map(([key]) => key)),
  values: (self) => self.taint ?? new ListValue([...self.entries.values()].map(([, value]) => value)),
  items: (self) => self.taint ?? new ListValue([...self.entries.values()].map(([key, value]) => tuple([key, value]))),
  get: (self, { positional: [key, fallback] }) => self.taint ?? self.get(key ?? none) ?? fallback ?? none,
  copy: (self) => {
    const copy = new DictValue(new Map(self.entries));
    copy.taint = self.taint;
    return copy;
  },
  pop: (self, { positional: [key, fallback], interpreter }) => {
    interpreter.journal.beforeChange(self);
    const value = self.taint ?? self.get(key ?? none) ?? fallback;
    self.entries.delete(hashKey(key ?? none) ?? '');
    return value ?? interpreter.unknown(`pop(${symbolOf(key ?? none)})`, 'takes a key that is not there');
  },
  setdefault: (self, { positional: [key = none, fallback = none], interpreter }) => {
    interpreter.journal.beforeChange(self);
    const hash = hashKey(key);
    if (hash === undefined) return (self.taint ??= interpreter.unknown(symbolOf(key), 'is a key that is not known'));
    if (!self.entries.has(hash)) self.entries.set(hash, [key, fallback]);
    return self.get(key) ?? fallback;
  },
  update: (self, call) => {
    call.interpreter.journal.beforeChange(self);
    const other = new CallArguments(call, ['other']).get('other');
    if (other?.type === 'dict' && !other.taint) for (const [hash, pair] of other.entries) self.entries.set(hash, pair);
    else if (other) self.taint ??= call.interpreter.unknown('update(…)', 'brings keys that are not known');
    for (const [name, value] of call.keywords) self.entries.set(`s${name}`, [text(name), value]);
    return none;
  },
};
