import { builtin, builtinClass, makeClass } from '../classes';
import { equal } from '../comparison';
import { symbolOf } from '../truth';
import { raiseIfCaught } from '../exceptions';
import {
  bool,
  DictValue,
  InstanceValue,
  int,
  IteratorValue,
  none,
  numberOf,
  text,
  type Call,
  type ClassValue,
  type Value,
} from '../values';
import { moduleOf } from './module';
import { objectClass, types } from './types';

/** The members of an enumeration by name, aliases with them, in the order of the class body. */
const membersOfClass = new WeakMap<ClassValue, ReadonlyMap<string, InstanceValue>>();

function membersOf(cls: Value | undefined): readonly InstanceValue[] {
  return cls?.type === 'class' ? [...new Set(membersOfClass.get(cls)?.values() ?? [])] : [];
}

/** The class of enumerations: what can be asked of one itself. */
const enumMeta = builtinClass('EnumMeta', [objectClass], {
  __iter__: ({ positional: [cls] }) => new IteratorValue(membersOf(cls)),
  __len__: ({ positional: [cls] }) => int(membersOf(cls).length),
  __contains__: ({ positional: [cls, item] }) =>
    bool(membersOf(cls).some((member) => member === item || plainValue(member) === item)),
  __getitem__: ({ positional: [cls, name = none], interpreter }) => {
    const found = cls?.type === 'class' && name.type === 'str' ? membersOfClass.get(cls)?.get(name.value) : undefined;
    if (!found) raiseIfCaught(interpreter, 'KeyError', `${symbolOf(name)} is no member`);
    return found ?? interpreter.unknown(`[${symbolOf(name)}]`, 'is no member that is known');
  },
});
enumMeta.attributes.fill(
  new Map<string, Value>([
    ...enumMeta.attributes.entries(),
    [
      '__members__',
      {
        type: 'property',
        getter: builtin('__members__', ({ positional: [cls] }) => {
          const dict = new DictValue();
          const members = cls?.type === 'class' ? membersOfClass.get(cls) : undefined;
          for (const [name, member] of members ?? []) dict.set(text(name), member);
          return dict;
        }),
      },
    ],
  ]),
);

const plainValue = (member: Value | undefined): Value | undefined =>
  member?.type === 'instance' ? member.attributes.get('value') : undefined;

/** `Color('red')`: the member with that value. */
function lookUp({ positional: [cls, wanted = none], interpreter }: Call): Value {
  if (cls?.type !== 'class') return none;
  for (const member of membersOf(cls)) {
    const own = plainValue(member);
    if (member === wanted || (own && equal(interpreter, own, wanted) === true)) return member;
  }
  const fallback = interpreter.findAttribute(cls, '_missing_');
  const found = fallback && fallback.type !== 'unknown' ? interpreter.apply(fallback, wanted) : none;
  if (found.type !== 'none') return found;
  if (wanted.type !== 'unknown') raiseIfCaught(interpreter, 'ValueError', `${symbolOf(wanted)} is no ${cls.name}`);
  return interpreter.unknown(`${cls.name}(${symbolOf(wanted)})`, 'is no member that is known');
}

/** Turns the plain values of a class body into members. */
function makeMembers(call: Call): Value {
  const [cls] = call.positional;
  const { interpreter } = call;
  if (cls?.type !== 'class' || !cls.syntax) return none;
  const members = new Map<string, InstanceValue>();
  let last = 0;
  for (const [name, given] of cls.attributes.entries()) {
    if (name.startsWith('_') || !isMemberValue(given)) continue;
    const value = given === automatic ? automaticValue(cls, name, last + 1) : given;
    last = numberOf(value) ?? last;
    const alias = [...members.values()].find(
      (member) => plainValue(member) === value || isSamePlain(plainValue(member), value),
    );
    const member = alias ?? makeMember(cls, name, value, call);
    members.set(name, member);
    cls.attributes.set(name, member, interpreter.journal);
  }
  membersOfClass.set(cls, members);
  // `class Color(str, Enum)`: calling it looks a member up, whatever else it derives from.
  cls.attributes.set('__new__', builtin('__new__', lookUp), interpreter.journal);
  return none;
}

function isSamePlain(a: Value | undefined, b: Value): boolean {
  return (
    a !== undefined &&
    (a.type === 'int' || a.type === 'str') &&
    a.type === b.type &&
    'value' in b &&
    a.value === b.value
  );
}

function makeMember(cls: ClassValue, name: string, value: Value, { interpreter, site }: Call): InstanceValue {
  const member = new InstanceValue(cls, site);
  const { journal } = interpreter;
  for (const [attribute, item] of [
    ['name', text(name)],
    ['_name_', text(name)],
    ['value', value],
    ['_value_', value],
  ] as const)
    member.attributes.set(attribute, item, journal);
  const constructor = cls.order.flatMap((base) => (base.site ? (base.attributes.get('__init__') ?? []) : []))[0];
  if (constructor)
    interpreter.call(constructor, {
      positional: [member, ...(value.type === 'tuple' ? value.items : [value])],
      keywords: new Map(),
    });
  return member;
}

function isMemberValue({ type }: Value): boolean {
  return !['function', 'classmethod', 'staticmethod', 'property', 'builtin', 'class'].includes(type);
}

const automatic: Value = { type: 'slice', lower: none, upper: none, step: none };

function automaticValue(cls: ClassValue, name: string, next: number): Value {
  return cls.order.includes(types.str) ? text(name.toLowerCase()) : int(next);
}

function makeEnum(name: string, bases: readonly ClassValue[]): ClassValue {
  const cls = makeClass({ name, bases, metaclass: enumMeta });
  cls.attributes.fill(
    new Map<string, Value>([
      ['__new__', builtin('__new__', lookUp)],
      ['__init_subclass__', builtin('__init_subclass__', makeMembers)],
      ['__eq__', builtin('__eq__', isEqual, true)],
      ['__str__', builtin('__str__', shown, true)],
    ]),
  );
  return cls;
}

/** A member is equal to itself; one that is a text or a number too, also to that. */
function isEqual({ positional: [member, other = none], interpreter }: Call): Value {
  if (member === other || member?.type !== 'instance') return bool(true);
  const plain = [types.str, types.int, types.float].some((type) => member.cls.order.includes(type));
  const own = plain && other.type !== 'instance' ? plainValue(member) : undefined;
  const same = own ? equal(interpreter, own, other) : false;
  return typeof same === 'boolean' ? bool(same) : same;
}

function shown({ positional: [member], interpreter }: Call): Value {
  if (member?.type !== 'instance') return none;
  const name = member.attributes.get('name');
  const value = plainValue(member);
  if (member.cls.order.includes(types.str) && value) return value;
  return name?.type === 'str'
    ? text(`${member.cls.name}.${name.value}`)
    : interpreter.unknown('str(…)', 'is not known');
}

const enumClass = makeEnum('Enum', [objectClass]);
const flagClass = makeEnum('Flag', [enumClass]);

export const enumModule = moduleOf('enum', () => ({
  Enum: enumClass,
  IntEnum: makeEnum('IntEnum', [types.int, enumClass]),
  StrEnum: makeEnum('StrEnum', [types.str, enumClass]),
  Flag: flagClass,
  IntFlag: makeEnum('IntFlag', [types.int, flagClass]),
  EnumMeta: enumMeta,
  EnumType: enumMeta,
  auto: builtin('auto', () => automatic),
  unique: builtin('unique', ({ positional: [cls = none] }) => cls),
}));
