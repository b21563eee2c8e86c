import { builtin, builtinClass } from '../classes';
import { bool, none, type Call, type ClassValue, type Value } from '../values';
import { namedTupleClass } from './collections';
import { moduleOf } from './module';
import { objectClass, types } from './types';

/** Words of type hints: they may be bases and take arguments, and do nothing. */
const hints = [
  'Any',
  'Optional',
  'Union',
  'Literal',
  'Final',
  'ClassVar',
  'Annotated',
  'Generic',
  'Protocol',
  'Concatenate',
  'Unpack',
  'Required',
  'NotRequired',
  'ReadOnly',
  'TypeAlias',
  'TypeGuard',
  'TypeIs',
  'Self',
  'Never',
  'NoReturn',
  'LiteralString',
  'SupportsInt',
  'SupportsFloat',
  'SupportsIndex',
  'TextIO',
  'BinaryIO',
  'IO',
  'Pattern',
  'Match',
  'AnyStr',
  'Text',
  'ByteString',
  'ForwardRef',
  'ContextManager',
  'AbstractSet',
  'ItemsView',
  'KeysView',
  'ValuesView',
  'AsyncGenerator',
];
/** Those of them that `isinstance` knows what belongs to. */
const kinds = [
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
  'MutableSet',
  'Callable',
  'Hashable',
];

const identity = (name: string): Value => builtin(name, ({ positional: [value = none] }) => value);
const hint = (name: string): ClassValue => builtinClass(name, [objectClass], {});

/** `class Point(NamedTuple): x: int; y: int = 0` */
const namedTupleBase = builtinClass('NamedTuple', [types.tuple], {
  __init_subclass__: ({ positional: [cls] }: Call) => {
    if (cls?.type !== 'class' || !cls.syntax) return none;
    const names: string[] = [];
    const defaults = new Map<string, Value>();
    for (const statement of cls.syntax.body) {
      if (statement.kind !== 'annotated' || statement.target.kind !== 'name') continue;
      const { name } = statement.target;
      names.push(name);
      const fallback = statement.value ? cls.attributes.get(name) : undefined;
      if (fallback) defaults.set(name, fallback);
    }
    return names.length > 0 ? namedTupleClass(cls.name, names, defaults, cls) : none;
  },
});

export const typingModule = moduleOf('typing', () => ({
  ...Object.fromEntries([...hints, ...kinds].map((name) => [name, hint(name)])),
  List: types.list,
  Dict: types.dict,
  Tuple: types.tuple,
  Set: types.set,
  FrozenSet: types.frozenset,
  Type: hint('type'),
  OrderedDict: types.dict,
  DefaultDict: types.dict,
  NamedTuple: namedTupleBase,
  TypedDict: types.dict,
  TYPE_CHECKING: bool(false),
  TypeVar: builtin('TypeVar', () => typeVariable),
  TypeVarTuple: builtin('TypeVarTuple', () => typeVariable),
  ParamSpec: builtin('ParamSpec', () => typeVariable),
  NewType: builtin('NewType', ({ positional: [, type = none] }) => type),
  cast: builtin('cast', ({ positional: [, value], keywords }) => value ?? keywords.get('val') ?? none),
  assert_never: identity('assert_never'),
  reveal_type: identity('reveal_type'),
  overload: identity('overload'),
  final: identity('final'),
  override: identity('override'),
  runtime_checkable: identity('runtime_checkable'),
  no_type_check: identity('no_type_check'),
  dataclass_transform: builtin('dataclass_transform', () => identity('dataclass_transform')),
}));

const typeVariable = hint('TypeVar');
