import { addSizes, floorDivideSize, isKnown, moduloSize, multiplySizes, type Dim } from '../../network';
import { mappingOf } from './held';
import type { Interpreter } from './interpreter';
import { percentFormatted } from './library/format';
import type { BinaryOperator, ComparisonOperator } from './syntax';
import { symbolOf, textOf } from './truth';
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
import { hashKey, sameValue } from './sameness';

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
function knownResult(operator: string, left: Value, right: Value): Value | undefined {
  if (left.type !== 'unknown') return undefined;
  const compute = operator === '-' || operator === '%' ? sizeOperators[operator] : undefined;
  const [a, b] = [asSize(left), asSize(right)];
  const size = compute && a !== undefined && b !== undefined ? compute(a, b) : undefined;
  return size !== undefined && isKnown(size) ? int(size) : undefined;
}

function unknownResult(operator: string, left: Value, right: Value): UnknownValue | undefined {
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

/** One comparison. Gives a truth value, what an instance answers, or why it is not known. */
export function compare(interpreter: Interpreter, operator: ComparisonOperator, left: Value, right: Value): Value {
  interpreter.budget.spend();
  switch (operator) {
    case 'is':
    case 'is not': {
      const same = identical(left, right);
      return typeof same === 'boolean' ? bool(same === (operator === 'is')) : same;
    }
    case 'in':
    case 'not in': {
      const inside = contains(interpreter, right, left);
      return typeof inside === 'boolean' ? bool(inside === (operator === 'in')) : inside;
    }
    case '==':
    case '!=': {
      const answer = richComparison(interpreter, operator, left, right);
      if (answer) return answer;
      const same = equal(interpreter, left, right);
      return typeof same === 'boolean' ? bool(same === (operator === '==')) : same;
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (left.type === 'set' && right.type === 'set' && !left.taint && !right.taint)
        return bool(subset(operator, left, right));
      const answer = richComparison(interpreter, operator, left, right);
      if (answer) return answer;
      const order = ordering(interpreter, left, right);
      if (typeof order !== 'number') return order;
      return bool(
        operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0,
      );
    }
  }
}

const comparisonMethods = {
  '==': ['__eq__', '__eq__'],
  '!=': ['__ne__', '__ne__'],
  '<': ['__lt__', '__gt__'],
  '<=': ['__le__', '__ge__'],
  '>': ['__gt__', '__lt__'],
  '>=': ['__ge__', '__le__'],
} as const;

/** What an instance answers that compares in its own way, and may answer with more than a truth value. */
function richComparison(
  interpreter: Interpreter,
  operator: keyof typeof comparisonMethods,
  left: Value,
  right: Value,
): Value | undefined {
  const [name, reflected] = comparisonMethods[operator];
  const own = left.type === 'instance' && interpreter.findSpecial(left, name);
  if (own) return interpreter.apply(own, right);
  const other = right.type === 'instance' && interpreter.findSpecial(right, reflected);
  return other ? interpreter.apply(other, left) : undefined;
}

function subset(operator: '<' | '<=' | '>' | '>=', left: SetValue, right: SetValue): boolean {
  const [small, big] = operator.startsWith('<') ? [left, right] : [right, left];
  const inside = [...small.items.keys()].every((hash) => big.items.has(hash));
  return inside && (operator.endsWith('=') || small.items.size < big.items.size);
}

function identical(left: Value, right: Value): boolean | UnknownValue {
  if (left.type === 'unknown' || right.type === 'unknown') {
    if (sameValue(left, right)) return true;
    return unknownResult(' is ', left, right) ?? false;
  }
  return sameValue(left, right);
}

/** `left == right`, or why it is not known. */
export function equal(interpreter: Interpreter, left: Value, right: Value): boolean | UnknownValue {
  interpreter.budget.spend();
  if (left === right && left.type === 'tuple') return true;
  if (left.type === 'unknown' || right.type === 'unknown') {
    const difference = knownResult('-', left, right);
    if (difference) return numberOf(difference) === 0;
    if (orderOfSize(interpreter, left, right) !== undefined) return false;
    return unknownResult('==', left, right) ?? false;
  }
  const a = numberOf(left);
  const b = numberOf(right);
  if (a !== undefined && b !== undefined) return a === b;
  if ((left.type === 'tuple' && right.type === 'tuple') || (left.type === 'list' && right.type === 'list')) {
    if (left.type === 'list' && left.taint) return left.taint;
    if (right.type === 'list' && right.taint) return right.taint;
    if (left.items.length !== right.items.length) return false;
    for (const [index, item] of left.items.entries()) {
      const other = right.items[index];
      const same = other !== undefined && equal(interpreter, item, other);
      if (same !== true) return same;
    }
    return true;
  }
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const own = one.type === 'instance' && interpreter.findSpecial(one, '__eq__');
    if (own) {
      const answer = interpreter.apply(own, other);
      return answer.type === 'bool'
        ? answer.value
        : interpreter.unknown(`${symbolOf(left)} == ${symbolOf(right)}`, 'is not known');
    }
  }
  if (left.type === 'dict' && right.type === 'dict' && left !== right) return equalDicts(interpreter, left, right);
  if (left.type === 'set' && right.type === 'set')
    return (
      left.taint ??
      right.taint ??
      (left.items.size === right.items.size && [...left.items.keys()].every((hash) => right.items.has(hash)))
    );
  return sameValue(left, right);
}

function equalDicts(interpreter: Interpreter, left: DictValue, right: DictValue): boolean | UnknownValue {
  if (left.taint ?? right.taint) return left.taint ?? right.taint ?? false;
  if (left.entries.size !== right.entries.size) return false;
  for (const [hash, [, value]] of left.entries) {
    const other = right.entries.get(hash)?.[1];
    const same = other !== undefined && equal(interpreter, value, other);
    if (same !== true) return same;
  }
  return true;
}

/** The order of a number and a size of which it is known only that it is larger; undefined for all others. */
function orderOfSize({ host }: Interpreter, left: Value, right: Value): number | undefined {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (left.type === 'unknown' && b !== undefined) return host.exceeds?.(left, b) ? 1 : undefined;
  if (right.type === 'unknown' && a !== undefined) return host.exceeds?.(right, a) ? -1 : undefined;
  return undefined;
}

function ordering(interpreter: Interpreter, left: Value, right: Value): number | UnknownValue {
  interpreter.budget.spend();
  const a = numberOf(left);
  const b = numberOf(right);
  if (a !== undefined && b !== undefined) return a - b;
  if (left.type === 'str' && right.type === 'str')
    return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
  if ((left.type === 'tuple' && right.type === 'tuple') || (left.type === 'list' && right.type === 'list')) {
    for (const [index, item] of left.items.entries()) {
      const other = right.items[index];
      if (!other) return 1;
      const order = ordering(interpreter, item, other);
      if (order !== 0) return order;
    }
    return left.items.length - right.items.length;
  }
  const difference = knownResult('-', left, right);
  return (
    numberOf(difference) ??
    orderOfSize(interpreter, left, right) ??
    unknownResult(' < ', left, right) ??
    interpreter.unknown(`${symbolOf(left)} < ${symbolOf(right)}`, 'is not known')
  );
}

function contains(interpreter: Interpreter, container: Value, item: Value): boolean | UnknownValue {
  if (item.type === 'unknown') return unknownResult(' in ', item, container) ?? item;
  if (container.type === 'str') {
    const part = textOf(item);
    return part !== undefined && container.value.includes(part);
  }
  const mapping = mappingOf(container);
  if (
    mapping &&
    !mapping.taint &&
    !(container.type === 'instance' && interpreter.findSpecial(container, '__contains__'))
  )
    return mapping.get(item) !== undefined;
  if (container.type === 'set') return container.items.has(hashKey(item) ?? '') || (container.taint ?? false);
  const asks = container.type === 'instance' || (container.type === 'class' && container.metaclass !== undefined);
  const own = asks && interpreter.findSpecial(container, '__contains__');
  if (own) {
    const answer = interpreter.apply(own, item);
    return answer.type === 'bool' ? answer.value : interpreter.unknown(`${symbolOf(item)} in …`, 'is not known');
  }
  // Of a list that is known in part, what is there is there.
  const known = container.type === 'list' && container.taint ? container.items : undefined;
  if (known?.some((element) => equal(interpreter, element, item) === true)) return true;
  const elements = interpreter.iterate(container);
  if (!isElements(elements)) return { ...elements, symbol: `${symbolOf(item)} in ${elements.symbol}` };
  let doubt: UnknownValue | undefined;
  for (const element of elements) {
    const same = equal(interpreter, element, item);
    if (same === true) return true;
    if (same !== false) doubt = same;
  }
  return doubt ?? false;
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
