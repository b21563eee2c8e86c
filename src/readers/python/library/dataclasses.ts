import { builtin, builtinClass } from '../classes';
import type { Interpreter } from '../interpreter';
import { equal } from '../comparison';
import {
  bool,
  DictValue,
  InstanceValue,
  ListValue,
  none,
  text,
  tuple,
  unknown,
  type Call,
  type ClassValue,
  type Value,
} from '../values';
import { moduleOf } from './module';
import { objectClass } from './types';

/** A field of a dataclass. */
interface Field {
  readonly name: string;
  readonly annotation: string;
  readonly fallback: Value | undefined;
  readonly factory: Value | undefined;
  /** Whether `__init__` takes it. */
  readonly init: boolean;
  readonly keywordOnly: boolean;
  /** Handed to `__post_init__`, and not kept. */
  readonly initOnly: boolean;
}

const fieldsOfClass = new WeakMap<ClassValue, ReadonlyMap<string, Field>>();
const missing: Value = builtinClass('_MISSING_TYPE', [objectClass], {});
/** `_: KW_ONLY`: the fields after it are given by name. */
const keywordOnlyMark = 'KW_ONLY';

/** What `field(…)` gives. */
const fieldClass = builtinClass('Field', [objectClass], {});

function makeField(call: Call): Value {
  const field = new InstanceValue(fieldClass, call.site);
  const [first] = call.positional;
  if (first) field.attributes.set('default', first, call.interpreter.journal);
  for (const [name, value] of call.keywords) field.attributes.set(name, value, call.interpreter.journal);
  return field;
}

const lastWord = (annotation: string): string => (annotation.split('[')[0] ?? '').split('.').at(-1) ?? '';

/** The fields of the bases, then those that the class body declares; one that is declared again keeps its place. */
function declaredFields(cls: ClassValue, call: Call, keywordOnly: boolean): ReadonlyMap<string, Field> {
  const { interpreter } = call;
  const fields = new Map<string, Field>();
  for (const base of [...cls.order.slice(1)].reverse())
    for (const [name, field] of fieldsOfClass.get(base) ?? []) fields.set(name, field);
  let marked = keywordOnly;
  for (const statement of cls.syntax?.body ?? []) {
    if (statement.kind !== 'annotated' || statement.target.kind !== 'name') continue;
    const { annotation } = statement;
    const { name } = statement.target;
    const kind = lastWord(annotation);
    if (kind === keywordOnlyMark) marked = true;
    if (kind === keywordOnlyMark || kind === 'ClassVar') continue;
    const value = statement.value ? cls.attributes.get(name) : undefined;
    const spec = value?.type === 'instance' && value.cls === fieldClass ? value.attributes : undefined;
    const flag = (setting: string, fallback: boolean): boolean => {
      const given = spec?.get(setting);
      return given ? interpreter.truth(given) === true : fallback;
    };
    const fallback = spec ? spec.get('default') : value;
    fields.set(name, {
      name,
      annotation,
      fallback: fallback === missing ? undefined : fallback,
      factory: spec?.get('default_factory') ?? spec?.get('factory'),
      init: flag('init', true),
      keywordOnly: flag('kw_only', marked),
      initOnly: kind === 'InitVar',
    });
    if (spec && fallback) cls.attributes.set(name, fallback, interpreter.journal);
    else if (spec) cls.attributes.delete(name, interpreter.journal);
  }
  return fields;
}

/** Makes a class a dataclass: its constructor takes its fields. */
export function asDataclass(cls: ClassValue, call: Call): ClassValue {
  const { interpreter } = call;
  const flag = (name: string): boolean => {
    const given = call.keywords.get(name);
    return given !== undefined && interpreter.truth(given) === true;
  };
  const fields = declaredFields(cls, call, flag('kw_only'));
  fieldsOfClass.set(cls, fields);
  const { journal } = interpreter;
  const own = cls.attributes.get('__init__');
  const wanted = !call.keywords.has('init') || flag('init');
  if (!own && wanted)
    cls.attributes.set(
      '__init__',
      builtin('__init__', (made) => initialise(fields, made), true),
      journal,
    );
  if (!cls.attributes.has('__eq__')) cls.attributes.set('__eq__', builtin('__eq__', compareFields, true), journal);
  const names = [...fields.values()]
    .filter(({ init, keywordOnly }) => init && !keywordOnly)
    .map(({ name }) => text(name));
  cls.attributes.set('__match_args__', tuple(names), journal);
  cls.attributes.set('__dataclass_fields__', fieldsAsDict(fields, call), journal);
  return cls;
}

function initialise(fields: ReadonlyMap<string, Field>, { interpreter, ...call }: Call): Value {
  const [self, ...positional] = call.positional;
  if (self?.type !== 'instance') return none;
  const handed: Value[] = [];
  let next = 0;
  for (const field of fields.values()) {
    let value: Value | undefined;
    if (field.init && !field.keywordOnly && next < positional.length) value = positional[next++];
    if (field.init) value ??= call.keywords.get(field.name) ?? (call.hidden && { ...call.hidden, symbol: field.name });
    value ??= fallbackOf(field, interpreter);
    if (!value && !field.init) continue;
    value ??= { ...unknown(field.name, 'is a field without a value', call.site), subject: field.name };
    if (field.initOnly) handed.push(value);
    else interpreter.setAttribute(self, field.name, value);
  }
  const after = interpreter.findAttribute(self, '__post_init__');
  if (after) interpreter.apply(after, ...handed);
  return none;
}

function fallbackOf({ fallback, factory }: Field, interpreter: Interpreter): Value | undefined {
  if (fallback) return fallback;
  return factory && factory !== missing ? interpreter.apply(factory) : undefined;
}

function fieldsOf(value: Value | undefined): ReadonlyMap<string, Field> | undefined {
  const cls = value?.type === 'instance' ? value.cls : value?.type === 'class' ? value : undefined;
  const owner = cls?.order.find((base) => fieldsOfClass.has(base));
  return owner && fieldsOfClass.get(owner);
}

function compareFields({ positional: [self, other], interpreter }: Call): Value {
  if (self?.type !== 'instance' || other?.type !== 'instance' || self.cls !== other.cls) return bool(self === other);
  for (const name of fieldsOf(self)?.keys() ?? []) {
    const [mine, theirs] = [self.attributes.get(name), other.attributes.get(name)];
    const same = mine && theirs ? equal(interpreter, mine, theirs) : mine === theirs;
    if (typeof same !== 'boolean') return same;
    if (!same) return bool(false);
  }
  return bool(true);
}

function fieldsAsDict(fields: ReadonlyMap<string, Field>, call: Call): DictValue {
  const dict = new DictValue();
  for (const { name, annotation, fallback, factory } of fields.values()) {
    const shown = new InstanceValue(fieldClass, call.site);
    const { journal } = call.interpreter;
    shown.attributes.set('name', text(name), journal);
    shown.attributes.set('type', text(annotation), journal);
    shown.attributes.set('default', fallback ?? missing, journal);
    shown.attributes.set('default_factory', factory ?? missing, journal);
    shown.attributes.set('metadata', new DictValue(), journal);
    dict.set(text(name), shown);
  }
  return dict;
}

/** An instance as plain data, level by level. */
function asPlain(
  value: Value,
  interpreter: Interpreter,
  collect: (fields: readonly (readonly [string, Value])[]) => Value,
): Value {
  interpreter.budget.spend();
  const below = (inner: Value): Value => asPlain(inner, interpreter, collect);
  if (value.type === 'list') {
    const copy = new ListValue(value.items.map(below));
    copy.taint = value.taint;
    return copy;
  }
  if (value.type === 'tuple') return tuple(value.items.map(below), value.fields, value.cls);
  if (value.type === 'dict') {
    const copy = new DictValue(
      new Map([...value.entries].map(([hash, [key, item]]) => [hash, [key, below(item)] as const])),
    );
    copy.taint = value.taint;
    return copy;
  }
  const fields = value.type === 'instance' ? fieldsOf(value) : undefined;
  if (value.type !== 'instance' || !fields) return value;
  return collect([...fields.keys()].map((name) => [name, below(value.attributes.get(name) ?? none)]));
}

/** `@dataclass`, with or without settings. */
function dataclass(call: Call): Value {
  const [cls] = call.positional;
  if (cls?.type === 'class') return asDataclass(cls, call);
  return builtin('dataclass', (decorating) => {
    const [decorated = none] = decorating.positional;
    return decorated.type === 'class' ? asDataclass(decorated, { ...decorating, keywords: call.keywords }) : decorated;
  });
}

function replace({ positional: [object = none], keywords, interpreter }: Call): Value {
  const fields = fieldsOf(object);
  if (object.type !== 'instance' || !fields) return interpreter.unknown('replace(…)', 'changes what is not known');
  const given = new Map<string, Value>();
  for (const { name, init } of fields.values()) {
    const value = keywords.get(name) ?? object.attributes.get(name);
    if (init && value) given.set(name, value);
  }
  return interpreter.call(object.cls, { positional: [], keywords: given });
}

const members: Readonly<Record<string, (call: Call) => Value>> = {
  dataclass,
  field: makeField,
  replace,
  fields: ({ positional: [object], interpreter }) => {
    const found = object && interpreter.findAttribute(object, '__dataclass_fields__');
    return found?.type === 'dict'
      ? tuple([...found.entries.values()].map(([, field]) => field))
      : interpreter.unknown('fields(…)', 'are those of something that is not known');
  },
  asdict: ({ positional: [object = none], interpreter }) =>
    asPlain(object, interpreter, (fields) => {
      const dict = new DictValue();
      for (const [name, value] of fields) dict.set(text(name), value);
      return dict;
    }),
  astuple: ({ positional: [object = none], interpreter }) =>
    asPlain(object, interpreter, (fields) => tuple(fields.map(([, value]) => value))),
  is_dataclass: ({ positional: [object] }) => bool(fieldsOf(object) !== undefined),
};

const functions = Object.fromEntries(Object.entries(members).map(([name, call]) => [name, builtin(name, call)]));

export const dataclassesModule = moduleOf('dataclasses', () => ({
  ...functions,
  MISSING: missing,
  Field: fieldClass,
  KW_ONLY: builtinClass(keywordOnlyMark, [objectClass], {}),
  InitVar: builtinClass('InitVar', [objectClass], {}),
}));

const attrsMembers = (): Readonly<Record<string, Value>> => ({
  define: builtin('define', dataclass),
  mutable: builtin('mutable', dataclass),
  frozen: builtin('frozen', dataclass),
  s: builtin('s', dataclass),
  dataclass: builtin('dataclass', dataclass),
  field: builtin('field', makeField),
  ib: builtin('ib', makeField),
  Factory: builtin('Factory', ({ positional: [factory = none], ...call }) =>
    makeField({ ...call, positional: [], keywords: new Map([['default_factory', factory]]) }),
  ),
  asdict: functions['asdict'] ?? none,
  evolve: builtin('evolve', replace),
});

/** attrs, as far as it is what dataclasses are. */
export const attrsModule = moduleOf('attrs', attrsMembers);
export const attrModule = moduleOf('attr', attrsMembers);

/** pydantic's models are dataclasses whose fields are given by name. */
const baseModel = builtinClass('BaseModel', [objectClass], {
  __init_subclass__: (call) => {
    const [cls] = call.positional;
    return cls?.type === 'class' ? asDataclass(cls, call) : none;
  },
});

export const pydanticModule = moduleOf('pydantic', () => ({
  BaseModel: baseModel,
  BaseSettings: baseModel,
  Field: builtin('Field', makeField),
}));
