import { unknown, type UnknownValue } from '../evaluation/unknown';
import type { Site } from '../text/source';
import type { BinaryOperator, ComparisonOperator } from './syntax';
import { boolean, derivesFrom, isNothing, number, string, type Value } from './values';

/** `Boolean(value)`, or why it is not known. */
export function truth(value: Value): boolean | UnknownValue {
  switch (value.type) {
    case 'undefined':
    case 'null':
      return false;
    case 'boolean':
      return value.value;
    case 'number':
      return value.value !== 0 && !Number.isNaN(value.value);
    case 'string':
      return value.value !== '';
    case 'unknown':
      return value;
    default:
      return true;
  }
}

/** `String(value)`; undefined where it is not known or not a matter of a few characters. */
export function textOf(value: Value): string | undefined {
  switch (value.type) {
    case 'undefined':
    case 'null':
      return value.type;
    case 'boolean':
    case 'number':
    case 'string':
      return String(value.value);
    case 'array': {
      if (value.taint || value.items.length > 64) return undefined;
      const parts = value.items.map((item) =>
        item.type === 'array' ? undefined : isNothing(item) ? '' : textOf(item),
      );
      return parts.includes(undefined) ? undefined : parts.join(',');
    }
    default:
      return undefined;
  }
}

/** `Number(value)`; undefined where it is not known. */
export function toNumber(value: Value): number | undefined {
  switch (value.type) {
    case 'undefined':
      return Number.NaN;
    case 'null':
      return 0;
    case 'boolean':
    case 'number':
    case 'string':
      return Number(value.value);
    default:
      return undefined;
  }
}

/** `typeof value`; undefined where it is not known. */
export function typeOf(value: Value): string | undefined {
  switch (value.type) {
    case 'unknown':
    case 'getter':
      return undefined;
    case 'null':
    case 'array':
    case 'namespace':
      return 'object';
    case 'builtin':
    case 'class':
      return 'function';
    default:
      return value.type;
  }
}

/** A short name for a value in the symbol of an unknown result. */
export function symbolOf(value: Value): string {
  if (value.type === 'unknown') return value.symbol;
  if (value.type === 'string') return `'${value.value.slice(0, 20)}'`;
  return textOf(value)?.slice(0, 40) ?? '…';
}

const longestSymbol = 80;
/** Characters of a string. */
const longestString = 100_000;

export function binary(operator: BinaryOperator, left: Value, right: Value, site: Site): Value {
  if (operator === '+' && (isTextual(left) || isTextual(right))) {
    const [a, b] = [textOf(left), textOf(right)];
    if (a !== undefined && b !== undefined && a.length + b.length <= longestString) return string(a + b);
    return combined(operator, left, right, site);
  }
  const [a, b] = [toNumber(left), toNumber(right)];
  return a === undefined || b === undefined
    ? combined(operator, left, right, site)
    : number(arithmetic[operator](a, b));
}

const isTextual = ({ type }: Value): boolean => type === 'string' || type === 'array' || type === 'object';

const arithmetic: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '>>>': (a, b) => a >>> b,
};

export function compare(operator: ComparisonOperator, left: Value, right: Value, site: Site): Value {
  switch (operator) {
    case '===':
    case '!==':
    case '==':
    case '!=': {
      const same = equals(left, right, operator.length === 2);
      return same === undefined ? combined(operator, left, right, site) : boolean(same === operator.startsWith('='));
    }
    case 'in': {
      if (left.type !== 'string' || right.type !== 'object' || right.properties.taint)
        return combined(operator, left, right, site);
      return boolean(right.properties.get(left.value) !== undefined);
    }
    case 'instanceof':
      if (right.type !== 'class' || left.type === 'unknown') return combined(operator, left, right, site);
      return boolean(left.type === 'object' && derivesFrom(left.cls, right));
    default: {
      if (left.type === 'string' && right.type === 'string') return boolean(ordered[operator](left.value, right.value));
      const [a, b] = [toNumber(left), toNumber(right)];
      return a === undefined || b === undefined
        ? combined(operator, left, right, site)
        : boolean(ordered[operator](a, b));
    }
  }
}

type Ordering = '<' | '<=' | '>' | '>=';
const ordered: Readonly<Record<Ordering, <T extends number | string>(a: T, b: T) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Undefined where it is not known. */
function equals(a: Value, b: Value, loose: boolean): boolean | undefined {
  if (a.type === 'unknown' || b.type === 'unknown')
    return a.type === 'unknown' && b.type === 'unknown' && a.symbol === b.symbol ? true : undefined;
  if (loose && (isNothing(a) || isNothing(b))) return isNothing(a) && isNothing(b);
  if ('value' in a && 'value' in b) {
    if (a.type === b.type) return a.value === b.value;
    return loose ? toNumber(a) === toNumber(b) : false;
  }
  return a === b || (isNothing(a) && a.type === b.type);
}

/** What is computed from something that is not known. */
function combined(operator: string, left: Value, right: Value, site: Site): UnknownValue {
  const [a, b] = [symbolOf(left), symbolOf(right)];
  const spaced = operator.length > 1 ? ` ${operator} ` : operator;
  const symbol = `${a}${spaced}${b}`.slice(0, longestSymbol);
  const from = left.type === 'unknown' ? left : right.type === 'unknown' ? right : undefined;
  if (!from) return unknown(symbol, 'is not a computation that is understood', site);
  return { ...from, symbol, subject: from.subject ?? from.symbol };
}
