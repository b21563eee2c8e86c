import type { Journal, Journaled } from '../evaluation/journal';

type Counts = ReadonlyMap<string, number>;

/** Keras' automatic names: the class in snake case, and a number from the second of its kind on. They count for the whole program. */
export class Names implements Journaled<Counts> {
  #counts = new Map<string, number>();

  /** `conv2d`, then `conv2d_1`. */
  next(name: string, journal: Journal): string {
    journal.beforeChange(this);
    const count = this.#counts.get(name);
    this.#counts.set(name, (count ?? 0) + 1);
    return count === undefined ? name : `${name}_${count}`;
  }

  capture(): Counts {
    return new Map(this.#counts);
  }

  restore(counts: Counts): void {
    this.#counts = new Map(counts);
  }

  /** Which branch was taken is not known: no name that one of them has given is given again. */
  join(a: Counts, b: Counts): void {
    this.#counts = new Map([...a, ...b].map(([name]) => [name, Math.max(a.get(name) ?? 0, b.get(name) ?? 0)]));
  }
}

/** As `keras.src.utils.naming` spells it. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
