import type { Journal } from '../evaluation/journal';
import type { SourceText } from '../text/source';
import type { ClassValue, ModuleValue, Value } from './values';
import { Variables, type Deferred } from './variables';

/** Where names live while a module, a class body, a function or a comprehension is evaluated. */
export class Scope {
  readonly variables: Variables;
  /** Names of `global` and `nonlocal`: few functions have any. */
  #elsewhere: Map<string, Scope> | undefined;

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
    const bound = this.#elsewhere?.get(name);
    if (bound) return bound.own(name);
    const own = this.own(name);
    if (own) return own;
    // Functions do not see the names of the class body around them.
    for (let scope = this.parent; scope; scope = scope.parent) {
      if (scope.kind === 'class' && this.kind !== 'comprehension') continue;
      const value = scope.#elsewhere?.get(name)?.own(name) ?? scope.own(name);
      if (value) return value;
    }
    return undefined;
  }

  /** What the name is in this very scope. */
  protected own(name: string): Value | undefined {
    return this.variables.get(name);
  }

  assign(name: string, value: Value | Deferred, journal: Journal): void {
    (this.#elsewhere?.get(name) ?? this).variables.set(name, value, journal);
  }

  /** `global` and `nonlocal`. */
  bindElsewhere(name: string, binding: 'global' | 'nonlocal'): void {
    const fits = (scope: Scope): boolean =>
      binding === 'global' ? scope.kind === 'module' : scope.kind === 'function' && scope.variables.has(name);
    for (let scope = this.parent; scope; scope = scope.parent)
      if (fits(scope)) {
        (this.#elsewhere ??= new Map<string, Scope>()).set(name, scope);
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

/** Where the names of one file live. */
export class ModuleScope extends Scope {
  /** Modules of files whose names a star import brings, in the order of the imports; looked up when a name is missing. */
  readonly stars: (() => ModuleValue | undefined)[] = [];
  /** What the module says to type checkers only: where it hands out its names in a way that is not followed, they are these. */
  hints: (() => ModuleScope) | undefined;
  /** Names that are being looked for: modules may import each other's names by star. */
  readonly #sought = new Set<string>();

  constructor(
    readonly source: SourceText,
    builtins: Scope,
  ) {
    super('module', builtins);
  }

  /** What the module offers under a name. */
  exported(name: string): Value | undefined {
    return this.own(name);
  }

  /** What a star import of the module brings under a name. */
  starred(name: string): Value | undefined {
    const listed = this.#listed();
    return (listed ? listed.includes(name) : !name.startsWith('_')) ? this.own(name) : undefined;
  }

  /** The names that a star import brings: `__all__`, else all that do not begin with an underscore. */
  starNames(): readonly string[] {
    const listed = this.#listed();
    if (listed) return listed;
    const names = [...this.variables.names(), ...this.stars.flatMap((module) => [...(module()?.names() ?? [])])];
    return [...new Set(names)].filter((name) => !name.startsWith('_'));
  }

  #listed(): readonly string[] | undefined {
    const all = this.variables.get('__all__');
    const items = all?.type === 'tuple' || (all?.type === 'list' && !all.taint) ? all.items : undefined;
    return items?.flatMap((item) => (item.type === 'str' ? item.value : []));
  }

  protected override own(name: string): Value | undefined {
    const own = super.own(name);
    if (own || this.#sought.has(name)) return own;
    this.#sought.add(name);
    try {
      for (const module of [...this.stars].reverse()) {
        const value = module()?.starred?.(name);
        if (value) return value;
      }
      return this.hints?.().own(name);
    } finally {
      this.#sought.delete(name);
    }
  }
}

/** The file in whose module a scope lies. */
export function sourceOf(scope: Scope): SourceText | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at instanceof ModuleScope) return at.source;
  return undefined;
}
