import type { Interpreter } from './interpreter';
import { Scope } from './scope';
import type { Site } from '../text/source';
import type { StatementOf } from './syntax';
import { symbolOf } from './truth';
import {
  InstanceValue,
  type BuiltinValue,
  type Call,
  type ClassValue,
  type NativeState,
  type UnknownValue,
  type Value,
} from './values';
import { Variables } from './variables';

/** `class Name(bases, key=value): body`. */
export function defineClass(interpreter: Interpreter, statement: StatementOf<'class'>, scope: Scope): ClassValue {
  const bases: ClassValue[] = [];
  const keywords = new Map<string, Value>();
  let unknownBase: UnknownValue | undefined;
  for (const argument of statement.bases) {
    const value = interpreter.evaluate(argument.value, scope);
    if (argument.kind === 'keyword') keywords.set(argument.name ?? '', value);
    else if (value.type === 'class') bases.push(value);
    else
      unknownBase ??=
        value.type === 'unknown' ? value : interpreter.unknown(symbolOf(value), 'is not a class that is known');
  }
  const site: Site = { source: interpreter.site.source, ...statement.nameRange };
  const metaclass = keywords.get('metaclass');
  keywords.delete('metaclass');
  const cls = makeClass({ name: statement.name, bases, unknownBase, metaclass, syntax: statement, site });
  interpreter.execute(statement.body, new Scope('class', scope, cls.attributes, undefined, cls));
  // What a base does with each class that derives from it: make the members of an enumeration, register a plug-in.
  const hook = cls.order.slice(1).flatMap((base) => base.attributes.get('__init_subclass__') ?? [])[0];
  if (hook) {
    const callee = hook.type === 'classmethod' ? hook.callee : hook;
    interpreter.call(callee, { positional: [cls], keywords });
  }
  return cls;
}

/** A class, with its method resolution order worked out. */
export function makeClass(
  fields: Pick<ClassValue, 'name' | 'bases'> &
    Partial<Pick<ClassValue, 'unknownBase' | 'metaclass' | 'syntax' | 'site' | 'makeNative'>>,
): ClassValue {
  const order: ClassValue[] = [];
  const cls: ClassValue = {
    type: 'class',
    attributes: new Variables(),
    unknownBase: fields.unknownBase ?? fields.bases.find((base) => base.unknownBase)?.unknownBase,
    metaclass: fields.metaclass ?? fields.bases.find((base) => base.metaclass)?.metaclass,
    syntax: fields.syntax,
    site: fields.site,
    makeNative: fields.makeNative,
    name: fields.name,
    bases: fields.bases,
    order,
  };
  order.push(cls, ...linearise(fields.bases));
  return cls;
}

/** C3 linearisation of the bases (Barrett et al. 1996); where it does not exist, their orders one after the other. */
function linearise(bases: readonly ClassValue[]): readonly ClassValue[] {
  const [only] = bases;
  if (only && bases.length === 1) return only.order;
  const lists = [...bases.map((base) => [...base.order]), [...bases]];
  const order: ClassValue[] = [];
  for (;;) {
    const open = lists.filter((list) => list.length > 0);
    if (open.length === 0) return order;
    const inTail = (cls: ClassValue): boolean => open.some((list) => list.indexOf(cls) > 0);
    const next = open.map(([head]) => head).find((head) => head && !inTail(head));
    if (!next) return [...new Set(bases.flatMap((base) => base.order))];
    order.push(next);
    for (const list of open) if (list[0] === next) list.shift();
  }
}

/** An instance before its `__init__` has run, with the state that a class of ours needs. */
export function newInstance(cls: ClassValue, site: Site): InstanceValue {
  return new InstanceValue(cls, site, cls.order.find((base) => base.makeNative)?.makeNative?.());
}

/** Methods of a class of ours: the instance comes first in `call.positional`. */
export type Methods = Readonly<Record<string, (call: Call) => Value>>;

/** A class that is not written in Python but here. */
export function builtinClass(
  name: string,
  bases: readonly ClassValue[],
  methods: Methods,
  makeNative?: () => NativeState,
): ClassValue {
  const cls = makeClass({ name, bases, makeNative });
  const members = new Map<string, Value>();
  for (const [method, call] of Object.entries(methods)) members.set(method, builtin(method, call, true));
  cls.attributes.fill(members);
  return cls;
}

/** A function that is not written in Python but here. */
export function builtin(name: string, call: (call: Call) => Value, method = false): BuiltinValue {
  return { type: 'builtin', name, call, method };
}
