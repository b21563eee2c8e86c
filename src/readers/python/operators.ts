import { addSizes, floorDivideSize, isKnown, moduloSize, multiplySizes, type Dim } from '../../network';
import { mappingOf } from './held';
import type { Interpreter } from './interpreter';
import { percentFormatted } from './library/format';
import type { BinaryOperator } from './syntax';
import { symbolOf } from './truth';
import {
  bool,
  DictValue,
  float,
  int,
  ListValue,
  numberOf,
  SetValue,
  text,
  tuple,
  type UnknownValue,
  type Value,
} from './values';

const methodNames: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'lshift',
  '>>': 'rshift',
};

/** `left ∘ right`. Instances are asked first (`__add__`, `__radd__`), so that they may also take what is unknown. */
export function binary(interpreter: Interpreter, operator: BinaryOperator, left: Value, right: Value): Value {
  interpreter.budget.spend();
  const own = left.type === 'instance' && interpreter.findSpecial(left, `__${methodNames[operator]}__`);
  if (own) return interpreter.apply(own, right);
  const reflected = right.type === 'instance' && interpreter.findSpecial(right, `__r${methodNames[operator]}__`);
  if (reflected) return interpreter.apply(reflected, left);
  return (
    knownResult(operator, left, right) ??
    unknownResult(operator, left, right) ??
    numbers(operator, left, right) ??
    sequences(interpreter, operator, left, right) ??
    interpreter.unknown(`${symbolOf(left)}${operator}${symbolOf(right)}`, 'is not understood')
  );
}

/** `target ∘= value`: lists are changed in place, instances are asked for `__iadd__` first. */
export function augmented(interpreter: Interpreter, operator: BinaryOperator, target: Value, value: Value): Value {
  if (operator === '+' && target.type === 'list') {
    extendList(interpreter, target, value);
    return target;
  }
  const own = target.type === 'instance' && interpreter.findSpecial(target, `__i${methodNames[operator]}__`);
  return own ? interpreter.apply(own, value) : binary(interpreter, operator, target, value);
}

export function extendList(interpreter: Interpreter, list: ListValue, value: Value): void {
  const elements = interpreter.iterate(value);
  interpreter.journal.beforeChange(list);
  if (isElements(elements)) list.items.push(...elements);
  else list.taint = elements;
}

export function isElements(elements: readonly Value[] | UnknownValue): elements is readonly Value[] {
  return Array.isArray(elements);
}

/** A difference or a rest of unknown sizes that is known all the same: `T - T`, `(4 * H) % 2`. */
export function knownResult(operator: string, left: Value, right: Value): Value | undefined {
  if (left.type !== 'unknown') return undefined;
  const compute = operator === '-' || operator === '%' ? sizeOperators[operator] : undefined;
  const [a, b] = [asSize(left), asSize(right)];
  const size = compute && a !== undefined && b !== undefined ? compute(a, b) : undefined;
  return size !== undefined && isKnown(size) ? int(size) : undefined;
}

/** What comes of an operation on something that is not known, named by what it is computed from. */
export function unknownResult(operator: string, left: Value, right: Value): UnknownValue | undefined {
  const from = left.type === 'unknown' ? left : right.type === 'unknown' ? right : undefined;
  if (!from) return undefined;
  const symbol = sizeSymbol(operator, left, right);
  return { ...from, symbol: symbol ?? `${operandSymbol(left)}${operator}${operandSymbol(right)}`.slice(0, 80) };
}

const sizeOperators: Readonly<Record<string, (a: Dim, b: Dim) => Dim>> = {
  '+': (a, b) => addSizes([a, b]),
  '-': (a, b) => addSizes([a, multiplySizes([-1, b])]),
  '*': (a, b) => multiplySizes([a, b]),
  '//': floorDivideSize,
  '%': moduloSize,
};

/** Arithmetic of what may be sizes is named by its normal form: `x.shape[0] * x.shape[1]` and `T * B` are the same `B·T`. */
function sizeSymbol(operator: string, left: Value, right: Value): string | undefined {
  const compute = sizeOperators[operator];
  const [a, b] = [asSize(left), asSize(right)];
  const size = compute && a !== undefined && b !== undefined ? compute(a, b) : undefined;
  return size === undefined || isKnown(size) ? undefined : size.symbol;
}

function asSize(value: Value): Dim | undefined {
  if (value.type === 'int') return value.value;
  return value.type === 'unknown' ? { symbol: value.symbol } : undefined;
}

/** The symbol of an operand, in brackets where it is an operation itself. */
function operandSymbol(value: Value): string {
  const symbol = symbolOf(value);
  const open = ['+', '-', '*', '/', '%', ' '].some((sign) => symbol.includes(sign));
  return open && !symbol.startsWith('(') ? `(${symbol})` : symbol;
}

function numbers(operator: BinaryOperator, left: Value, right: Value): Value | undefined {
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === undefined || b === undefined) return undefined;
  const whole = left.type !== 'float' && right.type !== 'float';
  const of = whole ? int : float;
  switch (operator) {
    case '+':
      return of(a + b);
    case '-':
      return of(a - b);
    case '*':
      return of(a * b);
    case '/':
      return b === 0 ? undefined : float(a / b);
    case '//':
      return b === 0 ? undefined : of(Math.floor(a / b));
    case '%':
      return b === 0 ? undefined : of(a - b * Math.floor(a / b));
    case '**':
      return whole && b >= 0 ? int(a ** b) : float(a ** b);
    case '<<':
      return whole && b >= 0 ? int(a * 2 ** b) : undefined;
    case '>>':
      return whole && b >= 0 ? int(Math.floor(a / 2 ** b)) : undefined;
    case '&':
      return whole ? bits(left, right, a & b) : undefined;
    case '|':
      return whole ? bits(left, right, a | b) : undefined;
    case '^':
      return whole ? bits(left, right, a ^ b) : undefined;
    case '@':
      return undefined;
  }
}

function bits(left: Value, right: Value, result: number): Value {
  return left.type === 'bool' && right.type === 'bool' ? bool(result !== 0) : int(result);
}

function sequences(interpreter: Interpreter, operator: BinaryOperator, left: Value, right: Value): Value | undefined {
  if (operator === '+') {
    if (left.type === 'str' && right.type === 'str') {
      interpreter.budget.spend(Math.ceil((left.value.length + right.value.length) / 64));
      return text(left.value + right.value);
    }
    if (left.type === 'tuple' && right.type === 'tuple') return tuple([...left.items, ...right.items]);
    if (left.type === 'list' && right.type === 'list') {
      const joined = new ListValue([...left.items, ...right.items]);
      joined.taint = left.taint ?? right.taint;
      interpreter.budget.spend(joined.items.length);
      return joined;
    }
  }
  if (operator === '*') return repeated(interpreter, left, right) ?? repeated(interpreter, right, left);
  const [mapping, other] = [mappingOf(left), mappingOf(right)];
  if (operator === '|' && mapping && other) {
    const joined = new DictValue(new Map([...mapping.entries, ...other.entries]));
    joined.taint = mapping.taint ?? other.taint;
    return joined;
  }
  if (left.type === 'set' && right.type === 'set') return sets(operator, left, right);
  // `int | None`: types joined for a hint are no more than a hint.
  if (operator === '|' && (left.type === 'class' || right.type === 'class'))
    return left.type === 'class' ? left : right;
  if (operator === '%' && left.type === 'str') {
    const shown = percentFormatted(left.value, right, (value) => interpreter.textOf(value));
    return shown === undefined
      ? interpreter.unknown(`'${left.value}' % …`, 'is text that is put together')
      : text(shown);
  }
  return undefined;
}

function sets(operator: BinaryOperator, left: SetValue, right: SetValue): Value | undefined {
  const both = new Map([...left.items, ...right.items]);
  const keep = (wanted: (hash: string) => boolean): SetValue => {
    const result = new SetValue(new Map([...both].filter(([hash]) => wanted(hash))));
    result.taint = left.taint ?? right.taint;
    return result;
  };
  switch (operator) {
    case '|':
      return keep(() => true);
    case '&':
      return keep((hash) => left.items.has(hash) && right.items.has(hash));
    case '-':
      return keep((hash) => left.items.has(hash) && !right.items.has(hash));
    case '^':
      return keep((hash) => left.items.has(hash) !== right.items.has(hash));
    default:
      return undefined;
  }
}

function repeated(interpreter: Interpreter, sequence: Value, times: Value): Value | undefined {
  if (times.type !== 'int' && times.type !== 'bool') return undefined;
  const count = Math.max(0, Number(times.value));
  const tooLong = (length: number): boolean => length * count > interpreter.budget.limits.elements;
  const result = (): Value => interpreter.unknown(`${symbolOf(sequence)}*${count}`, 'is too long to be followed');
  switch (sequence.type) {
    case 'str':
      return tooLong(sequence.value.length) ? result() : text(sequence.value.repeat(count));
    case 'tuple':
      return tooLong(sequence.items.length) ? result() : tuple(repeat(interpreter, sequence.items, count));
    case 'list': {
      if (sequence.taint) return sequence.taint;
      return tooLong(sequence.items.length) ? result() : new ListValue(repeat(interpreter, sequence.items, count));
    }
    default:
      return undefined;
  }
}

function repeat(interpreter: Interpreter, items: readonly Value[], count: number): Value[] {
  interpreter.budget.spend(items.length * count);
  return Array.from({ length: count }, () => items).flat();
}

export function negate(interpreter: Interpreter, value: Value): Value {
  const number = numberOf(value);
  if (number !== undefined) return value.type === 'float' ? float(-number) : int(-number);
  if (value.type === 'unknown') return { ...value, symbol: sizeSymbol('*', int(-1), value) ?? `-${value.symbol}` };
  const own = value.type === 'instance' && interpreter.findSpecial(value, '__neg__');
  return own ? interpreter.apply(own) : interpreter.unknown(`-${symbolOf(value)}`, 'is not understood');
}

/** `~value`. */
export function invert(interpreter: Interpreter, value: Value): Value {
  const number = numberOf(value);
  if (number !== undefined) return int(~number);
  const own = value.type === 'instance' && interpreter.findSpecial(value, '__invert__');
  return own ? interpreter.apply(own) : interpreter.unknown(`~${symbolOf(value)}`, 'is not understood');
}
