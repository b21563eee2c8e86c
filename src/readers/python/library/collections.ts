import { CallArguments } from '../arguments';
import { builtin, builtinClass, makeClass } from '../classes';
import { binary, isElements } from '../operators';
import { DictValue, int, ListValue, none, numberOf, tuple, type Call, type ClassValue, type Value } from '../values';
import { moduleOf } from './module';
import { objectClass, toDict, typeClass, types } from './types';

const orderedDict: ClassValue = typeClass(
  'OrderedDict',
  (call) => {
    const dict = toDict(call);
    dict.cls = orderedDict;
    return dict;
  },
  { base: types.dict, makeNative: () => new DictValue() },
);

const defaultDict = typeClass(
  'defaultdict',
  ({ positional: [factory, ...rest], ...call }) => {
    const dict = toDict({ ...call, positional: rest });
    dict.factory = factory?.type === 'none' ? undefined : factory;
    dict.cls = defaultDict;
    return dict;
  },
  { base: types.dict, makeNative: () => new DictValue() },
);

const counter = typeClass(
  'Counter',
  (call) => {
    const [given] = call.positional;
    if (!given || given.type === 'dict') return toDict(call);
    const { interpreter } = call;
    const counts = new DictValue();
    counts.factory = types.int;
    const elements = interpreter.iterate(given);
    if (!isElements(elements)) counts.taint = elements;
    else
      for (const element of elements)
        counts.set(element, binary(interpreter, '+', counts.get(element) ?? int(0), int(1)));
    return counts;
  },
  { base: types.dict, makeNative: () => new DictValue() },
);

const deque = typeClass(
  'deque',
  ({ positional: [value, most], keywords, interpreter }) => {
    const elements = value ? interpreter.iterate(value) : [];
    const length = numberOf(most ?? keywords.get('maxlen'));
    const list = new ListValue(isElements(elements) ? elements.slice(length === undefined ? 0 : -length) : []);
    if (!isElements(elements)) list.taint = elements;
    return list;
  },
  { base: types.list, makeNative: () => new ListValue([]) },
);

/** A class of tuples whose elements have names. */
export function namedTupleClass(
  name: string,
  fields: readonly string[],
  defaults: ReadonlyMap<string, Value>,
  cls: ClassValue = makeClass({ name, bases: [types.tuple] }),
): ClassValue {
  const make = (made: Call): Value => {
    const owner = made.positional[0]?.type === 'class' ? made.positional[0] : cls;
    const given = new CallArguments(made, fields, 1);
    return tuple(
      fields.map((field) => given.get(field) ?? defaults.get(field) ?? given.value(field)),
      fields,
      owner,
    );
  };
  const members: [string, Value][] = [
    ['__new__', builtin('__new__', make)],
    ['_fields', tuple(fields.map((field) => ({ type: 'str', value: field })))],
    [
      '_make',
      {
        type: 'classmethod',
        callee: builtin(
          '_make',
          (call) => {
            const [owner = none, iterable = none] = call.positional;
            const elements = call.interpreter.iterate(iterable);
            return isElements(elements) ? make({ ...call, positional: [owner, ...elements] }) : elements;
          },
          true,
        ),
      },
    ],
  ];
  cls.attributes.fill(new Map([...cls.attributes.entries(), ...members]));
  return cls;
}

function namedTuple(call: Call): Value {
  const args = new CallArguments(call, ['typename', 'field_names', 'rename', 'defaults']);
  const named = args.value('field_names');
  const name = args.value('typename');
  const listed = named.type === 'str' ? undefined : call.interpreter.iterate(named);
  const fields =
    named.type === 'str'
      ? named.value
          .replaceAll(',', ' ')
          .split(' ')
          .filter((field) => field !== '')
      : listed && isElements(listed)
        ? listed.flatMap((field) => (field.type === 'str' ? field.value : []))
        : undefined;
  if (!fields) return call.interpreter.unknown('namedtuple(…)', 'has fields that are not known');
  const given = args.get('defaults');
  const values = given && given.type !== 'none' ? call.interpreter.iterate(given) : [];
  const defaults = isElements(values) ? values : [];
  // The defaults are those of the last fields.
  const byName = fields
    .slice(fields.length - defaults.length)
    .map((field, at) => [field, defaults[at] ?? none] as const);
  return namedTupleClass(name.type === 'str' ? name.value : 'namedtuple', fields, new Map(byName));
}

/** The abstract types: a class may derive from them, and `isinstance` knows what belongs to them. */
const abstract = Object.fromEntries(
  [
    'Iterable',
    'Iterator',
    'Generator',
    'Sequence',
    'MutableSequence',
    'Collection',
    'Sized',
    'Container',
    'Mapping',
    'MutableMapping',
    'Set',
    'MutableSet',
    'Callable',
    'Hashable',
    'Awaitable',
    'Coroutine',
    'AsyncIterator',
    'AsyncIterable',
    'KeysView',
    'ValuesView',
    'ItemsView',
  ].map((name) => [name, builtinClass(name, [objectClass], {})]),
);

export const abstractModule = moduleOf('collections.abc', () => abstract);

export const collectionsModule = moduleOf('collections', () => ({
  OrderedDict: orderedDict,
  defaultdict: defaultDict,
  Counter: counter,
  deque,
  UserDict: types.dict,
  UserList: types.list,
  namedtuple: builtin('namedtuple', namedTuple),
  abc: abstractModule,
}));
