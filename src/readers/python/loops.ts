import { assign } from './assignment';
import { dependsOn } from './branches';
import type { Interpreter } from './interpreter';
import { isElements } from './operators';
import type { Scope } from './scope';
import { goOn, isPerhaps, raises, type Signal } from './signals';
import type { StatementOf } from './syntax';
import { testOf } from './tests';
import { unknown, type UnknownValue, type Value } from './values';

/** `for`: round by round where the elements are known, else what its body touches becomes unknown. */
export function executeFor(interpreter: Interpreter, statement: StatementOf<'for'>, scope: Scope): Signal | undefined {
  const iterable = interpreter.evaluate(statement.iterable, scope);
  const countless =
    iterable.type === 'range' && Math.abs(iterable.stop - iterable.start) > interpreter.budget.limits.elements;
  const elements = countless
    ? interpreter.unknown('range(…)', 'has too many rounds to be followed')
    : interpreter.iterate(iterable);
  const body = (): Signal | undefined => interpreter.execute(statement.body, scope);
  if (!isElements(elements)) {
    someRounds(interpreter, elements, () => {
      assign(interpreter, statement.target, roundValue(elements), scope);
      return body();
    });
    return undefined;
  }
  let next = 0;
  return followRounds(
    interpreter,
    {
      begins: () => {
        const element = elements[next++];
        if (element) assign(interpreter, statement.target, element, scope);
        return element !== undefined;
      },
      body,
      otherwise: () => interpreter.execute(statement.otherwise, scope),
    },
    // What is listed in the source is no longer than the source; what is counted may be the steps of a training.
    roundsWithin(interpreter, iterable.type === 'range'),
  );
}

/** `while`: as long as the condition is known. */
export function executeWhile(
  interpreter: Interpreter,
  statement: StatementOf<'while'>,
  scope: Scope,
): Signal | undefined {
  return followRounds(interpreter, {
    begins: () => testOf(interpreter, statement.test, scope),
    body: () => interpreter.execute(statement.body, scope),
    otherwise: () => interpreter.execute(statement.otherwise, scope),
  });
}

interface Rounds {
  /** Prepares the next round; false where there is none, or why it is not known whether there is one. */
  readonly begins: () => boolean | UnknownValue;
  readonly body: () => Signal | undefined;
  /** The `else` of the loop. */
  readonly otherwise: () => Signal | undefined;
}

/** Rounds of a loop after which it may or may not have ended. */
const mostDoubts = 12;

function followRounds(
  interpreter: Interpreter,
  rounds: Rounds,
  allowance = roundsWithin(interpreter),
  doubts = 0,
): Signal | undefined {
  for (;;) {
    const begins = rounds.begins();
    if (begins === false) return rounds.otherwise();
    const tooMany = begins === true && (allowance.isSpent() || doubts > mostDoubts);
    if (begins !== true || tooMany) {
      const doubt = tooMany
        ? interpreter.unknown('…', 'is changed by a loop of too many rounds to be followed')
        : begins;
      if (doubt !== true) someRounds(interpreter, doubt, rounds.body);
      return undefined;
    }
    const signal = rounds.body();
    if (!signal || signal.kind === 'continue') continue;
    if (!isPerhaps(signal)) return signal.kind === 'return' ? signal : undefined;
    if (signal.leaving.kind === 'continue') continue;
    const ended = goOn(interpreter, signal, () => followRounds(interpreter, rounds, allowance, doubts + 1));
    const leaving = isPerhaps(ended) ? ended.leaving : ended;
    return leaving?.kind === 'return' ? ended : undefined;
  }
}

/** Steps for a loop that does nothing that the host waits for, such as one that trains. */
const idleAllowance = 3_000;

/** A loop may go round so often, and use so much of what is left of the budget; then it is no longer followed. */
function roundsWithin(interpreter: Interpreter, mayIdle = true): { isSpent: () => boolean } {
  const { host } = interpreter;
  const { limits, spent } = interpreter.budget;
  const before = host.progress?.();
  let rounds = 0;
  return {
    isSpent: () => {
      const idle = mayIdle && before !== undefined && host.progress?.() === before;
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
function someRounds(interpreter: Interpreter, rounds: UnknownValue, body: () => Signal | undefined): void {
  const { journal, site } = interpreter;
  const doubt = unknown(rounds.symbol, dependsOn(rounds), site);
  const once = journal.attempt(body);
  interpreter.budget.spend(once.after.size);
  if (raises(once)) return;
  journal.join(once, undefined, doubt);
}
