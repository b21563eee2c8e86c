import { unknown } from '../evaluation/unknown';
import { arrayMember } from './library/arrays';
import { callableMember } from './library/globals';
import { stringMember } from './library/strings';
import type { Interpreter } from './interpreter';
import { symbolOf } from './operators';
import { Thrown } from './thrown';
import { builtin, isNothing, number, undefinedValue, type ClassValue, type Value } from './values';

/** `object.name`. What is not there is `undefined`, as in JavaScript; what may be there is unknown. */
export function getMember(interpreter: Interpreter, object: Value, name: string): Value {
  switch (object.type) {
    case 'unknown':
      return { ...object, symbol: `${object.symbol}.${name}`, subject: object.subject ?? object.symbol };
    case 'undefined':
    case 'null':
      throw new Thrown(`Cannot read \`${name}\` of ${object.type}.`, undefinedValue, interpreter.site);
    case 'array':
      return arrayMember(interpreter, object, name) ?? settled(interpreter, object, name) ?? undefinedValue;
    case 'string':
      return stringMember(object.value, name) ?? settled(interpreter, object, name) ?? undefinedValue;
    case 'object': {
      const own = object.properties.get(name);
      if (own) return own.type === 'getter' ? interpreter.call(own.getter, object, []) : own;
      const inherited = findMember(object.cls, name) ?? interpreter.host.objectMember?.(object, name);
      if (inherited) return inherited.type === 'getter' ? interpreter.call(inherited.getter, object, []) : inherited;
      const doubt = object.properties.taint ?? unknownBase(object.cls);
      if (doubt) return { ...doubt, symbol: `${symbolOf(object)}.${name}` };
      return settled(interpreter, object, name) ?? undefinedValue;
    }
    case 'class': {
      for (let cls: ClassValue | undefined = object; cls; cls = cls.base) {
        const member = cls.statics.get(name);
        if (member) return member.type === 'getter' ? interpreter.call(member.getter, object, []) : member;
      }
      if (name === 'name') return { type: 'string', value: object.name };
      return object.unknownBase ? { ...object.unknownBase, symbol: `${object.name}.${name}` } : undefinedValue;
    }
    case 'namespace':
      return object.get(name) ?? unknown(`${object.name}.${name}`, 'is not known', interpreter.site);
    case 'function':
    case 'builtin':
      return (
        (object.type === 'builtin' ? callableMember(object, name) : undefined) ??
        functionMember(object, name) ??
        settled(interpreter, object, name) ??
        undefinedValue
      );
    case 'number':
      if (name === 'toFixed' || name === 'toString')
        return builtin(name, ({ arguments: [digits] }) =>
          digits?.type === 'number' && name === 'toFixed' && digits.value >= 0 && digits.value <= 100
            ? { type: 'string', value: object.value.toFixed(digits.value) }
            : { type: 'string', value: String(object.value) },
        );
      return settled(interpreter, object, name) ?? undefinedValue;
    default:
      return settled(interpreter, object, name) ?? undefinedValue;
  }
}

/** A promise is what it gives: `then` calls at once, `catch` never. */
function settled(interpreter: Interpreter, value: Value, name: string): Value | undefined {
  if (name === 'then')
    return builtin(name, ({ arguments: [callback] }) =>
      callback ? interpreter.call(callback, undefinedValue, [value]) : value,
    );
  return name === 'catch' || name === 'finally' ? builtin(name, () => value) : undefined;
}

function functionMember(callee: Value, name: string): Value | undefined {
  switch (name) {
    case 'call':
      return builtin(name, ({ interpreter, arguments: [receiver = undefinedValue, ...given] }) =>
        interpreter.call(callee, receiver, given),
      );
    case 'apply':
      return builtin(name, ({ interpreter, arguments: [receiver = undefinedValue, given] }) =>
        interpreter.call(callee, receiver, given?.type === 'array' ? given.items : []),
      );
    case 'bind':
      return builtin(name, ({ arguments: [receiver = undefinedValue, ...bound] }) =>
        builtin(name, ({ interpreter, arguments: given }) => interpreter.call(callee, receiver, [...bound, ...given])),
      );
    case 'length':
      return callee.type === 'function' ? number(callee.syntax.parameters.length) : undefined;
    default:
      return undefined;
  }
}

/** A method or getter of a class or of those that it derives from. */
export function findMember(cls: ClassValue | undefined, name: string): Value | undefined {
  for (let one = cls; one; one = one.base) {
    const member = one.members.get(name);
    if (member) return member;
  }
  return undefined;
}

export function unknownBase(cls: ClassValue | undefined): ClassValue['unknownBase'] {
  for (let one = cls; one; one = one.base) if (one.unknownBase) return one.unknownBase;
  return undefined;
}

/** `object[index]`. */
export function getElement(interpreter: Interpreter, object: Value, index: Value): Value {
  if (object.type === 'array' && index.type === 'number')
    return object.taint ?? object.items[index.value] ?? undefinedValue;
  if (object.type === 'string' && index.type === 'number') {
    const character = object.value[index.value];
    return character === undefined ? undefinedValue : { type: 'string', value: character };
  }
  const name = index.type === 'number' || index.type === 'string' ? String(index.value) : undefined;
  if (name !== undefined) return getMember(interpreter, object, name);
  if (isNothing(object))
    throw new Thrown(`An element of ${object.type} is asked for.`, undefinedValue, interpreter.site);
  const symbol = `${symbolOf(object)}[${symbolOf(index)}]`;
  const from = index.type === 'unknown' ? index : object.type === 'unknown' ? object : undefined;
  return from ? { ...from, symbol, subject: from.subject ?? from.symbol } : interpreter.unknown(symbol, 'is not known');
}

/** `object.name = value`. */
export function setMember(interpreter: Interpreter, object: Value, name: string, value: Value): void {
  const { journal } = interpreter;
  if (object.type === 'class') object.statics.set(name, value, journal);
  if (object.type === 'array' && name === 'length' && value.type === 'number') {
    journal.beforeChange(object);
    object.items.length = Math.min(object.items.length, Math.max(0, Math.trunc(value.value)));
  }
  if (object.type !== 'object') return;
  const setter = findMember(object.cls, `set ${name}`);
  if (setter) interpreter.call(setter, object, [value]);
  else object.properties.set(name, value, journal);
}

/** `object[index] = value`. */
export function setElement(interpreter: Interpreter, object: Value, index: Value, value: Value): void {
  const { journal } = interpreter;
  if (object.type === 'array') {
    journal.beforeChange(object);
    const place = index.type === 'number' ? index.value : Number.NaN;
    if (Number.isInteger(place) && place >= 0 && place <= object.items.length) object.items[place] = value;
    else object.taint ??= interpreter.unknown('the array', 'is written at a place that is not known');
    return;
  }
  if (index.type === 'string' || index.type === 'number') setMember(interpreter, object, String(index.value), value);
  else if (object.type === 'object')
    object.properties.spoil(interpreter.unknown('the object', 'is written under a name that is not known'), journal);
}
