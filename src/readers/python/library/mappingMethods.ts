import { CallArguments } from '../arguments';
import { raiseIfCaught } from '../exceptions';
import { mappingOf } from '../held';
import { symbolOf } from '../truth';
import { DictValue, ListValue, none, SetValue, text, tuple, type Value } from '../values';
import type { MethodTable } from './method';
import { toDict } from './types';

/** Methods of `dict`, of `OrderedDict` and `defaultdict`. */
export const dictMethods: MethodTable<DictValue> = {
  keys: (self) => self.taint ?? new ListValue([...self.entries.values()].map(([key]) => key)),
  values: (self) => self.taint ?? new ListValue([...self.entries.values()].map(([, value]) => value)),
  items: (self) => self.taint ?? new ListValue([...self.entries.values()].map(([key, value]) => tuple([key, value]))),
  get: (self, { positional: [key, fallback], keywords }) =>
    self.taint ?? unknownKey(key) ?? self.get(key ?? none) ?? fallback ?? keywords.get('default') ?? none,
  copy: (self) => {
    const copy = new DictValue(new Map(self.entries));
    copy.taint = self.taint;
    copy.factory = self.factory;
    return copy;
  },
  clear: (self, { interpreter }) => {
    interpreter.journal.beforeChange(self);
    self.entries = new Map();
    self.taint = undefined;
    return none;
  },
  pop: (self, { positional: [key = none, fallback], interpreter }) => {
    interpreter.journal.beforeChange(self);
    const value = self.taint ?? self.get(key) ?? fallback;
    if (!value) raiseIfCaught(interpreter, 'KeyError', `${symbolOf(key)} is a key that is not there`);
    self.remove(key);
    return value ?? interpreter.unknown(`pop(${symbolOf(key)})`, 'takes a key that is not there');
  },
  popitem: (self, { keywords, interpreter }) => {
    interpreter.journal.beforeChange(self);
    const last = keywords.get('last');
    const entries = [...self.entries.values()];
    const entry = last && interpreter.truth(last) === false ? entries[0] : entries.at(-1);
    if (entry) self.remove(entry[0]);
    return self.taint ?? (entry ? tuple(entry) : interpreter.unknown('popitem()', 'takes from an empty dict'));
  },
  setdefault: (self, { positional: [key = none, fallback = none], interpreter }) => {
    interpreter.journal.beforeChange(self);
    if (self.taint) return self.taint;
    const value = self.get(key);
    if (!value) self.set(key, fallback);
    return value ?? fallback;
  },
  update: (self, call) => {
    call.interpreter.journal.beforeChange(self);
    const other = new CallArguments(call, ['other']).get('other');
    const added = other && !mappingOf(other) ? toDict({ ...call, positional: [other] }) : other && mappingOf(other);
    self.taint ??= added?.taint ?? call.hidden;
    for (const [key, value] of added?.entries.values() ?? []) self.set(key, value);
    for (const [name, value] of call.keywords) self.set(text(name), value);
    return none;
  },
  move_to_end: (self, { positional: [key = none], keywords, interpreter }) => {
    interpreter.journal.beforeChange(self);
    const value = self.get(key);
    const last = keywords.get('last');
    const rest = [...self.entries.values()].filter(([other]) => self.get(other) !== value);
    if (!value) return none;
    const ordered =
      last && interpreter.truth(last) === false ? [[key, value] as const, ...rest] : [...rest, [key, value] as const];
    self.entries = new Map();
    for (const [name, item] of ordered) self.set(name, item);
    return none;
  },
};

const unknownKey = (key: Value | undefined): Value | undefined => (key?.type === 'unknown' ? key : undefined);

/** Methods of `set` and `frozenset`. */
export const setMethods: MethodTable<SetValue> = {
  add: (self, { positional: [item = none], interpreter }) => {
    interpreter.journal.beforeChange(self);
    self.add(item);
    return none;
  },
  discard: (self, { positional: [item = none], interpreter }) => {
    interpreter.journal.beforeChange(self);
    self.remove(item);
    return none;
  },
  remove: (self, { positional: [item = none], interpreter }) => {
    interpreter.journal.beforeChange(self);
    self.remove(item);
    return none;
  },
  clear: (self, { interpreter }) => {
    interpreter.journal.beforeChange(self);
    self.items = new Map();
    self.taint = undefined;
    return none;
  },
  copy: (self) => copyOf(self),
  update: (self, { positional, interpreter }) => {
    interpreter.journal.beforeChange(self);
    for (const other of positional) addAll(self, interpreter.iterate(other));
    return none;
  },
  union: (self, { positional, interpreter }) => {
    const result = copyOf(self);
    for (const other of positional) addAll(result, interpreter.iterate(other));
    return result;
  },
  intersection: (self, { positional: [other = none], interpreter }) => filtered(self, interpreter.iterate(other), true),
  difference: (self, { positional: [other = none], interpreter }) => filtered(self, interpreter.iterate(other), false),
  issubset: (self, { positional: [other = none], interpreter }) => {
    const missing = filtered(self, interpreter.iterate(other), false);
    return missing.taint ?? { type: 'bool', value: missing.items.size === 0 };
  },
};

function copyOf(set: SetValue): SetValue {
  const copy = new SetValue(new Map(set.items));
  copy.taint = set.taint;
  return copy;
}

function addAll(set: SetValue, elements: readonly Value[] | Exclude<SetValue['taint'], undefined>): void {
  if ('type' in elements) set.taint ??= elements;
  else for (const element of elements) set.add(element);
}

/** The elements of a set that are (or are not) among others. */
export function filtered(
  set: SetValue,
  elements: readonly Value[] | Exclude<SetValue['taint'], undefined>,
  wanted: boolean,
): SetValue {
  const others = new SetValue();
  addAll(others, elements);
  const result = new SetValue(new Map([...set.items].filter(([hash]) => others.items.has(hash) === wanted)));
  result.taint = set.taint ?? others.taint;
  return result;
}
