import { assign } from './assignment';
import { makeFunction, yielded } from './calls';
import { mappingOf } from './held';
import type { Interpreter } from './interpreter';
import { compare } from './comparison';
import { binary, extendList, invert, isElements, negate } from './operators';
import { Scope } from './scope';
import { getItem } from './subscripts';
import type { Expression, ExpressionOf, FormatField } from './syntax';
import { testOf } from './tests';
import { representationOf, symbolOf } from './truth';
import { formatNumber } from './library/format';
import {
  bool,
  DictValue,
  IteratorValue,
  ListValue,
  none,
  SetValue,
  text,
  tuple,
  type UnknownValue,
  type Value,
} from './values';
import { hashKey, joinValues } from './sameness';

/** The value of an expression. It never throws but for the limits and for exceptions of the Python code itself. */
export function evaluate(interpreter: Interpreter, expression: Expression, scope: Scope): Value {
  interpreter.budget.spend();
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return (
        scope.lookup(expression.name) ?? {
          ...interpreter.unknown(expression.name, 'is not defined in this file'),
          subject: expression.name,
        }
      );
    case 'attribute': {
      const object = interpreter.evaluate(expression.object, scope);
      const value = interpreter.findAttribute(object, expression.name);
      return value ?? interpreter.unknown(source(interpreter, expression), `is not an attribute that is known`);
    }
    case 'call':
      return call(interpreter, expression, scope);
    case 'subscript': {
      const object = interpreter.evaluate(expression.object, scope);
      const index = interpreter.evaluate(expression.index, scope);
      at(interpreter, expression);
      return getItem(interpreter, object, index);
    }
    case 'slice': {
      const part = (bound: Expression | undefined): Value => (bound ? interpreter.evaluate(bound, scope) : none);
      return {
        type: 'slice',
        lower: part(expression.lower),
        upper: part(expression.upper),
        step: part(expression.step),
      };
    }
    case 'sequence':
      return sequence(interpreter, expression, scope);
    case 'dict':
      return dictionary(interpreter, expression, scope);
    case 'unary':
      return unary(interpreter, expression, scope);
    case 'binary': {
      const left = interpreter.evaluate(expression.left, scope);
      const right = interpreter.evaluate(expression.right, scope);
      at(interpreter, expression);
      return binary(interpreter, expression.operator, left, right);
    }
    case 'logical': {
      const left = interpreter.evaluate(expression.left, scope);
      const truth = interpreter.truth(left);
      if (typeof truth === 'boolean')
        return truth === (expression.operator === 'and') ? interpreter.evaluate(expression.right, scope) : left;
      return { ...truth, symbol: source(interpreter, expression) };
    }
    case 'comparison':
      return comparison(interpreter, expression, scope);
    case 'conditional':
      return conditional(interpreter, expression, scope);
    case 'lambda':
      return makeFunction(
        interpreter,
        {
          name: '<lambda>',
          parameters: expression.parameters,
          body: expression.body,
          generator: false,
          broken: false,
          syntax: undefined,
        },
        scope,
        expression,
      );
    case 'comprehension':
      return comprehension(interpreter, expression, scope);
    case 'formatted':
      return formatted(interpreter, expression, scope);
    case 'walrus': {
      const value = interpreter.evaluate(expression.value, scope);
      scope.outsideComprehensions.assign(expression.name, value, interpreter.journal);
      return value;
    }
    case 'star':
      return interpreter.evaluate(expression.value, scope);
    case 'yield': {
      const value = expression.value ? interpreter.evaluate(expression.value, scope) : none;
      const collected = scope.lookup(yielded);
      if (collected?.type === 'list') {
        if (expression.from) extendList(interpreter, collected, value);
        else extendList(interpreter, collected, tuple([value]));
      }
      return none;
    }
    case 'await':
      return interpreter.evaluate(expression.value, scope);
    case 'unsupported':
      at(interpreter, expression);
      return interpreter.unknown(expression.what, 'is not understood');
  }
}

/** From here on, what arises belongs to this place of the source. */
function at(interpreter: Interpreter, { start, end }: Expression): void {
  interpreter.site = { source: interpreter.site.source, start, end };
}

/** The text of an expression, as a symbol: short and on one line. */
function source(interpreter: Interpreter, expression: Expression): string {
  const words = interpreter.site.source.slice(expression).split('\n');
  return words
    .map((word) => word.trim())
    .join(' ')
    .slice(0, 60);
}

function call(interpreter: Interpreter, expression: ExpressionOf<'call'>, scope: Scope): Value {
  const callee = zeroArgumentSuper(expression, scope) ?? interpreter.evaluate(expression.callee, scope);
  if (callee.type === 'super') return callee;
  const positional: Value[] = [];
  const keywords = new Map<string, Value>();
  let hidden: UnknownValue | undefined;
  for (const argument of expression.arguments) {
    const value = interpreter.evaluate(argument.value, scope);
    switch (argument.kind) {
      case 'positional':
        positional.push(value);
        break;
      case 'keyword':
        keywords.set(argument.name ?? '', value);
        break;
      case 'star': {
        const elements = interpreter.iterate(value);
        if (isElements(elements)) positional.push(...elements);
        else hidden = elements;
        break;
      }
      case 'doubleStar': {
        const held = mappingOf(value);
        if (held && !held.taint) {
          for (const [key, item] of held.entries.values()) if (key.type === 'str') keywords.set(key.value, item);
        } else hidden = value.type === 'unknown' ? value : interpreter.unknown(`**${symbolOf(value)}`, 'is not known');
        break;
      }
    }
  }
  at(interpreter, expression);
  return interpreter.call(callee, { positional, keywords, hidden });
}

/** `super()` knows its class and its instance from where it stands. */
function zeroArgumentSuper({ callee, arguments: given }: ExpressionOf<'call'>, scope: Scope): Value | undefined {
  if (callee.kind !== 'name' || callee.name !== 'super' || given.length > 0) return undefined;
  const method = scope.enclosingMethod;
  return method?.owner && method.receiver
    ? { type: 'super', owner: method.owner, receiver: method.receiver }
    : undefined;
}

function sequence(interpreter: Interpreter, expression: ExpressionOf<'sequence'>, scope: Scope): Value {
  const list = new ListValue([]);
  for (const item of expression.items) {
    const value = interpreter.evaluate(item, scope);
    if (item.kind === 'star') extendList(interpreter, list, value);
    else list.items.push(value);
  }
  if (expression.type === 'list') return list;
  if (list.taint) return list.taint;
  return expression.type === 'tuple' ? tuple(list.items) : toSet(list.items);
}

function toSet(items: readonly Value[]): Value {
  const set = new SetValue();
  for (const item of items) set.add(item);
  return set;
}

function dictionary(interpreter: Interpreter, expression: ExpressionOf<'dict'>, scope: Scope): Value {
  const dict = new DictValue();
  for (const entry of expression.entries) {
    const value = interpreter.evaluate(entry.value, scope);
    if (!entry.key) {
      const held = mappingOf(value);
      if (held && !held.taint) for (const [key, item] of held.entries.values()) dict.set(key, item);
      else dict.taint ??= interpreter.unknown(`**${symbolOf(value)}`, 'is not known');
      continue;
    }
    dict.set(interpreter.evaluate(entry.key, scope), value);
  }
  return dict;
}

function unary(interpreter: Interpreter, expression: ExpressionOf<'unary'>, scope: Scope): Value {
  const value = interpreter.evaluate(expression.operand, scope);
  at(interpreter, expression);
  switch (expression.operator) {
    case 'not': {
      const truth = interpreter.truth(value);
      return typeof truth === 'boolean' ? bool(!truth) : { ...truth, symbol: `not ${truth.symbol}` };
    }
    case '-':
      return negate(interpreter, value);
    case '+':
      return value;
    case '~':
      return invert(interpreter, value);
  }
}

function comparison(interpreter: Interpreter, expression: ExpressionOf<'comparison'>, scope: Scope): Value {
  const [first, ...rest] = expression.operands;
  if (!first) return none;
  let left = interpreter.evaluate(first, scope);
  let result: Value = bool(true);
  for (const [index, operand] of rest.entries()) {
    const operator = expression.operators[index];
    if (!operator) break;
    const right = interpreter.evaluate(operand, scope);
    at(interpreter, expression);
    result = compare(interpreter, operator, left, right);
    if (result.type === 'unknown') return { ...result, symbol: source(interpreter, expression) };
    if (interpreter.truth(result) !== true) return result;
    left = right;
  }
  return result;
}

function conditional(interpreter: Interpreter, expression: ExpressionOf<'conditional'>, scope: Scope): Value {
  const truth = testOf(interpreter, expression.test, scope);
  if (typeof truth === 'boolean') return interpreter.evaluate(truth ? expression.then : expression.otherwise, scope);
  const then = interpreter.evaluate(expression.then, scope);
  const otherwise = interpreter.evaluate(expression.otherwise, scope);
  at(interpreter, expression);
  return joinValues(
    then,
    otherwise,
    interpreter.unknown(source(interpreter, expression), `depends on \`${truth.symbol}\``),
  );
}

function comprehension(interpreter: Interpreter, expression: ExpressionOf<'comprehension'>, outer: Scope): Value {
  const scope = new Scope('comprehension', outer);
  const list = new ListValue([]);
  const dict = new DictValue();
  const rounds = (level: number): UnknownValue | undefined => {
    const clause = expression.clauses[level];
    if (!clause) {
      const element = interpreter.evaluate(expression.element, scope);
      const key = expression.key && interpreter.evaluate(expression.key, scope);
      const hash = key && hashKey(key);
      if (key && hash === undefined) return interpreter.unknown(symbolOf(key), 'is a key that is not known');
      if (key && hash !== undefined) dict.entries.set(hash, [key, element]);
      else list.items.push(element);
      return undefined;
    }
    const elements = interpreter.iterate(interpreter.evaluate(clause.iterable, scope));
    if (!isElements(elements)) return elements;
    for (const element of elements) {
      assign(interpreter, clause.target, element, scope);
      let wanted = true;
      for (const condition of clause.conditions) {
        const truth = testOf(interpreter, condition, scope);
        if (typeof truth !== 'boolean') return truth;
        wanted &&= truth;
      }
      const doubt = wanted ? rounds(level + 1) : undefined;
      if (doubt) return doubt;
    }
    return undefined;
  };
  const doubt = rounds(0);
  if (expression.type === 'dict') {
    dict.taint = doubt;
    return dict;
  }
  if (doubt) {
    list.items = [];
    list.taint = doubt;
  }
  if (expression.type === 'set' && !doubt) return toSet(list.items);
  if (expression.type !== 'generator') return list;
  const generator = new IteratorValue(list.items);
  generator.taint = list.taint;
  return generator;
}

function formatted(interpreter: Interpreter, expression: ExpressionOf<'formatted'>, scope: Scope): Value {
  const result = filledIn(interpreter, expression.parts, scope);
  return typeof result === 'string' ? text(result) : { ...result, symbol: source(interpreter, expression) };
}

/** Text with the values of its fields in it. */
function filledIn(
  interpreter: Interpreter,
  parts: readonly (string | FormatField)[],
  scope: Scope,
): string | UnknownValue {
  let result = '';
  for (const part of parts) {
    const piece = typeof part === 'string' ? part : field(interpreter, part, scope);
    if (typeof piece !== 'string') return piece;
    result += piece;
    if (result.length > interpreter.budget.limits.elements)
      return interpreter.unknown('f"…"', 'is too long to be followed');
  }
  return result;
}

function field(interpreter: Interpreter, part: FormatField, scope: Scope): string | UnknownValue {
  const value = interpreter.evaluate(part.value, scope);
  const specification = filledIn(interpreter, part.specification, scope);
  if (typeof specification !== 'string') return specification;
  const converted = part.conversion === 'r' ? representationOf(value) : undefined;
  const shown =
    specification === ''
      ? (converted ?? interpreter.textOf(value))
      : formatNumber(converted === undefined ? value : text(converted), specification);
  return shown ?? (value.type === 'unknown' ? value : interpreter.unknown('f"…"', 'is text that is not known'));
}
