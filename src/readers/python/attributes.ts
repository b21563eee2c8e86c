import type { Interpreter } from './interpreter';
import { heldBy } from './held';
import { methodOf, unboundMethod } from './library/methods';
import { objectMembers } from './objectMembers';
import { Raised } from './raised';
import { sourceOf } from './scope';
import { symbolOf } from './truth';
import type { InstanceValue } from './values';
import {
  DictValue,
  none,
  text,
  tuple,
  type BuiltinValue,
  type ClassValue,
  type FunctionValue,
  type PropertyValue,
  type Value,
} from './values';

/** `object.name`; undefined where there is no such attribute. Of something unknown every attribute is unknown. */
export function getAttribute(interpreter: Interpreter, object: Value, name: string): Value | undefined {
  switch (object.type) {
    case 'unknown':
      return { ...object, symbol: `${object.symbol}.${name}` };
    case 'instance':
      return instanceAttribute(interpreter, object, name);
    case 'class':
      return classAttribute(interpreter, object, name);
    case 'module':
      return (
        object.get(name) ??
        (name === '__name__' ? text(object.name) : undefined) ??
        interpreter.modules.absolute(`${object.name}.${name}`, interpreter.site.source) ??
        interpreter.unknown(`${object.name}.${name}`, 'is not understood')
      );
    case 'super':
      return superAttribute(interpreter, object.owner, object.receiver, name);
    case 'function':
      return object.attributes.get(name) ?? functionAttribute(interpreter, object, name);
    case 'builtin':
      return name === '__name__' ? text(object.name) : undefined;
    case 'method':
      if (name === '__self__') return object.receiver;
      return name === '__func__' ? object.callee : getAttribute(interpreter, object.callee, name);
    case 'property':
      return propertyAttribute(object, name);
    case 'tuple': {
      const field = object.fields ? object.fields.indexOf(name) : -1;
      if (field >= 0) return object.items[field];
      const inClass = object.cls && findInClass(object.cls, name);
      return inClass ? bind(interpreter, inClass, object, object.cls) : methodOf(object, name);
    }
    default:
      return methodOf(object, name);
  }
}

/** `object.name = value`. Attributes of what is not known are not kept. */
export function setAttribute(interpreter: Interpreter, object: Value, name: string, value: Value): void {
  switch (object.type) {
    case 'class':
      // Classes of ours are shared by all that is read: they are not changed.
      if (object.site) object.attributes.set(name, value, interpreter.journal);
      return;
    case 'function':
      object.attributes.set(name, value, interpreter.journal);
      return;
    case 'module':
      object.set?.(name, value);
      return;
    case 'instance': {
      const property = findInClass(object.cls, name);
      if (property?.type === 'property' && !property.cached) {
        if (property.setter) interpreter.apply(property.setter, object, value);
        return;
      }
      const setter = findInClass(object.cls, '__setattr__');
      if (setter && setter !== objectMembers['__setattr__'])
        interpreter.apply(bind(interpreter, setter, object, object.cls), text(name), value);
      else object.attributes.set(name, value, interpreter.journal);
      return;
    }
    default:
      return;
  }
}

/** `__add__` of an instance, `__len__` of an enumeration: looked for in its class only. */
export function specialMethod(interpreter: Interpreter, object: Value, name: string): Value | undefined {
  const cls = object.type === 'instance' ? object.cls : object.type === 'class' ? object.metaclass : undefined;
  if (cls?.type === 'unknown') return { ...cls, symbol: `${symbolOf(object)}.${name}` };
  if (cls?.type !== 'class') return undefined;
  const value = findInClass(cls, name);
  if (value) return bind(interpreter, value, object, cls);
  return cls.unknownBase && !heldBy(object) ? { ...cls.unknownBase, symbol: `${cls.name}.${name}` } : undefined;
}

/** The attribute as it stands in the class or its bases, not bound. */
export function findInClass(cls: ClassValue, name: string): Value | undefined {
  for (const base of cls.order) {
    const value = base.attributes.get(name);
    if (value) return value;
  }
  return undefined;
}

function instanceAttribute(interpreter: Interpreter, object: InstanceValue, name: string): Value | undefined {
  const own = ownLookup(object.cls);
  return own
    ? missingAttribute(interpreter, bind(interpreter, own, object, object.cls), name)
    : plainAttribute(interpreter, object, name);
}

const lookups = new WeakMap<ClassValue, FunctionValue | 'none'>();

/** The `__getattribute__` that a class of the source has: it is asked for every attribute. */
function ownLookup(cls: ClassValue): FunctionValue | undefined {
  let known = lookups.get(cls);
  if (!known) {
    const found = findInClass(cls, '__getattribute__');
    known = found?.type === 'function' ? found : 'none';
    lookups.set(cls, known);
  }
  return known === 'none' ? undefined : known;
}

/** The attribute of an instance, whatever its class has in the place of `object.__getattribute__`. */
export function plainAttribute(interpreter: Interpreter, object: InstanceValue, name: string): Value | undefined {
  const inClass = findInClass(object.cls, name);
  if (inClass?.type === 'property' && !inClass.cached) return interpreter.apply(inClass.getter, object);
  const own = object.attributes.get(name);
  // What a class of ours computes for one instance alone.
  if (own?.type === 'property') return interpreter.apply(own.getter, object);
  if (own) return own;
  if (inClass?.type === 'property') {
    const value = interpreter.apply(inClass.getter, object);
    object.attributes.set(name, value, interpreter.journal);
    return value;
  }
  if (inClass) return bind(interpreter, inClass, object, object.cls);
  const held = heldBy(object);
  const ofHeld = held && methodOf(held, name);
  if (ofHeld) return ofHeld;
  if (name === '__class__') return object.cls;
  if (name === '__dict__') return attributesAsDict(object);
  if (name === '__module__' || name === '__doc__') return classAttribute(interpreter, object.cls, name);
  const fallback = findInClass(object.cls, '__getattr__');
  if (fallback) return missingAttribute(interpreter, bind(interpreter, fallback, object, object.cls), name);
  if (object.cls.unknownBase) return { ...object.cls.unknownBase, symbol: `${object.cls.name}.${name}` };
  return undefined;
}

/** What a `__getattr__` or a `__getattribute__` gives; one that raises has no such attribute. */
function missingAttribute(interpreter: Interpreter, fallback: Value, name: string): Value | undefined {
  // Code that asks is as good as code that looks: neither may change anything when it fails.
  const attempt = interpreter.journal.attempt(() => interpreter.apply(fallback, text(name)));
  if (attempt.outcome.kind === 'thrown') {
    if (attempt.outcome.error instanceof Raised) return undefined;
    throw attempt.outcome.error;
  }
  interpreter.journal.replay(attempt);
  return attempt.outcome.result;
}

function classAttribute(interpreter: Interpreter, cls: ClassValue, name: string): Value | undefined {
  const value = findInClass(cls, name);
  if (value) return bind(interpreter, value, undefined, cls);
  const inMeta = cls.metaclass?.type === 'class' ? findInClass(cls.metaclass, name) : undefined;
  if (inMeta && cls.metaclass?.type === 'class') return bind(interpreter, inMeta, cls, cls.metaclass);
  switch (name) {
    case '__name__':
    case '__qualname__':
      return text(cls.name);
    case '__mro__':
      return tuple(cls.order);
    case '__bases__':
      return tuple(cls.bases);
    case '__module__':
      return text(cls.site ? interpreter.modules.nameOf(cls.site.source) : 'builtins');
    case '__doc__':
      return none;
    case '__dict__':
      return new DictValue(new Map([...cls.attributes.entries()].map(([key, item]) => [`s${key}`, [text(key), item]])));
    case '__annotations__':
      return annotationsOf(cls);
    case 'mro':
      return { type: 'builtin', name, method: false, call: () => tuple(cls.order) };
    default:
      return (
        (cls.site ? undefined : unboundMethod(cls.name, name)) ??
        (cls.metaclass?.type === 'unknown' ? { ...cls.metaclass, symbol: `${cls.name}.${name}` } : undefined) ??
        (cls.unknownBase && { ...cls.unknownBase, symbol: `${cls.name}.${name}` })
      );
  }
}

/** The types that a class body declares, as text. */
function annotationsOf(cls: ClassValue): Value {
  const dict = new DictValue();
  for (const statement of cls.syntax?.body ?? [])
    if (statement.kind === 'annotated' && statement.target.kind === 'name')
      dict.set(text(statement.target.name), text(statement.annotation));
  return dict;
}

function functionAttribute(interpreter: Interpreter, callee: FunctionValue, name: string): Value | undefined {
  switch (name) {
    case '__name__':
      return text(callee.name);
    case '__qualname__':
      return text(callee.owner ? `${callee.owner.name}.${callee.name}` : callee.name);
    case '__module__': {
      const source = sourceOf(callee.scope);
      return source ? text(interpreter.modules.nameOf(source)) : undefined;
    }
    case '__doc__':
      return none;
    default:
      return undefined;
  }
}

function propertyAttribute(property: PropertyValue, name: string): Value | undefined {
  const decorator = (change: (given: Value) => Value): Value => ({
    type: 'builtin',
    name,
    method: false,
    call: ({ positional: [given = none] }) => change(given),
  });
  switch (name) {
    case 'setter':
      return decorator((setter) => ({ ...property, setter }));
    case 'getter':
      return decorator((getter) => ({ ...property, getter }));
    case 'deleter':
      return decorator(() => property);
    case 'fget':
      return property.getter;
    default:
      return undefined;
  }
}

function superAttribute(interpreter: Interpreter, owner: ClassValue, receiver: Value, name: string): Value | undefined {
  const cls = receiver.type === 'instance' ? receiver.cls : receiver.type === 'class' ? receiver : undefined;
  const order = cls?.order ?? owner.order;
  for (const base of order.slice(order.indexOf(owner) + 1)) {
    const value = base.attributes.get(name);
    if (value) return bind(interpreter, value, receiver, cls ?? owner);
  }
  const held = receiver.type === 'instance' ? heldBy(receiver) : undefined;
  const ofHeld = held && methodOf(held, name);
  if (ofHeld) return ofHeld;
  const unknownBase = cls?.unknownBase ?? owner.unknownBase;
  if (unknownBase) return { ...unknownBase, symbol: `super().${name}` };
  const member = Object.hasOwn(objectMembers, name) ? objectMembers[name] : undefined;
  return member && bind(interpreter, member, receiver, owner);
}

/** What becomes of a class's attribute when it is reached through an instance (or, without one, through the class). */
export function bind(interpreter: Interpreter, value: Value, receiver: Value | undefined, cls: ClassValue): Value {
  switch (value.type) {
    case 'function':
      return receiver ? method(value, receiver) : value;
    case 'builtin':
      return receiver && value.method ? method(value, receiver) : value;
    case 'classmethod':
      return isCallable(value.callee)
        ? method(value.callee, receiver?.type === 'class' ? receiver : cls)
        : value.callee;
    case 'staticmethod':
      return value.callee;
    case 'property':
      return receiver && receiver.type !== 'class' ? interpreter.apply(value.getter, receiver) : value;
    default:
      return value;
  }
}

function method(callee: FunctionValue | BuiltinValue, receiver: Value): Value {
  return { type: 'method', callee, receiver };
}

function isCallable(value: Value): value is FunctionValue | BuiltinValue {
  return value.type === 'function' || value.type === 'builtin';
}

function attributesAsDict(object: InstanceValue): Value {
  const entries = new Map<string, readonly [Value, Value]>();
  for (const [name, value] of object.attributes.entries()) entries.set(`s${name}`, [text(name), value]);
  return new DictValue(entries);
}
