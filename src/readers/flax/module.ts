import { builtin, builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import {
  isSubclass,
  type BuiltinValue,
  type Call,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
  type Value,
} from '../python/values';

/** What `flax.linen.Module` and `nnx.Module` have in common: what is followed derives from it. */
export const moduleClass = builtinClass('Module', [objectClass], {});

export function isModule(value: Value | undefined): value is InstanceValue {
  return value?.type === 'instance' && isSubclass(value.cls, moduleClass);
}

const originals = new WeakMap<BuiltinValue, FunctionValue>();

/** The method of the source that one of ours stands around. */
export function originalOf(method: Value | undefined): FunctionValue | undefined {
  if (method?.type === 'function') return method;
  return method?.type === 'builtin' ? originals.get(method) : undefined;
}

/** A method of the source, run by `enter`. */
export function wrapped(method: FunctionValue, enter: (method: FunctionValue, call: Call) => Value): BuiltinValue {
  const outer = builtin(method.name, (call) => enter(method, call), true);
  originals.set(outer, method);
  return outer;
}

/** Put something of ours around the methods that a class of the source defines. */
export function wrapMethods(
  cls: ClassValue,
  call: Call,
  enter: (method: FunctionValue, call: Call) => Value,
  wants: (name: string, method: FunctionValue) => boolean,
): void {
  for (const [name, value] of cls.attributes.entries())
    if (value.type === 'function' && wants(name, value))
      cls.attributes.set(name, wrapped(value, enter), call.interpreter.journal);
}

/** The modules that a value holds, in tuples, lists and dicts too, and where they stand in it. */
export function* modulesIn(
  value: Value,
  path: readonly string[] = [],
  depth = 0,
): Generator<readonly [InstanceValue, readonly string[]]> {
  if (isModule(value)) yield [value, path];
  else if (depth > 8) return;
  else if (value.type === 'tuple' || value.type === 'list')
    for (const [at, item] of value.items.entries()) yield* modulesIn(item, [...path, String(at)], depth + 1);
  else if (value.type === 'dict')
    for (const [key, item] of value.entries.values())
      yield* modulesIn(item, [...path, key.type === 'str' || key.type === 'int' ? String(key.value) : '?'], depth + 1);
}
