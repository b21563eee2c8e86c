import { heldBy } from './held';
import type { Interpreter } from './interpreter';
import { shownSymbol, text, type UnknownValue, type Value } from './values';
import { isTooHeavy } from './sameness';

/** `bool(value)` in Python's sense, or the reason why it is not known. */
export function truth(interpreter: Interpreter, value: Value): boolean | UnknownValue {
  switch (value.type) {
    case 'none':
      return false;
    case 'bool':
      return value.value;
    case 'int':
    case 'float':
      return value.value !== 0;
    case 'str':
      return value.value !== '';
    case 'tuple':
      return value.items.length > 0;
    case 'list':
      return value.taint ?? value.items.length > 0;
    case 'dict':
      return value.taint ?? value.entries.size > 0;
    case 'set':
      return value.taint ?? value.items.size > 0;
    case 'range':
      return value.step > 0 ? value.start < value.stop : value.start > value.stop;
    case 'instance': {
      const asks = interpreter.findSpecial(value, '__bool__') ?? interpreter.findSpecial(value, '__len__');
      const held = heldBy(value);
      if (!asks) return held ? truth(interpreter, held) : true;
      const answer = interpreter.apply(asks);
      return answer.type === 'unknown' ? answer : answer.type === 'instance' || truth(interpreter, answer);
    }
    case 'unknown':
      return value;
    default:
      return true;
  }
}

/** The names of types as Python's `type(x).__name__` tells them. */
export function typeName(value: Value): string {
  switch (value.type) {
    case 'none':
      return 'NoneType';
    case 'instance':
      return value.cls.name;
    case 'class':
      return 'type';
    case 'builtin':
      return 'builtin_function_or_method';
    default:
      return value.type;
  }
}

/** `str(value)`; undefined where it is not known or not a matter of a few characters. */
export function textOf(value: Value): string | undefined {
  return value.type === 'str' ? value.value : representationOf(value);
}

/** `repr(value)`; undefined where it is not known. */
export function representationOf(value: Value): string | undefined {
  switch (value.type) {
    case 'none':
      return 'None';
    case 'ellipsis':
      return 'Ellipsis';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return String(value.value);
    case 'float':
      return floatText(value.value);
    case 'str':
      return value.value.includes("'") && !value.value.includes('"') ? `"${value.value}"` : `'${value.value}'`;
    case 'class':
    case 'function':
      return value.name;
    case 'tuple':
      return isTooHeavy(value) || value.fields
        ? undefined
        : joined(value.items, '(', value.items.length === 1 ? ',)' : ')');
    case 'list':
      return value.taint || value.items.length > mostShown ? undefined : joined(value.items, '[', ']');
    default:
      return undefined;
  }
}

/** Elements of a list that is shown as text. */
const mostShown = 100;

function joined(items: readonly Value[], open: string, close: string): string | undefined {
  // A list may hold itself: inside of another one only what is plain is shown.
  const parts = items.map((item) => (item.type === 'list' ? undefined : representationOf(item)));
  return parts.includes(undefined) ? undefined : `${open}${parts.join(', ')}${close}`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}

/** As {@link symbolOf}, without the lines that tell equal names apart. */
export const shownSymbolOf = (value: Value): string => shownSymbol(symbolOf(value));

/** A short name for a value in the symbol of an unknown result: `args.width`, `4`, `…`. */
export function symbolOf(value: Value): string {
  if (value.type === 'unknown') return value.symbol;
  if (value.type === 'str') return `'${value.value.slice(0, 20)}'`;
  return textOf(value)?.slice(0, 40) ?? '…';
}

/** `'…'` as a value, for messages of exceptions and the like. */
export const describe = (value: Value): Value => text(textOf(value) ?? symbolOf(value));
