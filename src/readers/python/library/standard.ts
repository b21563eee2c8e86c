import { CallArguments } from '../arguments';
import { builtin, builtinClass } from '../classes';
import { isElements } from '../operators';
import {
  DictValue,
  float,
  InstanceValue,
  ListValue,
  none,
  text,
  tuple,
  type Call,
  type ClassValue,
  type ModuleValue,
  type UnknownValue,
  type Value,
} from '../values';
import { hashKey } from '../sameness';
import { mathModule, numeric } from './math';
import { moduleOf } from './module';
import { objectClass } from './types';

/** `functools.partial(f, …)`: an instance that remembers and calls. */
const partialClass = builtinClass('partial', [objectClass], {
  __init__: ({ positional: [self, callee = none, ...rest], keywords, interpreter }) => {
    if (self?.type !== 'instance') return none;
    const { journal } = interpreter;
    self.attributes.set('func', callee, journal);
    self.attributes.set('args', tuple(rest), journal);
    self.attributes.set(
      'keywords',
      new DictValue(new Map([...keywords].map(([name, value]) => [`s${name}`, [text(name), value] as const]))),
      journal,
    );
    return none;
  },
  __call__: ({ positional: [self, ...rest], keywords, hidden, interpreter }) => {
    if (self?.type !== 'instance') return none;
    const [callee = none, early, named] = ['func', 'args', 'keywords'].map((name) => self.attributes.get(name));
    const given = new Map<string, Value>();
    if (named?.type === 'dict')
      for (const [key, value] of named.entries.values()) if (key.type === 'str') given.set(key.value, value);
    return interpreter.call(callee, {
      positional: [...(early?.type === 'tuple' ? early.items : []), ...rest],
      keywords: new Map([...given, ...keywords]),
      hidden,
    });
  },
});

const functools = moduleOf('functools', () => ({
  partial: partialClass,
  reduce: builtin('reduce', ({ positional: [callee = none, iterable = none, start], interpreter }) => {
    const elements = interpreter.iterate(iterable);
    if (!isElements(elements)) return elements;
    const all = start ? [start, ...elements] : elements;
    const [first, ...rest] = all;
    return rest.reduce((total, element) => interpreter.apply(callee, total, element), first ?? none);
  }),
  wraps: builtin('wraps', () => builtin('wraps', ({ positional: [wrapped = none] }) => wrapped)),
  lru_cache: builtin(
    'lru_cache',
    ({ positional: [cached] }) => cached ?? builtin('lru_cache', ({ positional: [inner = none] }) => inner),
  ),
}));

/** A class that makes tuples whose elements have names. */
function namedTuple(call: Call): Value {
  const args = new CallArguments(call, ['typename', 'field_names', 'defaults']);
  const named = args.value('field_names');
  const listed = named.type === 'str' ? undefined : call.interpreter.iterate(named);
  const names =
    named.type === 'str'
      ? named.value
          .replaceAll(',', ' ')
          .split(' ')
          .filter((name) => name !== '')
      : listed && isElements(listed)
        ? listed.flatMap((name) => (name.type === 'str' ? name.value : []))
        : undefined;
  if (!names) return call.interpreter.unknown('namedtuple(…)', 'has fields that are not known');
  return builtin('namedtuple', (made) => {
    const given = new CallArguments(made, names);
    return tuple(
      names.map((name) => given.value(name)),
      names,
    );
  });
}

const collections = moduleOf('collections', () => ({
  OrderedDict: builtin('OrderedDict', ({ positional, keywords, interpreter }) =>
    toOrderedDict(positional[0], keywords, interpreter),
  ),
  namedtuple: builtin('namedtuple', namedTuple),
  deque: builtin('deque', ({ positional: [value], interpreter }) => {
    const elements = value ? interpreter.iterate(value) : [];
    const list = new ListValue(isElements(elements) ? [...elements] : []);
    if (!isElements(elements)) list.taint = elements;
    return list;
  }),
}));

function toOrderedDict(value: Value | undefined, keywords: Call['keywords'], interpreter: Call['interpreter']): Value {
  const dict = new DictValue(value?.type === 'dict' ? new Map(value.entries) : undefined);
  if (value?.type === 'dict') dict.taint = value.taint;
  else if (value) addPairs(dict, interpreter.iterate(value), interpreter);
  for (const [name, item] of keywords) dict.entries.set(`s${name}`, [text(name), item]);
  return dict;
}

function addPairs(dict: DictValue, pairs: readonly Value[] | UnknownValue, interpreter: Call['interpreter']): void {
  if (!isElements(pairs)) {
    dict.taint = pairs;
    return;
  }
  for (const pair of pairs) {
    const parts = interpreter.iterate(pair);
    const [key, item] = isElements(parts) ? parts : [];
    const hash = key && hashKey(key);
    if (key && item && hash !== undefined) dict.entries.set(hash, [key, item]);
    else dict.taint = interpreter.unknown('OrderedDict(…)', 'has keys that are not known');
  }
}

const itertools = moduleOf('itertools', () => ({
  chain: builtin('chain', ({ positional, interpreter }) => {
    const all: Value[] = [];
    for (const value of positional) {
      const elements = interpreter.iterate(value);
      if (!isElements(elements)) return elements;
      all.push(...elements);
    }
    return new ListValue(all);
  }),
  pairwise: builtin('pairwise', ({ positional: [value = none], interpreter }) => {
    const elements = interpreter.iterate(value);
    if (!isElements(elements)) return elements;
    return new ListValue(elements.slice(1).map((element, index) => tuple([elements[index] ?? none, element])));
  }),
}));

/** Copies what is reachable from a value; what is met twice is copied once. */
function deepCopy(value: Value, call: Call, copies = new Map<Value, Value>()): Value {
  const copied = copies.get(value);
  if (copied) return copied;
  call.interpreter.budget.spend();
  const below = (inner: Value): Value => deepCopy(inner, call, copies);
  switch (value.type) {
    case 'tuple':
      return tuple(value.items.map(below), value.fields);
    case 'list': {
      const copy = new ListValue([]);
      copies.set(value, copy);
      copy.items = value.items.map(below);
      copy.taint = value.taint;
      return copy;
    }
    case 'dict': {
      const copy = new DictValue();
      copies.set(value, copy);
      for (const [hash, [key, item]] of value.entries) copy.entries.set(hash, [key, below(item)]);
      copy.taint = value.taint;
      return copy;
    }
    case 'instance': {
      const own = call.interpreter.findAttribute(value.cls, '__deepcopy__');
      if (own && own.type !== 'unknown') return remember(copies, value, call.interpreter.apply(own, value));
      const copy = new InstanceValue(value.cls, value.site, value.native);
      copies.set(value, copy);
      for (const [name, item] of value.attributes.entries())
        copy.attributes.set(name, below(item), call.interpreter.journal);
      return copy;
    }
    default:
      return value;
  }
}

function remember(copies: Map<Value, Value>, original: Value, copy: Value): Value {
  copies.set(original, copy);
  return copy;
}

const copyModule = moduleOf('copy', () => ({
  deepcopy: builtin('deepcopy', (call) => deepCopy(call.positional[0] ?? none, call)),
  copy: builtin('copy', ({ positional: [value = none] }) => value),
}));

/** `@dataclass`: a constructor from the fields of the class body. */
function dataclass(call: Call): Value {
  const [cls] = call.positional;
  if (cls?.type !== 'class') return builtin('dataclass', dataclass);
  const fields = dataclassFields(cls);
  const constructor = builtin(
    '__init__',
    (made) => {
      const [self] = made.positional;
      const args = new CallArguments(made, [...fields.keys()], 1);
      for (const [name, fallback] of fields)
        if (self?.type === 'instance')
          self.attributes.set(name, args.get(name) ?? fallbackOf(fallback, made), made.interpreter.journal);
      const after = self && made.interpreter.findAttribute(self, '__post_init__');
      if (after) made.interpreter.apply(after);
      return none;
    },
    true,
  );
  cls.attributes.set('__init__', constructor, call.interpreter.journal);
  return cls;
}

function dataclassFields(cls: ClassValue): ReadonlyMap<string, Value> {
  const fields = new Map<string, Value>();
  for (const base of [...cls.order].reverse())
    for (const statement of base.syntax?.body ?? [])
      if (statement.kind === 'annotated' && statement.target.kind === 'name') {
        const value = base.attributes.get(statement.target.name);
        if (value) fields.set(statement.target.name, value);
      }
  return fields;
}

/** `field(default=…, default_factory=…)` leaves its arguments in a tuple of its own. */
const fieldNames = ['default', 'default_factory'];

function fallbackOf(value: Value, { interpreter }: Call): Value {
  if (value.type !== 'tuple' || value.fields !== fieldNames) return value;
  const [fallback = none, factory = none] = value.items;
  return factory.type === 'none' ? fallback : interpreter.apply(factory);
}

const dataclasses = moduleOf('dataclasses', () => ({
  dataclass: builtin('dataclass', dataclass),
  field: builtin('field', ({ keywords }) =>
    tuple([keywords.get('default') ?? none, keywords.get('default_factory') ?? none], fieldNames),
  ),
}));

/** The part of numpy that sizes and gains are computed with. */
const numpy = moduleOf('numpy', () => ({
  ...Object.fromEntries(
    (['sqrt', 'exp', 'log', 'log2', 'floor', 'ceil', 'prod', 'sin', 'cos', 'tanh', 'pi'] as const).map((name) => [
      name,
      mathModule.get(name) ?? none,
    ]),
  ),
  abs: numeric('abs', Math.abs, float),
}));

/** The modules of the standard library (and numpy) that model code computes with. */
export const standardModules: ReadonlyMap<string, ModuleValue> = new Map([
  ['math', mathModule],
  ['functools', functools],
  ['collections', collections],
  ['itertools', itertools],
  ['copy', copyModule],
  ['dataclasses', dataclasses],
  ['numpy', numpy],
]);
