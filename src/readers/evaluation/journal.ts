import type { UnknownValue } from './unknown';

/** Something that the code of a source can change, and that can be put back. `State` is opaque to all but itself. */
export interface Journaled<State> {
  capture(): State;
  restore(state: State): void;
  /** Become what it is after one of two branches that left it in the states `a` and `b`; where they differ, `unknown`. */
  join(a: State, b: State, unknown: UnknownValue): void;
}

interface Level {
  readonly saved: Map<Journaled<unknown>, unknown>;
  /** Made since the level was opened: nothing outside of it has seen them, they need not be put back. */
  readonly made: Set<Journaled<unknown>>;
}

/**
 * Remembers what was changed, so that a branch whose condition is not known can be tried and taken back, and what it would
 * have changed is known by name.
 */
export class Journal {
  #levels: Level[] = [];

  /** Attempts that are open, one inside the other. */
  get depth(): number {
    return this.#levels.length;
  }

  /** To be called before every change. */
  beforeChange(target: Journaled<unknown>): void {
    const level = this.#levels.at(-1);
    if (level && !level.made.has(target) && !level.saved.has(target)) level.saved.set(target, target.capture());
  }

  /** May be called for something new: it then keeps what a branch does to it that has made it. */
  made(target: Journaled<unknown>): void {
    this.#levels.at(-1)?.made.add(target);
  }

  /** Run `attempt`, then take its changes back. Gives what it left behind, also where it throws. */
  attempt<T>(attempt: () => T): Attempt<T> {
    const level: Level = { saved: new Map(), made: new Set() };
    this.#levels.push(level);
    let outcome: Attempt<T>['outcome'];
    try {
      outcome = { kind: 'done', result: attempt() };
    } catch (error) {
      outcome = { kind: 'thrown', error };
    }
    this.#levels.pop();
    const around = this.#levels.at(-1);
    if (around) for (const target of level.made) around.made.add(target);
    const after = new Map<Journaled<unknown>, unknown>();
    for (const [target, before] of level.saved) {
      after.set(target, target.capture());
      target.restore(before);
    }
    return { outcome, after };
  }

  /** Run something whose changes stay whatever becomes of the attempts that are open: the loading of another module. */
  outside<T>(run: () => T): T {
    const levels = this.#levels;
    this.#levels = [];
    try {
      return run();
    } finally {
      this.#levels = levels;
    }
  }

  /** Make the changes of an attempt after all. */
  replay(attempt: Attempt<unknown>): void {
    for (const [target, state] of attempt.after) {
      this.beforeChange(target);
      target.restore(state);
    }
  }

  /** Leave behind what either of two attempts (or none, where `b` is absent) would have left. */
  join(a: Attempt<unknown>, b: Attempt<unknown> | undefined, unknown: UnknownValue): void {
    for (const target of new Set([...a.after.keys(), ...(b?.after.keys() ?? [])])) {
      const now = target.capture();
      this.beforeChange(target);
      target.join(a.after.get(target) ?? now, b?.after.get(target) ?? now, unknown);
    }
  }
}

export interface Attempt<T> {
  readonly outcome:
    { readonly kind: 'done'; readonly result: T } | { readonly kind: 'thrown'; readonly error: unknown };
  readonly after: ReadonlyMap<Journaled<unknown>, unknown>;
}
