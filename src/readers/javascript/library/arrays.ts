import { executePerhaps } from '../branches';
import type { Interpreter } from '../interpreter';
import { isElements } from '../iteration';
import { compare, symbolOf, textOf, truth } from '../operators';
import {
  ArrayValue,
  boolean,
  builtin,
  number,
  sameValue,
  string,
  undefinedValue,
  type BuiltinValue,
  type Call,
  type Value,
} from '../values';

/** `array.name`: its length, or a method that is bound to it. */
export function arrayMember(interpreter: Interpreter, array: ArrayValue, name: string): Value | undefined {
  if (name === 'length')
    return array.taint ? { ...array.taint, symbol: `${symbolOf(array.taint)}.length` } : number(array.items.length);
  const change = changing.get(name);
  if (change)
    return builtin(name, (call) => {
      interpreter.journal.beforeChange(array);
      interpreter.budget.spend(1 + (array.items.length >> 4));
      return array.taint ?? change(array, call);
    });
  const ask = asking.get(name);
  return ask && builtin(name, (call) => (array.taint ? spoiled(array.taint, name, call) : ask([...array.items], call)));
}

export function newArray(interpreter: Interpreter, items: readonly Value[]): ArrayValue {
  interpreter.budget.spend(1 + (items.length >> 4));
  const array = new ArrayValue(items.slice(0, interpreter.limits.elements));
  if (items.length > interpreter.limits.elements)
    array.taint = interpreter.unknown('the array', 'is too long to be followed');
  interpreter.journal.made(array);
  return array;
}

/** A method of an array that is not known: its callback may be called with anything, any number of times. */
function spoiled(
  taint: NonNullable<ArrayValue['taint']>,
  name: string,
  { interpreter, arguments: given, site }: Call,
): Value {
  const element = { ...taint, symbol: `${taint.symbol}[…]` };
  for (const callback of given)
    if (callback.type === 'function')
      executePerhaps(
        interpreter,
        () =>
          interpreter.call(callback, undefinedValue, name === 'reduce' ? [given[1] ?? element, element] : [element]),
        taint,
        site,
      );
  return { ...taint, symbol: `${taint.symbol}.${name}()`, subject: taint.subject ?? taint.symbol };
}

type Changing = (array: ArrayValue, call: Call) => Value;
type Asking = (items: readonly Value[], call: Call) => Value;

const changing = new Map<string, Changing>(
  Object.entries<Changing>({
    push: (array, { interpreter, arguments: given, hidden }) => {
      if (hidden) array.taint = hidden;
      else if (array.items.length + given.length > interpreter.limits.elements)
        array.taint = interpreter.unknown('the array', 'is too long to be followed');
      else array.items.push(...given);
      return number(array.items.length);
    },
    pop: (array) => array.items.pop() ?? undefinedValue,
    shift: (array) => array.items.shift() ?? undefinedValue,
    unshift: (array, { arguments: given, hidden }) => {
      if (hidden) array.taint = hidden;
      else array.items.unshift(...given);
      return number(array.items.length);
    },
    reverse: (array) => {
      array.items.reverse();
      return array;
    },
    fill: (array, { arguments: [value = undefinedValue, from, to] }) => {
      array.items.fill(value, whole(from), whole(to));
      return array;
    },
    splice: (array, { interpreter, arguments: [from, count, ...put] }) => {
      const start = whole(from) ?? 0;
      return newArray(interpreter, array.items.splice(start, whole(count) ?? array.items.length, ...put));
    },
    sort: (array, { interpreter, arguments: [order] }) => {
      const sorted = inOrder(interpreter, array.items, order);
      if (sorted) array.items = sorted;
      else array.taint = interpreter.unknown('the array', 'is sorted by what is not known');
      return array;
    },
  }),
);

const whole = (value: Value | undefined): number | undefined => (value?.type === 'number' ? value.value : undefined);

function inOrder(interpreter: Interpreter, items: readonly Value[], order: Value | undefined): Value[] | undefined {
  const doubts: Value[] = [];
  const compareItems = (a: Value, b: Value): number => {
    if (order) {
      const result = interpreter.call(order, undefinedValue, [a, b]);
      if (result.type === 'number') return result.value;
      doubts.push(result);
      return 0;
    }
    const [one, other] = [textOf(a), textOf(b)];
    if (one === undefined || other === undefined) doubts.push(a);
    return (one ?? '') < (other ?? '') ? -1 : one === other ? 0 : 1;
  };
  const sorted = [...items].sort(compareItems);
  return doubts.length === 0 ? sorted : undefined;
}

/** Calls back with element, index and array, as the methods of arrays do. */
function each(
  items: readonly Value[],
  { interpreter, arguments: [callback, receiver = undefinedValue] }: Call,
): Value[] {
  if (!callback) return [];
  return items.map((item, index) => interpreter.call(callback, receiver, [item, number(index)]));
}

const filtered: Asking = (items, call) => {
  const kept: Value[] = [];
  for (const [index, answer] of each(items, call).entries()) {
    const keep = truth(answer);
    if (typeof keep !== 'boolean') return keep;
    const item = items[index];
    if (keep && item) kept.push(item);
  }
  return newArray(call.interpreter, kept);
};

const first =
  (give: (item: Value | undefined, index: number) => Value): Asking =>
  (items, { interpreter, arguments: [callback] }) => {
    for (const [index, item] of items.entries()) {
      const answer = callback ? truth(interpreter.call(callback, undefinedValue, [item, number(index)])) : false;
      if (typeof answer !== 'boolean') return answer;
      if (answer) return give(item, index);
    }
    return give(undefined, -1);
  };

const every =
  (all: boolean): Asking =>
  (items, call) => {
    for (const answer of each(items, call)) {
      const holds = truth(answer);
      if (typeof holds !== 'boolean') return holds;
      if (holds !== all) return boolean(!all);
    }
    return boolean(all);
  };

const reduced =
  (backwards: boolean): Asking =>
  (items, { interpreter, arguments: [callback, initial] }) => {
    const order = items.map((item, index) => ({ item, index }));
    if (backwards) order.reverse();
    let result = initial;
    for (const { item, index } of order)
      result =
        result && callback
          ? interpreter.call(callback, undefinedValue, [result, item, number(index)])
          : (result ?? item);
    return result ?? undefinedValue;
  };

function flattened(interpreter: Interpreter, items: readonly Value[], depth: number): readonly Value[] | undefined {
  const flat: Value[] = [];
  for (const item of items) {
    if (item.type !== 'array' || depth <= 0) flat.push(item);
    else {
      const inner = item.taint ? undefined : flattened(interpreter, item.items, depth - 1);
      if (!inner) return undefined;
      flat.push(...inner);
    }
    interpreter.budget.spend();
  }
  return flat;
}

const flat: Asking = (items, { interpreter, arguments: [depth] }) => {
  const found = flattened(interpreter, items, Math.min(whole(depth) ?? 1, 20));
  return found ? newArray(interpreter, found) : interpreter.unknown('flat()', 'meets an array that is not known');
};

const asking = new Map<string, Asking>(
  Object.entries<Asking>({
    map: (items, call) => newArray(call.interpreter, each(items, call)),
    forEach: (items, call) => {
      each(items, call);
      return undefinedValue;
    },
    filter: filtered,
    find: first((item) => item ?? undefinedValue),
    findIndex: first((_, index) => number(index)),
    some: every(false),
    every: every(true),
    reduce: reduced(false),
    reduceRight: reduced(true),
    slice: (items, { interpreter, arguments: [from, to] }) =>
      newArray(interpreter, items.slice(whole(from), whole(to))),
    concat: (items, { interpreter, arguments: given, hidden }) => {
      const all = [...items];
      for (const one of given) {
        if (one.type !== 'array') all.push(one);
        else if (one.taint) return one.taint;
        else all.push(...one.items);
      }
      return hidden ?? newArray(interpreter, all);
    },
    flat,
    flatMap: (items, call) => flat(each(items, call), { ...call, arguments: [] }),
    at: (items, { arguments: [index] }) => items.at(whole(index) ?? 0) ?? undefinedValue,
    indexOf: (items, { arguments: [wanted] }) => number(items.findIndex((item) => wanted && sameValue(item, wanted))),
    includes: (items, { arguments: [wanted = undefinedValue], site }) => {
      for (const item of items) {
        const same = truth(compare('===', item, wanted, site));
        if (same !== false) return same === true ? boolean(true) : same;
      }
      return boolean(false);
    },
    join: (items, { interpreter, arguments: [separator] }) => {
      const parts = items.map(textOf);
      return parts.includes(undefined)
        ? interpreter.unknown('join()', 'meets a value that is not known')
        : string(parts.join(separator?.type === 'string' ? separator.value : ',').slice(0, 100_000));
    },
    entries: (items, { interpreter }) =>
      newArray(
        interpreter,
        items.map((item, index) => newArray(interpreter, [number(index), item])),
      ),
    keys: (items, { interpreter }) =>
      newArray(
        interpreter,
        items.map((_, index) => number(index)),
      ),
    values: (items, { interpreter }) => newArray(interpreter, items),
  }),
);

/** `Array(3)`, `new Array(a, b)`. */
function makeArray({ interpreter, arguments: given }: Call): Value {
  const [length] = given;
  if (given.length !== 1 || length?.type !== 'number') {
    if (length?.type === 'unknown' && given.length === 1) return length;
    return newArray(interpreter, given);
  }
  return filledWith(interpreter, length.value, () => undefinedValue);
}

function filledWith(interpreter: Interpreter, length: number, give: (index: number) => Value): Value {
  const count = Math.max(0, Math.trunc(length));
  if (!(count <= interpreter.limits.elements)) return interpreter.unknown('the array', 'is too long to be followed');
  return newArray(
    interpreter,
    Array.from({ length: count }, (_, index) => give(index)),
  );
}

/** `Array.from(iterable, map)`, also of `{ length }`. */
function arrayFrom(call: Call): Value {
  const {
    interpreter,
    arguments: [from = undefinedValue, map],
  } = call;
  const length = from.type === 'object' ? from.properties.get('length') : undefined;
  if (length?.type === 'unknown') return length;
  if (length?.type === 'number')
    return filledWith(interpreter, length.value, (index) =>
      map ? interpreter.call(map, undefinedValue, [undefinedValue, number(index)]) : undefinedValue,
    );
  const items = interpreter.iterate(from);
  if (!isElements(items)) return items;
  return newArray(interpreter, map ? each(items, { ...call, arguments: [map] }) : items);
}

export const arrayFunctions: ReadonlyMap<string, BuiltinValue> = new Map([
  ['from', builtin('from', arrayFrom)],
  ['of', builtin('of', ({ interpreter, arguments: given }) => newArray(interpreter, given))],
  [
    'isArray',
    builtin('isArray', ({ arguments: [value] }) =>
      value?.type === 'unknown' ? value : boolean(value?.type === 'array'),
    ),
  ],
]);

export const arrayConstructor = builtin('Array', makeArray);
