import type { Interpreter } from './interpreter';
import type { Scope } from './scope';
import { raises, resultOf } from './signals';
import type { Expression } from './syntax';
import type { UnknownValue } from './values';

/**
 * Whether a condition holds, or why it is not known. What is not known does not matter where the other side of an `and` or `or`
 * decides alone; it is only looked at where it cannot change anything.
 */
export function testOf(interpreter: Interpreter, expression: Expression, scope: Scope): boolean | UnknownValue {
  if (expression.kind === 'unary' && expression.operator === 'not') {
    const truth = testOf(interpreter, expression.operand, scope);
    return typeof truth === 'boolean' ? !truth : { ...truth, symbol: `not ${truth.symbol}` };
  }
  if (expression.kind !== 'logical') return interpreter.truth(interpreter.evaluate(expression, scope));
  const decisive = expression.operator === 'or';
  const left = testOf(interpreter, expression.left, scope);
  if (left === decisive) return decisive;
  if (typeof left === 'boolean') return testOf(interpreter, expression.right, scope);
  const right = interpreter.journal.attempt(() => testOf(interpreter, expression.right, scope));
  const decides = !raises(right) && resultOf(right) === decisive && right.after.size === 0;
  return decides ? decisive : left;
}
