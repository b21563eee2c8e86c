import type { Call, UnknownValue, Value } from './values';

/** The arguments of a call of a function of ours, found by the names of its parameters. */
export class CallArguments {
  readonly #values = new Map<string, Value>();

  /** @param names in the order of the signature; without `self`. */
  constructor(
    readonly call: Call,
    names: readonly string[],
    skip = 0,
  ) {
    const positional = call.positional.slice(skip);
    for (const [index, name] of names.entries()) {
      const value = positional[index] ?? call.keywords.get(name) ?? this.#hidden(name);
      if (value) this.#values.set(name, value);
    }
  }

  #hidden(name: string): UnknownValue | undefined {
    return this.call.hidden && { ...this.call.hidden, symbol: `${this.call.hidden.symbol} (${name})` };
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Undefined where it is not given. */
  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** A required argument. One that is missing is unknown. */
  value(name: string): Value {
    return this.#values.get(name) ?? this.call.interpreter.unknown(name, 'is an argument that is missing');
  }
}
