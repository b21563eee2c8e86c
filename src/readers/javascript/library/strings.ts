import { boolean, builtin, number, string, type Value } from '../values';
import { newArray } from './arrays';

/** Characters of a string. */
const longest = 100_000;

/** `text.name`: its length, or a method that is bound to it. */
export function stringMember(text: string, name: string): Value | undefined {
  if (name === 'length') return number(text.length);
  const method = methods.get(name);
  return (
    method &&
    builtin(name, ({ arguments: given, interpreter }) => {
      const doubt = given.find(({ type }) => type === 'unknown');
      if (doubt) return doubt;
      const result = method(text, given.map(argument));
      if (typeof result === 'string') return string(result.slice(0, longest));
      if (typeof result === 'boolean') return boolean(result);
      if (typeof result === 'number') return number(result);
      return result
        ? newArray(interpreter, result.map(string))
        : interpreter.unknown(`.${name}()`, 'is not understood');
    })
  );
}

type Argument = string | number | undefined;
const argument = (value: Value): Argument =>
  value.type === 'string' || value.type === 'number' ? value.value : undefined;
const words = (value: Argument): string => String(value ?? '');
const count = (value: Argument): number => Number(value ?? 0);
const end = (value: Argument): number | undefined => (value === undefined ? undefined : Number(value));

type Method = (text: string, given: readonly Argument[]) => string | boolean | number | readonly string[] | undefined;

const methods = new Map<string, Method>(
  Object.entries<Method>({
    toUpperCase: (text) => text.toUpperCase(),
    toLowerCase: (text) => text.toLowerCase(),
    trim: (text) => text.trim(),
    toString: (text: string) => text,
    startsWith: (text, [part]) => text.startsWith(words(part)),
    endsWith: (text, [part]) => text.endsWith(words(part)),
    includes: (text, [part]) => text.includes(words(part)),
    indexOf: (text, [part]) => text.indexOf(words(part)),
    slice: (text, [from, to]) => text.slice(count(from), end(to)),
    substring: (text, [from, to]) => text.substring(count(from), end(to)),
    charAt: (text, [at]) => text.charAt(count(at)),
    split: (text, [by]) => (typeof by === 'string' ? text.split(by) : undefined),
    concat: (text, parts) => text + parts.map(words).join(''),
    repeat: (text, [times]) =>
      count(times) >= 0 && text.length * count(times) <= longest ? text.repeat(count(times)) : undefined,
    padStart: (text, [length, fill]) =>
      count(length) <= longest ? text.padStart(count(length), words(fill ?? ' ')) : undefined,
  }),
);
