import type { Interpreter } from './interpreter';
import { getMember, setElement, setMember } from './members';
import { isElements } from './iteration';
import { symbolOf } from './operators';
import type { Scope } from './scope';
import type { Pattern, PatternElement } from './syntax';
import type { ObjectValue } from './values';
import { ArrayValue, undefinedValue, type Value } from './values';

/** How a pattern's names come to their values: by a declaration in `scope`, or by assignment. */
export type Binding = { readonly kind: 'declare'; readonly into: Scope } | { readonly kind: 'assign' };

/** Take a value apart. */
export function bind(interpreter: Interpreter, pattern: Pattern, value: Value, scope: Scope, binding: Binding): void {
  switch (pattern.kind) {
    case 'name':
      bindName(interpreter, pattern, value, scope, binding);
      break;
    case 'place':
      bindPlace(interpreter, pattern.expression, value, scope);
      break;
    case 'array': {
      const items = interpreter.iterate(value);
      for (const [index, element] of pattern.elements.entries()) {
        if (!element) continue;
        const item = isElements(items)
          ? (items[index] ?? undefinedValue)
          : { ...items, symbol: `${symbolOf(value)}[${index}]` };
        bindElement(interpreter, element, item, scope, binding);
      }
      if (pattern.rest)
        bind(interpreter, pattern.rest, rest(interpreter, items, pattern.elements.length), scope, binding);
      break;
    }
    case 'object': {
      const taken = new Set<string>();
      for (const property of pattern.properties) {
        const key = interpreter.evaluate(property.key, scope);
        const name = key.type === 'string' || key.type === 'number' ? String(key.value) : undefined;
        if (name !== undefined) taken.add(name);
        const found =
          name === undefined
            ? interpreter.unknown(symbolOf(key), 'is a name that is not known')
            : getMember(interpreter, value, name);
        bindElement(interpreter, property, found, scope, binding);
      }
      if (pattern.rest) bind(interpreter, pattern.rest, others(interpreter, value, taken), scope, binding);
      break;
    }
  }
}

/** A part of a value, or what stands in for it where there is none. */
export function bindElement(
  interpreter: Interpreter,
  { target, fallback }: PatternElement,
  value: Value,
  scope: Scope,
  binding: Binding,
): void {
  const given = value.type === 'undefined' && fallback ? interpreter.evaluate(fallback, scope) : value;
  bind(interpreter, target, given, scope, binding);
}

function bindName(
  interpreter: Interpreter,
  pattern: Extract<Pattern, { kind: 'name' }>,
  value: Value,
  scope: Scope,
  binding: Binding,
): void {
  const named = interpreter.named(value, pattern.name);
  if (binding.kind === 'declare') binding.into.declare(pattern.name, named, interpreter.journal);
  else scope.assign(pattern.name, named, interpreter.journal);
  const site = { source: scope.source, start: pattern.start, end: pattern.end };
  if (named.type === 'object') interpreter.host.bound?.(pattern.name, named, site);
  if (named.type === 'function' && named.name === '') Object.assign(named, { name: pattern.name, nameSite: site });
}

function bindPlace(
  interpreter: Interpreter,
  expression: Extract<Pattern, { kind: 'place' }>['expression'],
  value: Value,
  scope: Scope,
): void {
  if (expression.kind === 'member') {
    const object = interpreter.evaluate(expression.object, scope);
    setMember(interpreter, object, expression.name, value);
    if (value.type === 'object')
      interpreter.host.bound?.(expression.name, value, { source: scope.source, ...expression.nameRange });
  } else if (expression.kind === 'element') {
    const object = interpreter.evaluate(expression.object, scope);
    setElement(interpreter, object, interpreter.evaluate(expression.index, scope), value);
  } else if (expression.kind === 'array' || expression.kind === 'object') {
    // `[a, b] = …` in a position where the grammar sees a literal: names in it are no longer known.
    interpreter.evaluate(expression, scope);
  }
}

function rest(interpreter: Interpreter, items: ReturnType<Interpreter['iterate']>, from: number): Value {
  const array = new ArrayValue(isElements(items) ? items.slice(from) : []);
  if (!isElements(items)) array.taint = items;
  interpreter.journal.made(array);
  return array;
}

function others(interpreter: Interpreter, value: Value, taken: ReadonlySet<string>): Value {
  if (value.type !== 'object') return value.type === 'unknown' ? value : interpreter.newObject();
  const object: ObjectValue = interpreter.newObject();
  for (const [name, property] of value.properties.entries())
    if (!taken.has(name)) object.properties.set(name, property, interpreter.journal);
  if (value.properties.taint) object.properties.spoil(value.properties.taint, interpreter.journal);
  return object;
}
