import type { Interpreter } from './interpreter';
import type { Attempt } from '../evaluation/journal';
import { joinSignals, raises, resultOf, type Signal } from './signals';
import type { Site } from '../text/source';
import { reasonOf, unknown, type UnknownValue } from './values';

/** How a statement went whose condition is not known. */
export interface BranchResult {
  readonly signal: Signal | undefined;
  /** One branch left the block, so the statements after this one were followed as part of the other. */
  readonly restIncluded: boolean;
}

type Block = () => Signal | undefined;

/** The two ways that code can go, and what stands after both in the same block. */
export interface Branches {
  readonly condition: UnknownValue;
  readonly site: Site;
  readonly then: Block;
  readonly otherwise: Block;
  readonly rest: Block;
}

/**
 * Try both branches, and keep what they agree on. A branch that raises is taken not to be meant: it guards against misuse.
 * Where only one branch leaves the block, the other goes on with the rest.
 */
export function executeBranches(interpreter: Interpreter, branches: Branches): BranchResult {
  const { journal } = interpreter;
  const { condition, rest, site } = branches;
  const attempt = (block: Block): Attempt<Signal | undefined> => {
    const made = journal.attempt(block);
    // Keeping apart and joining what was changed is work as well.
    interpreter.budget.spend(made.after.size);
    return made;
  };
  const withRest = (before: Attempt<Signal | undefined>): Attempt<Signal | undefined> => {
    const made = attempt(() => {
      journal.replay(before);
      return rest();
    });
    if (made.outcome.kind === 'thrown') throw made.outcome.error;
    return made;
  };

  let then = attempt(branches.then);
  // A limit that is reached in one branch ends both.
  const thenRaises = raises(then);
  let otherwise = attempt(branches.otherwise);
  if (raises(otherwise) || thenRaises) {
    const taken = thenRaises ? otherwise : then;
    if (taken.outcome.kind === 'thrown') throw taken.outcome.error;
    journal.replay(taken);
    return { signal: taken.outcome.result, restIncluded: false };
  }
  let restIncluded = false;
  if ((resultOf(then) === undefined) !== (resultOf(otherwise) === undefined)) {
    restIncluded = true;
    if (resultOf(then) === undefined) then = withRest(then);
    else otherwise = withRest(otherwise);
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
