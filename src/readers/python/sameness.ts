import type { TupleValue, UnknownValue, Value } from './values';

/** When values are the same: as far as code can tell, after either of two branches, and as keys of a dict. */

/** The value after either of two branches: theirs where they agree, else unknown. */
export function joinValues(a: Value | undefined, b: Value | undefined, unknown: UnknownValue): Value {
  if (!a || !b) return unknown;
  if (sameValue(a, b) || tellsLess(a, b)) return a;
  return tellsLess(b, a) ? b : unknown;
}

/** Hidden state of which two instances may show the same thing, one knowing less of it. */
export interface Comparable {
  tellsLessThan(other: object): boolean;
}

const isComparable = (state: object | undefined): state is Comparable =>
  state !== undefined && 'tellsLessThan' in state;

/** Whether one of two instances is the other, of which it only knows less. */
function tellsLess(a: Value, b: Value): boolean {
  if (a.type !== 'instance' || b.type !== 'instance' || a.cls !== b.cls || !b.native) return false;
  return isComparable(a.native) && a.native.tellsLessThan(b.native);
}

/** Whether two values cannot be told apart. Mutable ones are only the same as themselves. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  switch (a.type) {
    case 'none':
    case 'ellipsis':
      return a.type === b.type;
    case 'bool':
    case 'int':
    case 'float':
    case 'str':
      return a.type === b.type && 'value' in b && Object.is(a.value, b.value);
    case 'tuple':
      return (
        b.type === 'tuple' &&
        !isTooHeavy(a) &&
        a.items.length === b.items.length &&
        a.items.every((item, index) => sameItem(item, b.items[index]))
      );
    case 'range':
      return b.type === 'range' && a.start === b.start && a.stop === b.stop && a.step === b.step;
    case 'method':
      return b.type === 'method' && a.callee === b.callee && sameValue(a.receiver, b.receiver);
    case 'unknown':
      return b.type === 'unknown' && a.symbol === b.symbol;
    default:
      return false;
  }
}

function sameItem(a: Value, b: Value | undefined): boolean {
  return b !== undefined && sameValue(a, b);
}

/** A tuple that is built from itself doubles with every line: heavier ones are not walked through. */
const heaviest = 20_000;

export function isTooHeavy(value: TupleValue): boolean {
  return value.weight > heaviest;
}

/** A name under which equal keys are found again; undefined for a key that is not known or cannot be one. */
export function hashKey(value: Value): string | undefined {
  switch (value.type) {
    case 'none':
    case 'ellipsis':
      return value.type;
    case 'bool':
    case 'int':
    case 'float':
      return `n${Number(value.value)}`;
    case 'str':
      return `s${value.value}`;
    case 'tuple': {
      if (isTooHeavy(value)) return undefined;
      const parts = value.items.map(hashKey);
      return parts.includes(undefined)
        ? undefined
        : `t(${parts.map((part) => `${part?.length ?? 0}:${part ?? ''}`).join()})`;
    }
    case 'class':
    case 'function':
    case 'builtin':
    case 'instance':
    case 'module':
      return `o${identityOf(value)}`;
    default:
      return undefined;
  }
}

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) identities.set(value, (identity = nextIdentity++));
  return identity;
}
