import type { Interpreter } from '../interpreter';
import { isElements, keysOf } from '../iteration';
import { symbolOf, textOf, toNumber, truth } from '../operators';
import type { ObjectValue } from '../values';
import {
  boolean,
  builtin,
  number,
  string,
  undefinedValue,
  type BuiltinValue,
  type Call,
  type NamespaceValue,
  type Value,
} from '../values';
import { arrayConstructor, arrayFunctions, newArray } from './arrays';
import { mathNamespace } from './math';

/** The names that JavaScript itself knows, as far as models are made with them. Undefined for all others. */
export function globalValue(name: string): Value | undefined {
  return globals.get(name);
}

export function namespace(name: string, members: ReadonlyMap<string, Value>): NamespaceValue {
  return { type: 'namespace', name, get: (member) => members.get(member) };
}

/** A function that is a namespace as well: `Array`, `Number`. */
function callable(call: BuiltinValue, members: ReadonlyMap<string, Value>): ObjectCallable {
  return { call, members };
}
interface ObjectCallable {
  readonly call: BuiltinValue;
  readonly members: ReadonlyMap<string, Value>;
}

const converted =
  <T>(convert: (value: Value) => T | undefined, make: (result: T) => Value): BuiltinValue['call'] =>
  ({ arguments: [value = undefinedValue], interpreter }) => {
    const result = convert(value);
    if (result !== undefined) return make(result);
    return value.type === 'unknown' ? value : interpreter.unknown(symbolOf(value), 'is converted, and not known');
  };

const parsed = (parse: (text: string) => number): BuiltinValue['call'] =>
  converted(textOf, (text) => number(parse(text)));

function keys({ interpreter, arguments: [object = undefinedValue] }: Call): readonly string[] | Value {
  const found = keysOf(interpreter, object);
  return 'type' in found ? { ...found, symbol: `keys of ${symbolOf(object)}` } : found;
}

function listed(give: (interpreter: Interpreter, key: string, value: Value) => Value): BuiltinValue['call'] {
  return (call) => {
    const found = keys(call);
    if ('type' in found) return found;
    const [object] = call.arguments;
    const { interpreter } = call;
    return newArray(
      interpreter,
      found.map((key) => {
        const own = object?.type === 'object' ? object.properties.get(key) : undefined;
        const item = object?.type === 'array' ? object.items[Number(key)] : own;
        return give(interpreter, key, item ?? undefinedValue);
      }),
    );
  };
}

function assigned({ interpreter, arguments: [target = undefinedValue, ...sources] }: Call): Value {
  if (target.type !== 'object') return target;
  for (const source of sources) {
    if (source.type === 'object')
      for (const [name, value] of source.properties.entries()) target.properties.set(name, value, interpreter.journal);
    const taint = source.type === 'object' ? source.properties.taint : source.type === 'unknown' ? source : undefined;
    if (taint) target.properties.spoil(taint, interpreter.journal);
  }
  return target;
}

function fromEntries({ interpreter, arguments: [entries = undefinedValue] }: Call): Value {
  const items = interpreter.iterate(entries);
  const object: ObjectValue = interpreter.newObject();
  if (!isElements(items)) {
    object.properties.spoil(items, interpreter.journal);
    return object;
  }
  for (const item of items) {
    const [key, value = undefinedValue] = item.type === 'array' ? item.items : [];
    const name = key && textOf(key);
    if (name !== undefined) object.properties.set(name, value, interpreter.journal);
  }
  return object;
}

const same: BuiltinValue['call'] = ({ arguments: [value = undefinedValue] }) => value;
const nothing: BuiltinValue['call'] = () => undefinedValue;
const functions = (table: Readonly<Record<string, BuiltinValue['call']>>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(table).map(([name, call]) => [name, builtin(name, call)]));

const promise = functions({
  all: same,
  allSettled: same,
  resolve: same,
  race: ({ arguments: [all], interpreter }) =>
    all?.type === 'array' ? (all.items[0] ?? undefinedValue) : interpreter.unknown('Promise.race()', 'is not known'),
});

const callables: Readonly<Record<string, ObjectCallable>> = {
  Array: callable(arrayConstructor, arrayFunctions),
  Object: callable(
    builtin('Object', same),
    functions({
      keys: listed((_, key) => string(key)),
      values: listed((_, _key, value) => value),
      entries: listed((interpreter, key, value) => newArray(interpreter, [string(key), value])),
      assign: assigned,
      fromEntries,
      freeze: same,
      seal: same,
    }),
  ),
  Number: callable(
    builtin('Number', converted(toNumber, number)),
    new Map<string, Value>([
      ...functions({
        isInteger: ({ arguments: [value] }) => boolean(value?.type === 'number' && Number.isInteger(value.value)),
        isFinite: ({ arguments: [value] }) => boolean(value?.type === 'number' && Number.isFinite(value.value)),
        isNaN: ({ arguments: [value] }) => boolean(value?.type === 'number' && Number.isNaN(value.value)),
        parseInt: parsed((text) => Number.parseInt(text, 10)),
        parseFloat: parsed(Number.parseFloat),
      }),
      ['EPSILON', number(Number.EPSILON)],
      ['MAX_SAFE_INTEGER', number(Number.MAX_SAFE_INTEGER)],
    ]),
  ),
  String: callable(builtin('String', converted(textOf, string)), new Map()),
  Boolean: callable(
    builtin('Boolean', ({ arguments: [value = undefinedValue] }) => {
      const known = truth(value);
      return typeof known === 'boolean' ? boolean(known) : known;
    }),
    new Map(),
  ),
  Promise: callable(
    builtin('Promise', ({ interpreter }) => interpreter.unknown('the promise', 'is not followed')),
    promise,
  ),
};

/** Members of a function that is a namespace as well. */
export function callableMember(callee: BuiltinValue, name: string): Value | undefined {
  const found = Object.values(callables).find(({ call }) => call === callee);
  return found?.members.get(name);
}

const quiet = functions(
  Object.fromEntries(
    ['log', 'warn', 'error', 'info', 'debug', 'table', 'time', 'timeEnd', 'assert'].map((name) => [name, nothing]),
  ),
);

const globals = new Map<string, Value>([
  ...Object.entries(callables).map(([name, { call }]): [string, Value] => [name, call]),
  ['Math', mathNamespace],
  ['console', namespace('console', quiet)],
  ['NaN', number(Number.NaN)],
  ['Infinity', number(Number.POSITIVE_INFINITY)],
  [
    'parseInt',
    builtin(
      'parseInt',
      parsed((text) => Number.parseInt(text, 10)),
    ),
  ],
  ['parseFloat', builtin('parseFloat', parsed(Number.parseFloat))],
  [
    'isNaN',
    builtin('isNaN', ({ arguments: [value] }) => boolean(value?.type === 'number' && Number.isNaN(value.value))),
  ],
  ['structuredClone', builtin('structuredClone', same)],
]);
