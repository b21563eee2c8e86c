import type { Journal } from './journal';
import { Variables, type ClassValue, type Value } from './values';

/** Where names live while a module, a class body, a function or a comprehension is evaluated. */
export class Scope {
  readonly variables: Variables;
  readonly #elsewhere = new Map<string, Scope>();

  constructor(
    readonly kind: 'builtins' | 'module' | 'class' | 'function' | 'comprehension',
    readonly parent: Scope | undefined,
    variables = new Variables(),
    /** Of a function: what `super()` in it needs. */
    readonly method?: { readonly owner: ClassValue | undefined; readonly receiver: Value | undefined },
    /** Of a class body: the class that is being made. */
    readonly cls?: ClassValue,
  ) {
    this.variables = variables;
  }

  lookup(name: string): Value | undefined {
    const bound = this.#elsewhere.get(name);
    if (bound) return bound.variables.get(name);
    const own = this.variables.get(name);
    if (own) return own;
    // Functions do not see the names of the class body around them.
    for (let scope = this.parent; scope; scope = scope.parent) {
      if (scope.kind === 'class' && this.kind !== 'comprehension') continue;
      const value = scope.#elsewhere.get(name)?.variables.get(name) ?? scope.variables.get(name);
      if (value) return value;
    }
    return undefined;
  }

  assign(name: string, value: Value, journal: Journal): void {
    (this.#elsewhere.get(name) ?? this).variables.set(name, value, journal);
  }

  /** `global` and `nonlocal`. */
  bindElsewhere(name: string, binding: 'global' | 'nonlocal'): void {
    const fits = (scope: Scope): boolean =>
      binding === 'global' ? scope.kind === 'module' : scope.kind === 'function' && scope.variables.has(name);
    for (let scope = this.parent; scope; scope = scope.parent)
      if (fits(scope)) {
        this.#elsewhere.set(name, scope);
        return;
      }
  }

  /** The nearest function's scope around (comprehensions left out): whose method this is. */
  get enclosingMethod(): Scope['method'] {
    return this.method ?? this.parent?.enclosingMethod;
  }

  /** Where `:=` in a comprehension binds. */
  get outsideComprehensions(): Scope {
    return this.kind === 'comprehension' && this.parent ? this.parent.outsideComprehensions : this;
  }
}
