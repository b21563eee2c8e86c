import type { Interpreter } from './interpreter';
import type { Attempt } from '../evaluation/journal';
import { Raised } from './raised';
import type { Scope } from './scope';
import type { Signal } from './statements';
import type { Statement, StatementOf } from './syntax';
import { reasonOf, unknown, type UnknownValue } from './values';
import { joinValues } from './sameness';

/** How an `if` went whose condition is not known. */
export interface BranchResult {
  readonly signal: Signal | undefined;
  /** One branch left the block, so the statements after the `if` were followed as part of the other. */
  readonly restIncluded: boolean;
}

/**
 * Try both branches, and keep what they agree on. A branch that raises is taken not to be meant: it guards against misuse.
 * Where only one branch leaves the block, the other goes on with `rest`.
 */
export function executeUnknownBranches(
  interpreter: Interpreter,
  statement: StatementOf<'if'>,
  condition: UnknownValue,
  rest: readonly Statement[],
  scope: Scope,
): BranchResult {
  const { journal } = interpreter;
  const attempt = (...blocks: readonly (readonly Statement[])[]): Attempt<Signal | undefined> =>
    journal.attempt(() => {
      for (const block of blocks) {
        const signal = interpreter.execute(block, scope);
        if (signal) return signal;
      }
      return undefined;
    });

  const site = { source: interpreter.site.source, start: statement.test.start, end: statement.test.end };
  let then = attempt(statement.body);
  let otherwise = attempt(statement.otherwise);
  rethrowLimit(then);
  rethrowLimit(otherwise);
  if (then.outcome.kind === 'thrown' || otherwise.outcome.kind === 'thrown') {
    const taken = then.outcome.kind === 'thrown' ? otherwise : then;
    if (taken.outcome.kind === 'thrown') throw taken.outcome.error;
    journal.replay(taken);
    return { signal: taken.outcome.result, restIncluded: false };
  }
  let restIncluded = false;
  if ((then.outcome.result === undefined) !== (otherwise.outcome.result === undefined)) {
    restIncluded = true;
    if (then.outcome.result === undefined) then = attempt(statement.body, rest);
    else otherwise = attempt(statement.otherwise, rest);
    rethrow(then);
    rethrow(otherwise);
  }
  const doubt = unknown(condition.symbol, dependsOn(condition), site);
  journal.join(then, otherwise, doubt);
  return { signal: joinSignals(resultOf(then), resultOf(otherwise), doubt), restIncluded };
}

/** Why something is not known that hangs on an unknown condition or number of rounds. */
export function dependsOn(condition: UnknownValue): string {
  return condition.cause.startsWith('depends on')
    ? condition.cause
    : `depends on ${reasonOf(condition).replace('` ', '`, which ')}`;
}

function resultOf(attempt: Attempt<Signal | undefined>): Signal | undefined {
  return attempt.outcome.kind === 'done' ? attempt.outcome.result : undefined;
}

function joinSignals(a: Signal | undefined, b: Signal | undefined, doubt: UnknownValue): Signal | undefined {
  if (a?.kind === 'return' && b?.kind === 'return')
    return { kind: 'return', value: joinValues(a.value, b.value, doubt) };
  if (a?.kind === b?.kind) return a;
  // One leaves the function and the other does not: what the function gives is not known.
  if (a?.kind === 'return' || b?.kind === 'return') return { kind: 'return', value: doubt };
  return a ?? b;
}

function rethrow(attempt: Attempt<unknown>): void {
  if (attempt.outcome.kind === 'thrown') throw attempt.outcome.error;
}

function rethrowLimit(attempt: Attempt<unknown>): void {
  if (attempt.outcome.kind === 'thrown' && !(attempt.outcome.error instanceof Raised)) throw attempt.outcome.error;
}
