import type { Interpreter } from './interpreter';
import { asLimit, Budget, type Limits } from '../evaluation/limits';
import { Raised } from './raised';
import type { Scope } from './scope';
import type { Site } from '../text/source';
import type { Statement } from './syntax';
import { unknown } from './values';

/** Execute the top of a module, statement by statement, so that one that cannot be followed does not hide what stands after it. */
export function executeModule(
  interpreter: Interpreter,
  statements: readonly Statement[],
  scope: Scope,
  limits: Limits,
): void {
  for (const statement of statements) {
    const site: Site = { source: interpreter.site.source, start: statement.start, end: statement.end };
    interpreter.budget = new Budget(limits, interpreter.deadline);
    interpreter.depth = 0;
    const attempt = interpreter.journal.attempt(() => interpreter.execute([statement], scope));
    const { outcome } = attempt;
    const limit = outcome.kind === 'thrown' ? asLimit(outcome.error) : undefined;
    interpreter.site = site;
    if (outcome.kind === 'done' || outcome.error instanceof Raised) interpreter.journal.replay(attempt);
    else if (limit) {
      const doubt = unknown('…', `is changed by code that is not followed to its end`, site);
      interpreter.journal.join(attempt, undefined, doubt);
      if (limit.limit === 'time') throw outcome.error;
    } else throw outcome.error;
  }
}
