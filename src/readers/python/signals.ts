import type { Interpreter } from './interpreter';
import type { Attempt } from '../evaluation/journal';
import { Raised } from './raised';
import { joinValues } from './sameness';
import type { UnknownValue, Value } from './values';

/** How a block is left before it comes to its end. */
export type Leaving =
  { readonly kind: 'return'; readonly value: Value } | { readonly kind: 'break' } | { readonly kind: 'continue' };

/** How a block ends, where it does not (or perhaps does not) end by coming to its end. */
export type Signal = Leaving | { readonly kind: 'perhaps'; readonly leaving: Leaving; readonly doubt: UnknownValue };

export const isPerhaps = (signal: Signal | undefined): signal is Extract<Signal, { kind: 'perhaps' }> =>
  signal?.kind === 'perhaps';

/** What follows on something that may have left the block: where it has left, nothing of that has happened. */
export function goOn(
  interpreter: Interpreter,
  signal: Signal | undefined,
  rest: () => Signal | undefined,
): Signal | undefined {
  if (!signal) return rest();
  if (signal.kind !== 'perhaps') return signal;
  const { journal } = interpreter;
  const attempt = journal.attempt(rest);
  interpreter.budget.spend(attempt.after.size);
  // Code that raises is taken not to be meant: the block was left before.
  if (raises(attempt)) return signal.leaving;
  journal.join(attempt, undefined, signal.doubt);
  const after = resultOf(attempt);
  if (!after) return signal;
  const leaving = joinLeavings(signal.leaving, isPerhaps(after) ? after.leaving : after, signal.doubt);
  return isPerhaps(after) || leaving.mixed
    ? { kind: 'perhaps', leaving: leaving.either, doubt: signal.doubt }
    : leaving.either;
}

/** How a statement ends of which one of two branches was taken. */
export function joinSignals(a: Signal | undefined, b: Signal | undefined, doubt: UnknownValue): Signal | undefined {
  const [one, other] = [leavingOf(a), leavingOf(b)];
  if (!one || !other) {
    const leaving = one ?? other;
    return leaving && { kind: 'perhaps', leaving, doubt };
  }
  const { either, mixed } = joinLeavings(one, other, doubt);
  return mixed || isPerhaps(a) || isPerhaps(b) ? { kind: 'perhaps', leaving: either, doubt } : either;
}

function leavingOf(signal: Signal | undefined): Leaving | undefined {
  return isPerhaps(signal) ? signal.leaving : signal;
}

/** `mixed`: one leaves the function and the other a loop, so that what comes after the loop may happen. */
function joinLeavings(
  a: Leaving,
  b: Leaving,
  doubt: UnknownValue,
): { readonly either: Leaving; readonly mixed: boolean } {
  if (a.kind === 'return' && b.kind === 'return')
    return { either: { kind: 'return', value: joinValues(a.value, b.value, doubt) }, mixed: false };
  if (a.kind === b.kind) return { either: a, mixed: false };
  if (a.kind === 'return' || b.kind === 'return') return { either: { kind: 'return', value: doubt }, mixed: true };
  return { either: { kind: 'break' }, mixed: true };
}

/** Whether an attempt raised an exception of the Python code. @throws what else it threw: a limit */
export function raises(attempt: Attempt<unknown>): boolean {
  if (attempt.outcome.kind !== 'thrown') return false;
  if (!(attempt.outcome.error instanceof Raised)) throw attempt.outcome.error;
  return true;
}

export function resultOf<T>(attempt: Attempt<T>): T | undefined {
  return attempt.outcome.kind === 'done' ? attempt.outcome.result : undefined;
}
