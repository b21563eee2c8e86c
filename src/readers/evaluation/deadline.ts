/**
 * The end of the time for reading one text. A machine whose processors train networks gives a program only a part of one: time counts as used when
 * the clock and the processor both say so.
 */
export class Deadline {
  readonly #clock: number;
  readonly #processor: number;
  #over = false;

  /** @param milliseconds from now */
  constructor(milliseconds: number) {
    this.#clock = performance.now() + milliseconds;
    this.#processor = processorTime() + milliseconds;
  }

  get passed(): boolean {
    this.#over ||= performance.now() > this.#clock && processorTime() > this.#processor;
    return this.#over;
  }
}

/** For work that is bounded otherwise. */
export const noDeadline = new Deadline(Infinity);

/** Milliseconds that this process has computed. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
