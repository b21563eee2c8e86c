import { builtin, makeClass } from '../classes';
import { zipped } from '../iteration';
import { equal } from '../comparison';
import { binary, isElements } from '../operators';
import { int, IteratorValue, none, numberOf, tuple, type Call, type UnknownValue, type Value } from '../values';
import { moduleOf } from './module';
import { objectClass } from './types';

type Elements = readonly Value[];

/** A function of iterables that are all known; what it gives can be gone through once. */
const over =
  (compute: (lists: readonly Elements[], call: Call) => Elements | UnknownValue) =>
  (call: Call): Value => {
    const lists: Elements[] = [];
    for (const value of call.positional) {
      const elements = call.interpreter.iterate(value);
      if (!isElements(elements)) return elements;
      lists.push(elements);
    }
    const result = compute(lists, call);
    return isElements(result) ? new IteratorValue(result) : result;
  };

/** One function and one iterable, the function first. */
const filtering =
  (keep: (test: (element: Value) => boolean | UnknownValue, elements: Elements) => Elements | UnknownValue) =>
  ({ positional: [callee = none, iterable = none], interpreter }: Call): Value => {
    const elements = interpreter.iterate(iterable);
    if (!isElements(elements)) return elements;
    const test = (element: Value): boolean | UnknownValue =>
      interpreter.truth(callee.type === 'none' ? element : interpreter.apply(callee, element));
    const result = keep(test, elements);
    return isElements(result) ? new IteratorValue(result) : result;
  };

/** How many elements a combination may have before it is not followed. */
const tooMany = (count: number, { interpreter }: Call): UnknownValue | undefined =>
  count > interpreter.budget.limits.elements
    ? interpreter.unknown('…', 'has too many elements to be followed')
    : undefined;

function product(lists: readonly Elements[], call: Call): Elements | UnknownValue {
  const repeat = numberOf(call.keywords.get('repeat')) ?? 1;
  const columns = Array.from({ length: Math.min(repeat, 20) }, () => lists).flat();
  const doubt = tooMany(
    columns.reduce((count, { length }) => count * length, 1),
    call,
  );
  if (doubt) return doubt;
  let rows: Value[][] = [[]];
  for (const column of columns) rows = rows.flatMap((row) => column.map((element) => [...row, element]));
  call.interpreter.budget.spend(rows.length);
  return rows.map((row) => tuple(row));
}

/** Elements taken `size` at a time; in every order, or in the order in which they stand. */
function choices(elements: Elements, size: number, ordered: boolean): Elements {
  const rows: Value[][] = [];
  const choose = (chosen: readonly number[]): void => {
    if (chosen.length === size) {
      rows.push(chosen.flatMap((index) => elements[index] ?? []));
      return;
    }
    const from = ordered ? 0 : (chosen.at(-1) ?? -1) + 1;
    for (let index = from; index < elements.length; index++) if (!chosen.includes(index)) choose([...chosen, index]);
  };
  choose([]);
  return rows.map((row) => tuple(row));
}

const choosing =
  (ordered: boolean) =>
  (call: Call): Value => {
    const elements = call.interpreter.iterate(call.positional[0] ?? none);
    if (!isElements(elements)) return elements;
    const size = numberOf(call.positional[1] ?? call.keywords.get('r')) ?? elements.length;
    const doubt = tooMany(elements.length ** size, call);
    if (doubt) return doubt;
    call.interpreter.budget.spend(elements.length ** size);
    return new IteratorValue(choices(elements, size, ordered));
  };

function accumulate({ positional: [iterable = none, callee], keywords, interpreter }: Call): Value {
  const elements = interpreter.iterate(iterable);
  if (!isElements(elements)) return elements;
  const by = callee ?? keywords.get('func');
  const initial = keywords.get('initial');
  const totals: Value[] = initial && initial.type !== 'none' ? [initial] : [];
  for (const element of elements) {
    const total = totals.at(-1);
    totals.push(
      !total
        ? element
        : by && by.type !== 'none'
          ? interpreter.apply(by, total, element)
          : binary(interpreter, '+', total, element),
    );
  }
  return new IteratorValue(totals);
}

function slice({ positional: [iterable = none, ...bounds], interpreter }: Call): Value {
  const [a, b, c] = bounds.map(numberOf);
  const [start, stop, step] = bounds.length === 1 ? [0, a, 1] : [a ?? 0, b, c ?? 1];
  if (iterable.type === 'iterator' && iterable.endless) {
    if (stop === undefined || stop > interpreter.budget.limits.elements)
      return interpreter.unknown('islice(…)', 'takes a number of elements that is not known');
    const taken = Array.from({ length: stop }, () => iterable.next(interpreter.journal) ?? none);
    return new IteratorValue(taken.filter((_, index) => index >= start && (index - start) % step === 0));
  }
  const elements = interpreter.iterate(iterable);
  if (!isElements(elements)) return elements;
  const part = elements.slice(start, stop).filter((_, index) => index % step === 0);
  return new IteratorValue(part);
}

function groupBy({ positional: [iterable = none, key], keywords, interpreter }: Call): Value {
  const elements = interpreter.iterate(iterable);
  if (!isElements(elements)) return elements;
  const by = key ?? keywords.get('key');
  const groups: { key: Value; members: Value[] }[] = [];
  for (const element of elements) {
    const own = by && by.type !== 'none' ? interpreter.apply(by, element) : element;
    const last = groups.at(-1);
    const same = last ? equal(interpreter, last.key, own) : false;
    if (typeof same !== 'boolean') return same;
    if (last && same) last.members.push(element);
    else groups.push({ key: own, members: [element] });
  }
  return new IteratorValue(groups.map((group) => tuple([group.key, new IteratorValue(group.members)])));
}

const chainClass = makeClass({ name: 'chain', bases: [objectClass] });
const chained = over((lists) => lists.flat());
chainClass.attributes.fill(
  new Map<string, Value>([
    ['__new__', builtin('chain', (call) => chained({ ...call, positional: call.positional.slice(1) }))],
    [
      'from_iterable',
      {
        type: 'staticmethod',
        callee: builtin('from_iterable', (call) => {
          const lists = call.interpreter.iterate(call.positional[0] ?? none);
          return isElements(lists) ? chained({ ...call, positional: lists }) : lists;
        }),
      },
    ],
  ]),
);

const members: Readonly<Record<string, (call: Call) => Value>> = {
  pairwise: over(([elements = []]) => elements.slice(1).map((element, at) => tuple([elements[at] ?? none, element]))),
  product: over(product),
  accumulate,
  islice: slice,
  groupby: groupBy,
  combinations: choosing(false),
  permutations: choosing(true),
  starmap: ({ positional: [callee = none, iterable = none], interpreter }) => {
    const rows = interpreter.iterate(iterable);
    if (!isElements(rows)) return rows;
    const results: Value[] = [];
    for (const row of rows) {
      const given = interpreter.iterate(row);
      if (!isElements(given)) return given;
      results.push(interpreter.apply(callee, ...given));
    }
    return new IteratorValue(results);
  },
  zip_longest: over((lists, { keywords }) => {
    const fill = keywords.get('fillvalue') ?? none;
    const length = Math.max(0, ...lists.map((list) => list.length));
    return zipped(lists.map((list) => Array.from({ length }, (_, index) => list[index] ?? fill)));
  }),
  compress: over(([elements = [], selectors = []], { interpreter }) => {
    const kept: Value[] = [];
    for (const [index, element] of elements.entries()) {
      const wanted = interpreter.truth(selectors[index] ?? none);
      if (typeof wanted !== 'boolean') return wanted;
      if (wanted) kept.push(element);
    }
    return kept;
  }),
  filterfalse: filtering((test, elements) => {
    const kept: Value[] = [];
    for (const element of elements) {
      const truth = test(element);
      if (typeof truth !== 'boolean') return truth;
      if (!truth) kept.push(element);
    }
    return kept;
  }),
  takewhile: filtering((test, elements) => {
    const end = firstFailing(test, elements);
    return typeof end === 'number' ? elements.slice(0, end) : end;
  }),
  dropwhile: filtering((test, elements) => {
    const end = firstFailing(test, elements);
    return typeof end === 'number' ? elements.slice(end) : end;
  }),
  batched: ({ positional: [iterable = none, size = none], interpreter }) => {
    const elements = interpreter.iterate(iterable);
    const by = numberOf(size);
    if (!isElements(elements)) return elements;
    if (by === undefined || by < 1) return interpreter.unknown('batched(…)', 'takes a size that is not known');
    const count = Math.ceil(elements.length / by);
    return new IteratorValue(Array.from({ length: count }, (_, at) => tuple(elements.slice(at * by, (at + 1) * by))));
  },
  tee: ({ positional: [iterable = none, count = int(2)], interpreter }) => {
    const elements = interpreter.iterate(iterable);
    if (!isElements(elements)) return elements;
    return tuple(Array.from({ length: Math.min(numberOf(count) ?? 2, 100) }, () => new IteratorValue(elements)));
  },
  repeat: ({ positional: [value = none, times], keywords, interpreter }) => {
    const count = times ?? keywords.get('times');
    if (!count) return new IteratorValue(() => value);
    const length = numberOf(count);
    if (length === undefined || length > interpreter.budget.limits.elements)
      return interpreter.unknown('repeat(…)', 'repeats for a number of times that is not known');
    return new IteratorValue(Array.from({ length: Math.max(0, length) }, () => value));
  },
  count: ({ positional: [start = int(0), step = int(1)], interpreter }) =>
    new IteratorValue((index) => binary(interpreter, '+', start, binary(interpreter, '*', step, int(index)))),
  cycle: ({ positional: [iterable = none], interpreter }) => {
    const elements = interpreter.iterate(iterable);
    if (!isElements(elements)) return elements;
    return elements.length === 0
      ? new IteratorValue([])
      : new IteratorValue((index) => elements[index % elements.length] ?? none);
  },
};

function firstFailing(test: (element: Value) => boolean | UnknownValue, elements: Elements): number | UnknownValue {
  for (const [index, element] of elements.entries()) {
    const truth = test(element);
    if (typeof truth !== 'boolean') return truth;
    if (!truth) return index;
  }
  return elements.length;
}

export const itertoolsModule = moduleOf('itertools', () => ({
  chain: chainClass,
  ...Object.fromEntries(Object.entries(members).map(([name, call]) => [name, builtin(name, call)])),
}));
