import { builtin } from '../classes';
import { compare } from '../comparison';
import { deleteItem, getItem, setItem } from '../subscripts';
import { bool, int, none, type Value } from '../values';
import { listMethods, tupleMethods } from './listMethods';
import { dictMethods, setMethods } from './mappingMethods';
import type { MethodTable } from './method';
import { textMethods } from './textMethods';

const wholeMethods: MethodTable<Extract<Value, { type: 'int' | 'bool' }>> = {
  bit_length: (self) => int(Math.floor(Math.log2(Math.abs(Number(self.value)) || 0.5)) + 1),
  item: (self) => self,
};

const realMethods: MethodTable<Extract<Value, { type: 'float' }>> = {
  is_integer: (self) => bool(Number.isInteger(self.value)),
  item: (self) => self,
};

/** What `[…]` and `in` do with a container, by name: `super().__getitem__(key)` of a class that derives from `dict`. */
const itemMethods: MethodTable<Value> = {
  __getitem__: (self, { positional: [index = none], interpreter }) => getItem(interpreter, self, index),
  __setitem__: (self, { positional: [index = none, value = none], interpreter }) => {
    setItem(interpreter, self, index, value);
    return none;
  },
  __delitem__: (self, { positional: [index = none], interpreter }) => {
    deleteItem(interpreter, self, index);
    return none;
  },
  __contains__: (self, { positional: [item = none], interpreter }) => compare(interpreter, 'in', item, self),
};

/** A method of a built-in value, bound to it. Undefined where there is none that we know. */
export function methodOf(object: Value, name: string): Value | undefined {
  switch (object.type) {
    case 'str':
      return bound(textMethods, object, name);
    case 'list':
      return bound(listMethods, object, name) ?? bound(itemMethods, object, name);
    case 'dict':
      return bound(dictMethods, object, name) ?? bound(itemMethods, object, name);
    case 'set':
      return bound(setMethods, object, name) ?? bound(itemMethods, object, name);
    case 'tuple':
      return bound(tupleMethods, object, name) ?? bound(itemMethods, object, name);
    case 'int':
    case 'bool':
      return bound(wholeMethods, object, name);
    case 'float':
      return bound(realMethods, object, name);
    case 'slice':
    case 'range':
      return name === 'start' || name === 'stop' || name === 'step' ? part(object, name) : undefined;
    default:
      return undefined;
  }
}

function part(object: Extract<Value, { type: 'slice' | 'range' }>, name: 'start' | 'stop' | 'step'): Value {
  if (object.type === 'range') return int(object[name]);
  return { start: object.lower, stop: object.upper, step: object.step }[name];
}

function bound<T extends Value>(table: MethodTable<T>, object: T, name: string): Value | undefined {
  const method = Object.hasOwn(table, name) ? table[name] : undefined;
  return method && builtin(name, (call) => method(object, call));
}

const tables: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  str: textMethods,
  list: listMethods,
  dict: dictMethods,
  set: setMethods,
  tuple: tupleMethods,
};

/** `str.lower`: a method of a built-in type that takes its object as its first argument. */
export function unboundMethod(type: string, name: string): Value | undefined {
  const table = Object.hasOwn(tables, type) ? tables[type] : undefined;
  if (!table || !Object.hasOwn(table, name)) return undefined;
  return builtin(name, (call) => {
    const [object = none, ...positional] = call.positional;
    const method = call.interpreter.getAttribute(object, name);
    return call.interpreter.call(method, { ...call, positional });
  });
}
