import { assign } from './assignment';
import { dependsOn } from './branches';
import type { Interpreter } from './interpreter';
import { isElements } from './operators';
import type { Scope } from './scope';
import type { Signal } from './statements';
import type { StatementOf } from './syntax';
import { unknown, type UnknownValue, type Value } from './values';

/** `for`: round by round where the elements are known, else what its body touches becomes unknown. */
export function executeFor(interpreter: Interpreter, statement: StatementOf<'for'>, scope: Scope): Signal | undefined {
  const iterable = interpreter.evaluate(statement.iterable, scope);
  const countless =
    iterable.type === 'range' && Math.abs(iterable.stop - iterable.start) > interpreter.budget.limits.elements;
  const elements = countless
    ? interpreter.unknown('range(…)', 'has too many rounds to be followed')
    : interpreter.iterate(iterable);
  if (!isElements(elements)) {
    someRounds(interpreter, elements, scope, () => {
      assign(interpreter, statement.target, roundValue(elements), scope);
      return interpreter.execute(statement.body, scope);
    });
    return undefined;
  }
  const budget = roundsWithin(interpreter);
  for (const element of elements) {
    if (budget.isSpent()) {
      const doubt = interpreter.unknown('…', 'is changed by a loop of too many rounds to be followed');
      someRounds(interpreter, doubt, scope, () => interpreter.execute(statement.body, scope));
      return undefined;
    }
    assign(interpreter, statement.target, element, scope);
    const signal = interpreter.execute(statement.body, scope);
    if (signal?.kind === 'return') return signal;
    if (signal?.kind === 'break') return undefined;
  }
  return interpreter.execute(statement.otherwise, scope);
}

/** `while`: as long as the condition is known. */
export function executeWhile(
  interpreter: Interpreter,
  statement: StatementOf<'while'>,
  scope: Scope,
): Signal | undefined {
  const budget = roundsWithin(interpreter);
  for (;;) {
    const truth = interpreter.truth(interpreter.evaluate(statement.test, scope));
    if (truth === false) return interpreter.execute(statement.otherwise, scope);
    if (truth !== true || budget.isSpent()) {
      const doubt =
        truth === true ? interpreter.unknown('…', 'is changed by a loop of too many rounds to be followed') : truth;
      someRounds(interpreter, doubt, scope, () => interpreter.execute(statement.body, scope));
      return undefined;
    }
    const signal = interpreter.execute(statement.body, scope);
    if (signal?.kind === 'return') return signal;
    if (signal?.kind === 'break') return undefined;
  }
}

/** Steps for a loop that does nothing that the host waits for, such as one that trains. */
const idleAllowance = 3_000;

/** A loop may go round so often, and use so much of what is left of the budget; then it is no longer followed. */
function roundsWithin(interpreter: Interpreter): { isSpent: () => boolean } {
  const { host } = interpreter;
  const { limits, spent } = interpreter.budget;
  const before = host.progress?.();
  let rounds = 0;
  return {
    isSpent: () => {
      const idle = before !== undefined && host.progress?.() === before;
      const allowance = idle ? idleAllowance : (limits.steps - spent) / 4;
      return ++rounds > limits.rounds || interpreter.budget.spent - spent > allowance;
    },
  };
}

/** An element of a loop over something unknown. */
function roundValue(elements: UnknownValue): Value {
  return { ...elements, symbol: `${elements.symbol}[…]` };
}

/** A body that runs an unknown number of times, none perhaps: whatever one round changes is unknown afterwards. */
function someRounds(
  interpreter: Interpreter,
  rounds: UnknownValue,
  scope: Scope,
  body: () => Signal | undefined,
): void {
  const { journal, site } = interpreter;
  const doubt = unknown(rounds.symbol, dependsOn(rounds), site);
  const once = journal.attempt(body);
  if (once.outcome.kind === 'thrown') return;
  journal.join(once, undefined, doubt);
}
