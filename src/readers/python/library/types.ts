import { builtin, makeClass } from '../classes';
import { raiseIfCaught } from '../exceptions';
import { heldBy, mappingOf } from '../held';
import { objectMembers } from '../objectMembers';
import { isElements } from '../operators';
import { symbolOf } from '../truth';
import {
  bool,
  DictValue,
  float,
  int,
  ListValue,
  none,
  numberOf,
  SetValue,
  text,
  tuple,
  type Call,
  type ClassValue,
  type NativeState,
  type UnknownValue,
  type Value,
} from '../values';

/** `object`, and the built-in types, which are callable and can be asked for by `isinstance`. */
export const objectClass = makeClass({ name: 'object', bases: [] });
/** The built-in types by what `type(x).__name__` says. */
export const typeClasses = new Map<string, ClassValue>();

interface TypeParts {
  /** What an instance of a class that derives from the type holds. */
  readonly makeNative?: () => NativeState;
  readonly base?: ClassValue;
  readonly members?: Readonly<Record<string, Value>>;
}

/** A type whose instances are values of ours; a class that derives from it may hold one. */
export function typeClass(
  name: string,
  make: (call: Call) => Value,
  { makeNative, base = objectClass, members = {} }: TypeParts = {},
): ClassValue {
  const cls = makeClass({ name, bases: [base], makeNative });
  const all: [string, Value][] = [
    ['__new__', builtin('__new__', (call) => make({ ...call, positional: call.positional.slice(1) }))],
    ...Object.entries(members),
  ];
  if (makeNative) all.push(['__init__', builtin('__init__', (call) => fillHeld(call, make), true)]);
  cls.attributes.fill(new Map(all));
  typeClasses.set(name, cls);
  return cls;
}

/** `dict.__init__(self, …)` for an instance of a class that derives from `dict`. */
function fillHeld(call: Call, make: (call: Call) => Value): Value {
  const [self, ...given] = call.positional;
  const held = self && heldBy(self);
  const made = make({ ...call, positional: given });
  if (held) call.interpreter.journal.beforeChange(held);
  if (held?.type === 'dict' && made.type === 'dict') Object.assign(held, { entries: made.entries, taint: made.taint });
  if (held?.type === 'list' && made.type === 'list') Object.assign(held, { items: made.items, taint: made.taint });
  if (held?.type === 'set' && made.type === 'set') Object.assign(held, { items: made.items, taint: made.taint });
  return none;
}

/** What a function of something unknown gives. */
export const unknownOr = (value: Value, name: string): UnknownValue | undefined =>
  value.type === 'unknown' ? { ...value, symbol: `${name}(${value.symbol})` } : undefined;

const number =
  (name: string, parse: (words: string) => number, make: (value: number) => Value) =>
  ({ positional: [value = int(0)], interpreter }: Call): Value => {
    const found = value.type === 'str' ? parse(value.value) : numberOf(value);
    if (found !== undefined && !Number.isNaN(found)) return make(found);
    const own = value.type === 'instance' ? interpreter.findSpecial(value, `__${name}__`) : undefined;
    if (own) return interpreter.apply(own);
    if (value.type === 'str') raiseIfCaught(interpreter, 'ValueError', `${symbolOf(value)} is not a number`);
    return unknownOr(value, name) ?? interpreter.unknown(`${name}(${symbolOf(value)})`, 'is not a number');
  };

function decimal(words: string): number {
  const plain = words.trim().toLowerCase();
  if (plain === '') return Number.NaN;
  return plain === 'inf' ? Infinity : plain === '-inf' ? -Infinity : Number(plain);
}

/** The elements of the first argument put into something new. */
const collected =
  (make: (elements: readonly Value[]) => Value, makeUnknown: (doubt: UnknownValue) => Value) =>
  ({ positional: [value], interpreter }: Call): Value => {
    const elements = value ? interpreter.iterate(value) : [];
    return isElements(elements) ? make(elements) : makeUnknown(elements);
  };

const toList = collected(
  (elements) => new ListValue([...elements]),
  (doubt) => {
    const list = new ListValue([]);
    list.taint = doubt;
    return list;
  },
);

const toSet = collected(
  (elements) => {
    const set = new SetValue();
    for (const element of elements) set.add(element);
    return set;
  },
  (doubt) => {
    const set = new SetValue();
    set.taint = doubt;
    return set;
  },
);

/** `dict(mapping or pairs, key=value)` */
export function toDict({ positional: [value], keywords, hidden, interpreter }: Call): DictValue {
  const mapping = value && mappingOf(value);
  const dict = new DictValue(mapping && new Map(mapping.entries));
  dict.taint = mapping?.taint ?? hidden;
  if (value && !mapping) {
    const pairs = interpreter.iterate(value);
    if (!isElements(pairs)) dict.taint = pairs;
    else
      for (const pair of pairs) {
        const parts = interpreter.iterate(pair);
        const [key, item] = isElements(parts) ? parts : [];
        if (key && item) dict.set(key, item);
        else dict.taint ??= interpreter.unknown('dict(…)', 'has keys that are not known');
      }
  }
  for (const [name, item] of keywords) dict.set(text(name), item);
  return dict;
}

/** `dict.fromkeys(keys, value)` */
function fromKeys({ positional: [keys = none, value = none], interpreter }: Call): Value {
  const elements = interpreter.iterate(keys);
  const dict = new DictValue();
  if (isElements(elements)) for (const key of elements) dict.set(key, value);
  else dict.taint = elements;
  return dict;
}

const toText = ({ positional: [value = text('')], interpreter }: Call): Value => {
  const shown = interpreter.textOf(value);
  return shown === undefined
    ? (unknownOr(value, 'str') ?? interpreter.unknown(`str(${symbolOf(value)})`, 'is text that is not known'))
    : text(shown);
};

const intClass = typeClass(
  'int',
  number(
    'int',
    (words) => (words.trim() === '' ? Number.NaN : Number(words.trim().replaceAll('_', ''))),
    (value) => int(Math.trunc(value)),
  ),
);

export const types = {
  int: intClass,
  float: typeClass('float', number('float', decimal, float)),
  bool: typeClass(
    'bool',
    ({ positional: [value = none], interpreter }) => {
      const truth = interpreter.truth(value);
      return typeof truth === 'boolean' ? bool(truth) : truth;
    },
    { base: intClass },
  ),
  str: typeClass('str', toText),
  bytes: typeClass('bytes', toText),
  complex: typeClass('complex', ({ interpreter }) => interpreter.unknown('complex(…)', 'is not followed')),
  list: typeClass('list', toList, { makeNative: () => new ListValue([]) }),
  tuple: typeClass(
    'tuple',
    collected(
      (elements) => tuple(elements),
      (doubt) => doubt,
    ),
  ),
  dict: typeClass('dict', toDict, {
    makeNative: () => new DictValue(),
    members: { fromkeys: { type: 'staticmethod', callee: builtin('fromkeys', fromKeys) } },
  }),
  set: typeClass('set', toSet, { makeNative: () => new SetValue() }),
  frozenset: typeClass('frozenset', toSet, { makeNative: () => new SetValue() }),
};

objectClass.attributes.fill(new Map(Object.entries(objectMembers)));
