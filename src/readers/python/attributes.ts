import type { Interpreter } from './interpreter';
import { methodOf } from './library/methods';
import {
  DictValue,
  none,
  text,
  tuple,
  type BuiltinValue,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
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
      return object.get(name) ?? interpreter.unknown(`${object.name}.${name}`, 'is not understood');
    case 'super':
      return superAttribute(interpreter, object.owner, object.receiver, name);
    case 'function':
    case 'builtin':
      return name === '__name__' ? text(object.name) : interpreter.unknown(`${object.name}.${name}`, 'is not known');
    case 'property':
      return name === 'setter' || name === 'deleter' ? returning(object) : undefined;
    case 'tuple': {
      const field = object.fields?.indexOf(name) ?? -1;
      return field >= 0 ? object.items[field] : methodOf(object, name);
    }
    default:
      return methodOf(object, name);
  }
}

/** `object.name = value`. Attributes of what is not known are not kept. */
export function setAttribute(interpreter: Interpreter, object: Value, name: string, value: Value): void {
  // Classes of ours are shared by all that is read: they are not changed.
  if (object.type === 'class' && object.site) object.attributes.set(name, value, interpreter.journal);
  if (object.type !== 'instance') return;
  const setter = findInClass(object.cls, '__setattr__');
  if (setter && setter.type !== 'function')
    interpreter.apply(bind(interpreter, setter, object, object.cls), text(name), value);
  else object.attributes.set(name, value, interpreter.journal);
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
  const inClass = findInClass(object.cls, name);
  if (inClass?.type === 'property') return interpreter.apply(inClass.getter, object);
  const own = object.attributes.get(name);
  if (own) return own;
  if (inClass) return bind(interpreter, inClass, object, object.cls);
  if (name === '__class__') return object.cls;
  if (name === '__dict__') return attributesAsDict(object);
  const fallback = findInClass(object.cls, '__getattr__');
  if (fallback) return interpreter.apply(bind(interpreter, fallback, object, object.cls), text(name));
  if (object.cls.unknownBase) return { ...object.cls.unknownBase, symbol: `${object.cls.name}.${name}` };
  return undefined;
}

function classAttribute(interpreter: Interpreter, cls: ClassValue, name: string): Value | undefined {
  const value = findInClass(cls, name);
  if (value) return bind(interpreter, value, undefined, cls);
  if (name === '__name__' || name === '__qualname__') return text(cls.name);
  if (name === '__mro__') return tuple(cls.order);
  return cls.unknownBase && { ...cls.unknownBase, symbol: `${cls.name}.${name}` };
}

function superAttribute(interpreter: Interpreter, owner: ClassValue, receiver: Value, name: string): Value | undefined {
  const cls = receiver.type === 'instance' ? receiver.cls : receiver.type === 'class' ? receiver : undefined;
  const order = cls?.order ?? owner.order;
  for (const base of order.slice(order.indexOf(owner) + 1)) {
    const value = base.attributes.get(name);
    if (value) return bind(interpreter, value, receiver, cls ?? owner);
  }
  const unknownBase = cls?.unknownBase ?? owner.unknownBase;
  if (unknownBase) return { ...unknownBase, symbol: `super().${name}` };
  // `object.__init__` takes nothing and does nothing.
  return name === '__init__' || name === '__init_subclass__' || name === '__post_init__' ? doNothing : undefined;
}

/** What becomes of a class's attribute when it is reached through an instance (or, without one, through the class). */
function bind(interpreter: Interpreter, value: Value, receiver: Value | undefined, cls: ClassValue): Value {
  switch (value.type) {
    case 'function':
      return receiver ? method(value, receiver) : value;
    case 'builtin':
      return receiver && value.method ? method(value, receiver) : value;
    case 'classmethod':
      return isCallable(value.callee) ? method(value.callee, cls) : value.callee;
    case 'staticmethod':
      return value.callee;
    case 'property':
      return receiver ? interpreter.apply(value.getter, receiver) : value;
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

const doNothing: Value = { type: 'builtin', name: '__init__', method: false, call: () => none };

function returning(value: Value): Value {
  return { type: 'builtin', name: 'setter', method: false, call: () => value };
}
