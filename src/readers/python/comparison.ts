import { mappingOf } from './held';
import type { Interpreter } from './interpreter';
import { isElements, knownResult, unknownResult } from './operators';
import { hashKey, sameValue } from './sameness';
import type { ComparisonOperator } from './syntax';
import { symbolOf, textOf } from './truth';
import { bool, numberOf, type DictValue, type SetValue, type UnknownValue, type Value } from './values';

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
