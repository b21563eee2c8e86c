import type { Interpreter } from './interpreter';
import { isElements } from './operators';
import type { Scope } from './scope';
import { setItem } from './subscripts';
import type { Expression } from './syntax';
import { ListValue, type UnknownValue, type Value } from './values';

/** `target = value`, with every shape that a target can have. */
export function assign(interpreter: Interpreter, target: Expression, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'name':
      scope.assign(target.name, value, interpreter.journal);
      if (value.type === 'instance') interpreter.host.bound?.(target.name, value, target);
      return;
    case 'attribute':
      interpreter.setAttribute(interpreter.evaluate(target.object, scope), target.name, value);
      return;
    case 'subscript':
      setItem(
        interpreter,
        interpreter.evaluate(target.object, scope),
        interpreter.evaluate(target.index, scope),
        value,
      );
      return;
    case 'star':
      assign(interpreter, target.value, value, scope);
      return;
    case 'sequence':
      unpack(interpreter, target.items, value, scope);
      return;
    default:
      return;
  }
}

function unpack(interpreter: Interpreter, targets: readonly Expression[], value: Value, scope: Scope): void {
  const apart =
    value.type === 'instance' ? interpreter.host.unpack?.(value, targets.length, interpreter.site) : undefined;
  const elements = apart ?? interpreter.iterate(value);
  const star = targets.findIndex((target) => target.kind === 'star');
  const fits =
    isElements(elements) && (star < 0 ? elements.length === targets.length : elements.length >= targets.length - 1);
  if (!fits) {
    const from = isElements(elements)
      ? interpreter.unknown('…', 'does not have as many elements as there are names')
      : elements;
    for (const target of targets) assign(interpreter, target, partOf(from, target), scope);
    return;
  }
  const after = star < 0 ? 0 : targets.length - star - 1;
  for (const [index, target] of targets.entries()) {
    const part =
      star >= 0 && index === star
        ? new ListValue(elements.slice(star, elements.length - after))
        : elements[star >= 0 && index > star ? elements.length - (targets.length - index) : index];
    if (part) assign(interpreter, target, part, scope);
  }
}

/** An element of something unknown is best called as the source calls it. */
function partOf(from: UnknownValue, target: Expression): Value {
  return { ...from, symbol: target.kind === 'name' ? target.name : `${from.symbol}[…]` };
}
