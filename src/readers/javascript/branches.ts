import type { Attempt } from '../evaluation/journal';
import { reasonOf, unknown, type UnknownValue } from '../evaluation/unknown';
import type { Site } from '../text/source';
import type { Interpreter } from './interpreter';
import type { Scope } from './scope';
import type { Signal } from './statements';
import type { Expression, Statement } from './syntax';
import { Thrown } from './thrown';
import { joinValues, type Value } from './values';

/** How a condition went that is not known. */
export interface BranchResult {
  readonly signal: Signal | undefined;
  /** One branch left the block, so the statements behind were followed as part of the other. */
  readonly restIncluded: boolean;
}

/**
 * Try both branches, and keep what they agree on. A branch that throws is taken not to be meant: it guards against misuse.
 * Where only one branch leaves the block, the other goes on with `rest`.
 */
export function executeUnknownBranches(
  interpreter: Interpreter,
  [ifTrue, ifFalse]: readonly [readonly Statement[], readonly Statement[]],
  condition: UnknownValue,
  site: Site,
  rest: readonly Statement[],
  scope: Scope,
): BranchResult {
  const { journal } = interpreter;
  const attempt = (block: readonly Statement[], then: readonly Statement[] = []): Attempt<Signal | undefined> =>
    journal.attempt(
      () =>
        interpreter.execute(block, scope.block()) ?? (then.length > 0 ? interpreter.execute(then, scope) : undefined),
    );
  let one = limited(attempt(ifTrue));
  let other = limited(attempt(ifFalse));
  if (one.outcome.kind === 'thrown' || other.outcome.kind === 'thrown') {
    const taken = one.outcome.kind === 'thrown' ? other : one;
    if (taken.outcome.kind === 'thrown') throw taken.outcome.error;
    journal.replay(taken);
    return { signal: taken.outcome.result, restIncluded: false };
  }
  let restIncluded = false;
  if ((one.outcome.result === undefined) !== (other.outcome.result === undefined)) {
    restIncluded = true;
    if (one.outcome.result === undefined) one = done(attempt(ifTrue, rest));
    else other = done(attempt(ifFalse, rest));
  }
  const doubt = unknown(condition.symbol, dependsOn(condition), site);
  journal.join(one, other, doubt);
  return { signal: joinSignals(signalOf(one), signalOf(other), doubt), restIncluded };
}

/** Code that may be reached or not, or any number of times: what it changes is not known, and nothing that it gives is. */
export function executePerhaps(
  interpreter: Interpreter,
  run: () => unknown,
  condition: UnknownValue,
  site: Site,
): void {
  const attempt = interpreter.journal.attempt(run);
  if (attempt.outcome.kind === 'thrown' && !(attempt.outcome.error instanceof Thrown)) throw attempt.outcome.error;
  interpreter.journal.join(attempt, undefined, unknown(condition.symbol, dependsOn(condition), site));
}

/** The value of one of several expressions, or of none (then `otherwise`), while it is not known of which. */
export function evaluateEither(
  interpreter: Interpreter,
  condition: UnknownValue,
  expressions: readonly Expression[],
  scope: Scope,
  site: Site,
  otherwise?: Value,
): Value {
  const { journal } = interpreter;
  const doubt = unknown(condition.symbol, dependsOn(condition), site);
  const attempts = expressions.map((expression) => journal.attempt(() => interpreter.evaluate(expression, scope)));
  const values = otherwise ? [otherwise] : [];
  for (const attempt of attempts) {
    if (attempt.outcome.kind === 'done') values.push(attempt.outcome.result);
    else if (!(attempt.outcome.error instanceof Thrown)) throw attempt.outcome.error;
  }
  const [one, other] = attempts;
  if (one) journal.join(one, other, doubt);
  const [first, ...others] = values;
  return others.reduce<Value>((joined, value) => joinValues(joined, value, doubt), first ?? doubt);
}

/** Why something is not known that hangs on an unknown condition or number of rounds. */
export function dependsOn(condition: UnknownValue): string {
  return condition.cause.startsWith('depends on')
    ? condition.cause
    : `depends on ${reasonOf(condition).replace('` ', '`, which ')}`;
}

function signalOf({ outcome }: Attempt<Signal | undefined>): Signal | undefined {
  return outcome.kind === 'done' ? outcome.result : undefined;
}

function joinSignals(a: Signal | undefined, b: Signal | undefined, doubt: UnknownValue): Signal | undefined {
  if (a?.kind === 'return' && b?.kind === 'return')
    return { kind: 'return', value: joinValues(a.value, b.value, doubt) };
  if (a?.kind === b?.kind) return a;
  // One leaves the function and the other does not: what the function gives is not known.
  if (a?.kind === 'return' || b?.kind === 'return') return { kind: 'return', value: doubt };
  return a ?? b;
}

/** Both passes go on where they threw for the source's reasons; limits of ours are passed on. */
function limited(attempt: Attempt<Signal | undefined>): Attempt<Signal | undefined> {
  if (attempt.outcome.kind === 'thrown' && !(attempt.outcome.error instanceof Thrown)) throw attempt.outcome.error;
  return attempt;
}

function done(attempt: Attempt<Signal | undefined>): Attempt<Signal | undefined> {
  if (attempt.outcome.kind === 'thrown') throw attempt.outcome.error;
  return attempt;
}
