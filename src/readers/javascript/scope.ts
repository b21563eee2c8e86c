import type { Journal } from '../evaluation/journal';
import type { SourceText } from '../text/source';
import { Variables, type ClassValue, type Value } from './values';

/** The variables of a module, a function or a block, and those around it. */
export class Scope {
  readonly variables = new Variables();

  constructor(
    readonly kind: 'builtins' | 'module' | 'function' | 'block',
    readonly source: SourceText,
    readonly around: Scope | undefined,
    /** Of a function with a `this` of its own: the class in whose body it stands. */
    readonly owner?: ClassValue,
  ) {}

  block(): Scope {
    return new Scope('block', this.source, this);
  }

  /** The class from whose base `super` is taken. */
  get home(): ClassValue | undefined {
    return this.owner ?? this.around?.home;
  }

  /** The value of a name; undefined where nothing of this name is declared. */
  find(name: string): Value | undefined {
    return this.#declaring(name)?.variables.get(name);
  }

  declare(name: string, value: Value, journal: Journal): void {
    this.variables.set(name, value, journal);
  }

  /** Give a declared name a new value; one that is declared nowhere becomes a variable of the module. */
  assign(name: string, value: Value, journal: Journal): void {
    (this.#declaring(name) ?? this.module).variables.set(name, value, journal);
  }

  /** Where a `var` belongs. */
  get function(): Scope {
    return this.kind === 'block' && this.around ? this.around.function : this;
  }

  get module(): Scope {
    return this.kind === 'module' || !this.around ? this : this.around.module;
  }

  #declaring(name: string): Scope | undefined {
    if (this.variables.get(name) !== undefined) return this;
    let { around } = this;
    while (around && around.variables.get(name) === undefined) around = around.around;
    return around;
  }
}
