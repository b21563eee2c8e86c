import type { Deadline } from './deadline';

/** How much work may be spent on code that nobody promises to be short. */
export interface Limits {
  /** Expressions and statements evaluated. */
  readonly steps: number;
  /** Calls inside calls. */
  readonly depth: number;
  /** Elements of one list, characters of one string are bounded by the same number. */
  readonly elements: number;
  /** Rounds of one loop that are followed one by one. */
  readonly rounds: number;
}

export const defaultLimits: Limits = { steps: 200_000, depth: 80, elements: 100_000, rounds: 2_000 };

const messages = {
  steps: 'the code runs for too many steps to be followed',
  time: 'reading took too long',
  nesting: 'the code is nested too deeply to be followed',
} as const;

/** Thrown where a limit is reached. */
export class Exhausted extends Error {
  constructor(readonly limit: keyof typeof messages) {
    super(messages[limit]);
  }
}

/** An error that says that code is too much to be followed: a limit, or nesting too deep for our own stack. */
export function asLimit(error: unknown): Exhausted | undefined {
  if (error instanceof Exhausted) return error;
  return error instanceof RangeError ? new Exhausted('nesting') : undefined;
}

/** Counts steps and watches the clock. */
export class Budget {
  #steps = 0;
  #late = false;

  constructor(
    readonly limits: Limits,
    private readonly deadline: Deadline,
  ) {}

  get spent(): number {
    return this.#steps;
  }

  /** @throws Exhausted */
  spend(steps = 1): void {
    const before = this.#steps;
    this.#steps += steps;
    if (this.#steps > this.limits.steps) throw new Exhausted('steps');
    // The clock is asked at once, and then once in 512 steps; once it is late it stays late.
    if (before === 0 || before >> 9 !== this.#steps >> 9) this.#late ||= this.deadline.passed;
    if (this.#late) throw new Exhausted('time');
  }
}
