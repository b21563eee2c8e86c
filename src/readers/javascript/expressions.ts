import { unknown, type UnknownValue } from '../evaluation/unknown';
import type { Site } from '../text/source';
import { callSuper, makeClass } from './calls';
import { evaluateEither } from './branches';
import type { Interpreter } from './interpreter';
import { isElements } from './iteration';
import { findMember, getElement, getMember, setElement, setMember } from './members';
import { binary, compare, symbolOf, textOf, toNumber, truth, typeOf } from './operators';
import { bind } from './patterns';
import type { Scope } from './scope';
import type { Expression, ExpressionOf, FunctionSyntax, Item } from './syntax';
import {
  ArrayValue,
  boolean,
  isNothing,
  number,
  string,
  undefinedValue,
  type FunctionValue,
  type Value,
} from './values';

/** The value of an expression. */
export function evaluate(interpreter: Interpreter, expression: Expression, scope: Scope): Value {
  interpreter.budget.spend();
  const site = { source: scope.source, start: expression.start, end: expression.end };
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return lookUp(interpreter, expression.name, scope, site);
    case 'this':
      return scope.find('this') ?? undefinedValue;
    case 'super':
      return interpreter.unknown('super', 'is used by itself');
    case 'template':
      return template(interpreter, expression, scope, site);
    case 'array': {
      const { values, hidden } = evaluateItems(interpreter, expression.items, scope);
      const array = new ArrayValue([...values]);
      array.taint = hidden;
      interpreter.journal.made(array);
      return array;
    }
    case 'object':
      return objectLiteral(interpreter, expression, scope, site);
    case 'function':
      return makeFunction(interpreter, expression.definition, scope);
    case 'class':
      return makeClass(interpreter, expression.definition, scope);
    case 'member':
      return member(interpreter, expression, scope, site);
    case 'element': {
      const object = interpreter.evaluate(expression.object, scope);
      if (expression.optional && isNothing(object)) return undefinedValue;
      const index = interpreter.evaluate(expression.index, scope);
      interpreter.site = site;
      return getElement(interpreter, object, index);
    }
    case 'call':
      return call(interpreter, expression, scope, site);
    case 'new': {
      const callee = interpreter.evaluate(expression.callee, scope);
      const { values, hidden } = evaluateItems(interpreter, expression.arguments, scope);
      interpreter.site = site;
      return interpreter.construct(callee, values, hidden);
    }
    case 'unary':
      return unary(interpreter, expression, scope, site);
    case 'update': {
      const before = interpreter.evaluate(expression.target, scope);
      const after = binary('+', number(toNumber(before) ?? Number.NaN), number(expression.by), site);
      const value = before.type === 'unknown' ? binary('+', before, number(expression.by), site) : after;
      assignTo(interpreter, expression.target, value, scope);
      return expression.prefix ? value : before;
    }
    case 'binary': {
      const left = interpreter.evaluate(expression.left, scope);
      return binary(expression.operator, left, interpreter.evaluate(expression.right, scope), site);
    }
    case 'comparison': {
      const left = interpreter.evaluate(expression.left, scope);
      return compare(expression.operator, left, interpreter.evaluate(expression.right, scope), site);
    }
    case 'logical': {
      const left = interpreter.evaluate(expression.left, scope);
      return logical(interpreter, expression.operator, left, expression.right, scope, site);
    }
    case 'conditional': {
      const condition = truth(interpreter.evaluate(expression.test, scope));
      if (typeof condition === 'boolean')
        return interpreter.evaluate(condition ? expression.then : expression.otherwise, scope);
      return evaluateEither(interpreter, condition, [expression.then, expression.otherwise], scope, site);
    }
    case 'assign': {
      const value = interpreter.evaluate(expression.value, scope);
      interpreter.site = site;
      bind(interpreter, expression.target, value, scope, { kind: 'assign' });
      return value;
    }
    case 'augmented': {
      const { operator } = expression;
      const before = interpreter.evaluate(expression.target, scope);
      const value =
        operator === '&&' || operator === '||' || operator === '??'
          ? logical(interpreter, operator, before, expression.value, scope, site)
          : binary(operator, before, interpreter.evaluate(expression.value, scope), site);
      assignTo(interpreter, expression.target, value, scope);
      return value;
    }
    case 'sequence': {
      let last: Value = undefinedValue;
      for (const one of expression.expressions) last = interpreter.evaluate(one, scope);
      return last;
    }
    case 'await':
      return interpreter.evaluate(expression.value, scope);
    case 'unsupported':
      return unknown(expression.what, 'is not understood', site);
  }
}

function lookUp(interpreter: Interpreter, name: string, scope: Scope, site: Site): Value {
  return scope.find(name) ?? interpreter.host.global(name) ?? unknown(name, 'is not defined in what is read', site);
}

export function makeFunction(interpreter: Interpreter, syntax: FunctionSyntax, scope: Scope): FunctionValue {
  const site = { source: scope.source, start: syntax.start, end: syntax.end };
  const nameSite = { source: scope.source, ...syntax.nameRange };
  const made: FunctionValue = { type: 'function', name: syntax.name, nameSite, syntax, scope, owner: undefined, site };
  interpreter.functions.push(made);
  return made;
}

/** The values of arguments or elements; `hidden` where something was spread that is not known. */
export function evaluateItems(
  interpreter: Interpreter,
  items: readonly Item[],
  scope: Scope,
): { readonly values: readonly Value[]; readonly hidden: UnknownValue | undefined } {
  const values: Value[] = [];
  let hidden: UnknownValue | undefined;
  for (const { value, spread } of items) {
    const evaluated = interpreter.evaluate(value, scope);
    if (!spread) {
      values.push(evaluated);
      continue;
    }
    const elements = interpreter.iterate(evaluated);
    if (!isElements(elements)) {
      hidden ??= elements;
      // What comes behind stands at a place that is not known.
      break;
    }
    interpreter.budget.spend(elements.length);
    values.push(...elements.slice(0, interpreter.limits.elements));
  }
  return { values, hidden };
}

function template(interpreter: Interpreter, { parts }: ExpressionOf<'template'>, scope: Scope, site: Site): Value {
  let text: Value = string('');
  for (const part of parts) {
    const value = typeof part === 'string' ? string(part) : interpreter.evaluate(part, scope);
    text = binary('+', text, value, site);
  }
  return text.type === 'unknown' ? { ...text, symbol: site.source.slice(site).slice(0, 60) } : text;
}

function objectLiteral(interpreter: Interpreter, { entries }: ExpressionOf<'object'>, scope: Scope, site: Site): Value {
  const { journal } = interpreter;
  interpreter.site = site;
  const object = interpreter.newObject();
  const sites = new Map<string, Site>();
  object.sites = sites;
  for (const entry of entries) {
    const value = interpreter.evaluate(entry.value, scope);
    if (entry.kind === 'spread') {
      if (value.type === 'object') {
        for (const [name, one] of value.sites ?? []) sites.set(name, one);
        for (const [name, property] of value.properties.entries()) object.properties.set(name, property, journal);
        if (value.properties.taint) object.properties.spoil(value.properties.taint, journal);
      } else if (value.type === 'unknown') object.properties.spoil(value, journal);
      continue;
    }
    const key = interpreter.evaluate(entry.key, scope);
    const name = key.type === 'unknown' ? undefined : textOf(key);
    if (name === undefined)
      object.properties.spoil(interpreter.unknown(symbolOf(key), 'is a name that is not known'), journal);
    else if (entry.kind === 'getter' && value.type === 'function')
      object.properties.set(name, { type: 'getter', getter: value }, journal);
    else {
      object.properties.set(name, interpreter.named(value, name), journal);
      sites.set(name, { source: site.source, start: entry.value.start, end: entry.value.end });
    }
  }
  return object;
}

function member(interpreter: Interpreter, expression: ExpressionOf<'member'>, scope: Scope, site: Site): Value {
  if (expression.object.kind === 'super') {
    const found = findMember(scope.home?.base, expression.name);
    return found ?? unknown(`super.${expression.name}`, 'is not known', site);
  }
  const object = interpreter.evaluate(expression.object, scope);
  if (expression.optional && isNothing(object)) return undefinedValue;
  interpreter.site = site;
  return getMember(interpreter, object, expression.name);
}

function call(interpreter: Interpreter, expression: ExpressionOf<'call'>, scope: Scope, site: Site): Value {
  const { callee } = expression;
  if (callee.kind === 'super') {
    const { values, hidden } = evaluateItems(interpreter, expression.arguments, scope);
    interpreter.site = site;
    return callSuper(interpreter, scope, values, hidden);
  }
  let receiver: Value = undefinedValue;
  let called: Value;
  if (callee.kind === 'member' || callee.kind === 'element') {
    receiver =
      callee.object.kind === 'super'
        ? (scope.find('this') ?? undefinedValue)
        : interpreter.evaluate(callee.object, scope);
    if (callee.optional && isNothing(receiver)) return undefinedValue;
    interpreter.site = { ...site, start: callee.start, end: callee.end };
    if (callee.object.kind === 'super') called = interpreter.evaluate(callee, scope);
    else if (callee.kind === 'member') called = getMember(interpreter, receiver, callee.name);
    else called = getElement(interpreter, receiver, interpreter.evaluate(callee.index, scope));
  } else called = interpreter.evaluate(callee, scope);
  if (expression.optional && isNothing(called)) return undefinedValue;
  const { values, hidden } = evaluateItems(interpreter, expression.arguments, scope);
  interpreter.site = site;
  const result = interpreter.call(called, receiver, values, hidden);
  interpreter.site = site;
  return result;
}

function unary(interpreter: Interpreter, expression: ExpressionOf<'unary'>, scope: Scope, site: Site): Value {
  const { operator } = expression;
  const operand = interpreter.evaluate(expression.operand, scope);
  switch (operator) {
    case '!': {
      const value = truth(operand);
      return typeof value === 'boolean'
        ? boolean(!value)
        : { ...value, symbol: `!${value.symbol}`, subject: value.subject ?? value.symbol };
    }
    case 'typeof': {
      const type = typeOf(operand);
      return type === undefined ? unknown(`typeof ${symbolOf(operand)}`, 'is not known', site) : string(type);
    }
    case 'void':
      return undefinedValue;
    case 'delete':
      return remove(interpreter, expression.operand, scope);
    case '-':
    case '+':
    case '~': {
      const value = toNumber(operand);
      if (value !== undefined) return number(operator === '-' ? -value : operator === '~' ? ~value : value);
      return operand.type === 'unknown' && operator === '+' ? operand : binary('*', number(-1), operand, site);
    }
  }
}

function remove(interpreter: Interpreter, target: Expression, scope: Scope): Value {
  if (target.kind === 'member') {
    const object = interpreter.evaluate(target.object, scope);
    if (object.type === 'object') object.properties.delete(target.name, interpreter.journal);
  }
  return boolean(true);
}

function logical(
  interpreter: Interpreter,
  operator: ExpressionOf<'logical'>['operator'],
  left: Value,
  right: Expression,
  scope: Scope,
  site: Site,
): Value {
  if (operator === '??') {
    if (left.type !== 'unknown') return isNothing(left) ? interpreter.evaluate(right, scope) : left;
  } else {
    const value = truth(left);
    if (typeof value === 'boolean') return value === (operator === '&&') ? interpreter.evaluate(right, scope) : left;
  }
  const condition = left.type === 'unknown' ? left : undefined;
  return condition
    ? evaluateEither(interpreter, condition, [right], scope, site, operator === '&&' ? undefined : left)
    : left;
}

function assignTo(interpreter: Interpreter, target: Expression, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'name':
      scope.assign(target.name, interpreter.named(value, target.name), interpreter.journal);
      break;
    case 'member':
      setMember(interpreter, interpreter.evaluate(target.object, scope), target.name, value);
      break;
    case 'element': {
      const object = interpreter.evaluate(target.object, scope);
      setElement(interpreter, object, interpreter.evaluate(target.index, scope), value);
      break;
    }
    default:
      break;
  }
}
