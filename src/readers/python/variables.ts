import type { Journal, Journaled } from '../evaluation/journal';
import { LayeredMap, entriesOf, type Layer } from '../evaluation/layeredMap';
import { joinValues } from './sameness';
import { joinedSymbol, type UnknownValue } from '../evaluation/unknown';
import type { Value } from './values';

/** A value that is worked out only when somebody asks for it: what a name stands for that is imported from a file. */
export class Deferred {
  #value: Value | undefined;
  #open = false;

  /** @param resolve is asked again as long as what it gives is not known: the module may still be loading. */
  constructor(private readonly resolve: () => Value) {}

  /** Undefined while it is being worked out: a package that imports from itself does not have the name yet. */
  get value(): Value | undefined {
    if (this.#value || this.#open) return this.#value;
    this.#open = true;
    try {
      const value = this.resolve();
      if (value.type !== 'unknown') this.#value = value;
      return value;
    } finally {
      this.#open = false;
    }
  }

  /** The value, where somebody has asked for it already. */
  get known(): Value | undefined {
    return this.#value;
  }
}

const resolved = (entry: Value | Deferred | undefined): Value | undefined =>
  entry instanceof Deferred ? entry.value : entry;

function holdsValues(entries: ReadonlyMap<string, Value | Deferred>): entries is ReadonlyMap<string, Value> {
  for (const entry of entries.values()) if (entry instanceof Deferred) return false;
  return true;
}

type VariablesState = Layer<Value | Deferred>;

/** Names and their values: a scope's variables, an instance's or a class's attributes. */
export class Variables implements Journaled<VariablesState> {
  readonly #map = new LayeredMap<Value | Deferred>();

  get(name: string): Value | undefined {
    return resolved(this.#map.get(name));
  }

  /** Undefined also where nobody has asked for the value yet. */
  known(name: string): Value | undefined {
    const entry = this.#map.get(name);
    return entry instanceof Deferred ? entry.known : entry;
  }

  has(name: string): boolean {
    return this.#map.get(name) !== undefined;
  }

  /** Names whose value nobody has asked for yet are left out. */
  entries(): ReadonlyMap<string, Value> {
    const all = this.#map.entries();
    if (holdsValues(all)) return all;
    const entries = new Map<string, Value>();
    for (const [name, entry] of all) {
      const value = entry instanceof Deferred ? entry.known : entry;
      if (value) entries.set(name, value);
    }
    return entries;
  }

  /** Those too whose value nobody has asked for yet. */
  names(): Iterable<string> {
    return this.#map.entries().keys();
  }

  set(name: string, value: Value | Deferred, journal: Journal): void {
    journal.beforeChange(this);
    this.#map.set(name, value);
  }

  delete(name: string, journal: Journal): boolean {
    journal.beforeChange(this);
    return this.#map.delete(name);
  }

  /** What is there from the start, before any code runs. */
  fill(members: ReadonlyMap<string, Value>): void {
    this.#map.restore({ entries: members, below: undefined });
  }

  capture(): VariablesState {
    return this.#map.snapshot();
  }

  restore(state: VariablesState): void {
    this.#map.restore(state);
  }

  join(a: VariablesState, b: VariablesState, unknown: UnknownValue): void {
    const [inA, inB] = [entriesOf(a), entriesOf(b)];
    this.fill(new Map());
    for (const name of new Set([...inA.keys(), ...inB.keys()])) {
      const [one, other] = [inA.get(name), inB.get(name)];
      if (one && one === other) {
        this.#map.set(name, one);
        continue;
      }
      const value = joinValues(resolved(one), resolved(other), unknown);
      // Named by the place as well: the same name may be joined again elsewhere with another value.
      this.#map.set(name, value === unknown ? { ...unknown, symbol: joinedSymbol(name, unknown) } : value);
    }
  }
}
