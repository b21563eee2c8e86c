import { equal } from '../comparison';
import { extendList, isElements } from '../operators';
import {
  DictValue,
  int,
  ListValue,
  none,
  numberOf,
  text,
  tuple,
  type Call,
  type TupleValue,
  type Value,
} from '../values';
import type { Method, MethodTable } from './method';
import { sortedBy } from './sorting';

/** A method that changes a list. */
function changing(change: (self: ListValue, call: Call) => Value | undefined): Method<ListValue> {
  return (self, call) => {
    call.interpreter.journal.beforeChange(self);
    return change(self, call) ?? none;
  };
}

/** Methods of `list`, and those of `deque`. */
export const listMethods: MethodTable<ListValue> = {
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
  sort: changing((self, { keywords, interpreter }) => {
    if (self.taint) return undefined;
    const sorted = sortedBy(self.items, keywords, interpreter);
    if (isElements(sorted)) self.items = [...sorted];
    else self.taint = sorted;
    return undefined;
  }),
  appendleft: changing((self, { positional: [item] }) => {
    if (item) self.items.unshift(item);
    return undefined;
  }),
  popleft: changing(
    (self, { interpreter }) =>
      self.taint ?? self.items.shift() ?? interpreter.unknown('popleft()', 'takes from an empty list'),
  ),
  extendleft: changing((self, { positional: [more], interpreter }) => {
    const elements = interpreter.iterate(more ?? none);
    if (isElements(elements)) self.items.unshift(...[...elements].reverse());
    else self.taint ??= elements;
    return undefined;
  }),
  rotate: changing((self, { positional: [by = int(1)], interpreter }) => {
    const count = numberOf(by);
    const { length } = self.items;
    if (count === undefined) self.taint ??= interpreter.unknown('rotate(…)', 'turns by a number that is not known');
    else if (length > 0) {
      const at = (((length - count) % length) + length) % length;
      self.items = [...self.items.slice(at), ...self.items.slice(0, at)];
    }
    return undefined;
  }),
};

/** Methods of `tuple`, of named ones and of sizes. */
export const tupleMethods: MethodTable<TupleValue> = {
  index: (self, { positional: [item], interpreter }) => {
    const place = self.items.findIndex((other) => item && equal(interpreter, item, other) === true);
    return place >= 0 ? int(place) : interpreter.unknown('index(…)', 'looks for an element that is not there');
  },
  count: (self, { positional: [item], interpreter }) =>
    int(self.items.filter((other) => item && equal(interpreter, item, other) === true).length),
  _asdict: (self) =>
    new DictValue(
      new Map((self.fields ?? []).map((name, index) => [`s${name}`, [text(name), self.items[index] ?? none] as const])),
    ),
  _replace: (self, { keywords }) =>
    tuple(
      self.items.map((item, index) => keywords.get(self.fields?.[index] ?? '') ?? item),
      self.fields,
      self.cls,
    ),
  numel: (self, { interpreter }) => {
    const sizes = self.items.map(numberOf);
    return sizes.includes(undefined)
      ? interpreter.unknown('numel()', 'depends on sizes that are not known')
      : int(sizes.reduce<number>((product, size) => product * (size ?? 1), 1));
  },
};
