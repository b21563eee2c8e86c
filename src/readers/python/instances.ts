import type { Interpreter } from './interpreter';
import { objectClass, typeClasses } from './library/types';
import { typeName } from './truth';
import { isSubclass, type UnknownValue, type Value } from './values';

/** `isinstance(value, cls)`, or why it is not known. */
export function isInstance(interpreter: Interpreter, value: Value, cls: Value): boolean | UnknownValue {
  if (cls.type === 'tuple') {
    const answers = cls.items.map((one) => isInstance(interpreter, value, one));
    return answers.includes(true) || (answers.find((answer) => answer !== false) ?? false);
  }
  if (value.type === 'unknown') return value;
  if (cls.type === 'unknown') {
    // A class from elsewhere is not the class of anything that is a number, a text or None.
    return value.type === 'instance' && value.cls.unknownBase ? cls : false;
  }
  if (cls.type === 'builtin') return isOfKind(value, cls.name);
  if (cls.type !== 'class') return interpreter.unknown('isinstance(…)', 'asks for a type that is not known');
  if (cls === objectClass) return true;
  if (value.type === 'instance') return isSubclass(value.cls, cls) || (value.cls.unknownBase ?? false);
  if ((value.type === 'tuple' || value.type === 'dict') && value.cls && isSubclass(value.cls, cls)) return true;
  if (value.type === 'class' && value.metaclass?.type === 'class' && isSubclass(value.metaclass, cls)) return true;
  const own = value.type === 'bool' && cls === typeClasses.get('int') ? cls : typeClasses.get(typeName(value));
  return own === cls || isOfKind(value, cls.name, cls.site === undefined);
}

/** The abstract types of `collections.abc`, `numbers` and `typing` by what belongs to them. */
const kinds: Readonly<Record<string, readonly Value['type'][]>> = {
  Iterable: ['list', 'tuple', 'set', 'dict', 'str', 'range', 'iterator'],
  Iterator: ['iterator'],
  Sequence: ['list', 'tuple', 'str', 'range'],
  MutableSequence: ['list'],
  Collection: ['list', 'tuple', 'set', 'dict', 'str', 'range'],
  Sized: ['list', 'tuple', 'set', 'dict', 'str', 'range'],
  Container: ['list', 'tuple', 'set', 'dict', 'str', 'range'],
  Mapping: ['dict'],
  MutableMapping: ['dict'],
  Set: ['set'],
  MutableSet: ['set'],
  Callable: ['function', 'builtin', 'method', 'class'],
  Hashable: ['int', 'float', 'bool', 'str', 'tuple', 'none', 'function', 'class'],
  Number: ['int', 'float', 'bool'],
  Real: ['int', 'float', 'bool'],
  Integral: ['int', 'bool'],
  FunctionType: ['function'],
  MethodType: ['method'],
  ModuleType: ['module'],
  type: ['class'],
  GeneratorType: ['iterator'],
};

function isOfKind(value: Value, kind: string, ours = true): boolean {
  return ours && Object.hasOwn(kinds, kind) && (kinds[kind]?.includes(value.type) ?? false);
}
