import type { FileProvider } from '../text/files';
import type { Interpreter } from './interpreter';
import { asLimit, type Limits } from '../evaluation/limits';
import { executeModule } from './moduleBody';
import { ModuleFiles } from './resolution';
import { ModuleScope, Scope } from './scope';
import type { SourceText } from '../text/source';
import type { ModulePart } from './syntax';
import { text, unknown, type ModuleValue, type Value } from './values';
import { Deferred } from './variables';

/** Longer files are not read: nobody writes a model in so many lines. */
export const longestText = 1_500_000;
/** Modules whose bodies are open one inside the other. */
const deepestLoading = 50;

/**
 * The modules of one reading: the file itself, and what it imports from other files. A module is parsed and executed when a
 * name of it is asked for, once, whatever is asked from where.
 */
export class Modules {
  readonly #files: ModuleFiles;
  readonly #values = new Map<SourceText, ModuleValue>();
  #open = 0;

  constructor(
    private readonly interpreter: Interpreter,
    private readonly parse: (source: SourceText) => readonly ModulePart[],
    provider: FileProvider | undefined,
    private readonly main: SourceText,
  ) {
    this.#files = new ModuleFiles(provider, main, interpreter.deadline);
  }

  /** The scope of a file that its reader executes itself. */
  newScope(source: SourceText): ModuleScope {
    const scope = new ModuleScope(source, new Scope('builtins', undefined, this.interpreter.builtins));
    this.#values.set(
      source,
      this.#moduleOf(source, () => scope),
    );
    return scope;
  }

  /** `import a.b.c` in a file: a module that we know ourselves before one of a file; undefined where there is none. */
  absolute(name: string, importer: SourceText): ModuleValue | undefined {
    const { host } = this.interpreter;
    const native = host.importModule(name);
    if (native) return native;
    if (this.isOurs(name)) {
      const inFiles = host.fileModule?.(name);
      return inFiles === undefined ? undefined : this.#valueOf(this.#files.absolute(inFiles, importer));
    }
    return this.#valueOf(this.#files.absolute(name, importer));
  }

  /** `from ..a import …` in a file. */
  relative(level: number, name: string, importer: SourceText): ModuleValue | undefined {
    return this.#valueOf(this.#files.relative(level, name, importer));
  }

  /** Whether a module belongs to a package that we know ourselves: then what we do not know of it is not looked for in files. */
  isOurs(name: string): boolean {
    const [head = name] = name.split('.');
    return this.interpreter.host.importModule(head) !== undefined;
  }

  /** A module of a file that is loaded, by its full name. */
  named(name: string): ModuleValue | undefined {
    if (name === '__main__') return this.#values.get(this.main);
    for (const [source, value] of this.#values) if (this.nameOf(source) === name) return value;
    return undefined;
  }

  nameOf(source: SourceText): string {
    return this.#files.moduleName(source);
  }

  #valueOf(source: SourceText | undefined): ModuleValue | undefined {
    if (!source || source.text.length > longestText) return undefined;
    let value = this.#values.get(source);
    if (!value) {
      let scope: ModuleScope | undefined;
      value = this.#moduleOf(source, () => (scope ??= this.#load(source, (made) => (scope = made))));
      this.#values.set(source, value);
    }
    return value;
  }

  #moduleOf(source: SourceText, scope: () => ModuleScope): ModuleValue {
    const submodule = (name: string): Value | undefined => this.#valueOf(this.#files.inside(source, name));
    return {
      type: 'module',
      name: this.nameOf(source),
      get: (name) => {
        this.interpreter.budget.spend();
        if (source.text.includes(name)) return scope().exported(name) ?? submodule(name);
        // A name that the text does not hold can only be a module beside it, or come from one by star.
        return submodule(name) ?? (source.text.includes('import *') ? scope().exported(name) : undefined);
      },
      set: (name, value) => scope().variables.set(name, value, this.interpreter.journal),
      names: () => scope().starNames(),
      starred: (name) => {
        this.interpreter.budget.spend();
        // A text that does not hold the name need not be parsed, unless it gets names from others in the same way.
        if (!source.text.includes(name) && !source.text.includes('import *')) return undefined;
        return scope().starred(name);
      },
    };
  }

  /** @param announce is told the scope before its code runs: modules that import each other see what there is so far */
  #load(source: SourceText, announce: (scope: ModuleScope) => void): ModuleScope {
    const { interpreter } = this;
    const scope = new ModuleScope(source, new Scope('builtins', undefined, interpreter.builtins));
    announce(scope);
    this.#apart(source, () => {
      scope.variables.set('__name__', text(this.nameOf(source)), interpreter.journal);
      this.execute(scope, interpreter.budget.limits);
    });
    return scope;
  }

  /** Execute a file in its scope: what does no more than define a name waits until the name is asked for. */
  execute(scope: ModuleScope, limits: Limits): void {
    const { interpreter } = this;
    for (const { name, statements } of this.parse(scope.source))
      if (name === undefined) executeModule(interpreter, statements(), scope, limits);
      else scope.variables.set(name, this.#deferred(name, statements, scope), interpreter.journal);
  }

  #deferred(name: string, statements: ModulePart['statements'], scope: ModuleScope): Deferred {
    return new Deferred(() => {
      const site = { source: scope.source, start: 0, end: 0 };
      this.#apart(scope.source, () =>
        executeModule(this.interpreter, statements(), scope, this.interpreter.budget.limits),
      );
      return scope.variables.known(name) ?? unknown(name, 'is not defined, as its definition is not followed', site);
    });
  }

  /** Run code of another file, or of another part of the file, so that nothing that is going on is part of it. */
  #apart(source: SourceText, code: () => void): void {
    if (this.#open >= deepestLoading) return;
    const { interpreter } = this;
    const { site, statement, budget, depth, guards, journal } = interpreter;
    const run = (): void =>
      journal.outside(() => {
        interpreter.site = { source, start: 0, end: 0 };
        interpreter.guards = [];
        code();
      });
    this.#open++;
    try {
      if (interpreter.host.loading) interpreter.host.loading(run);
      else run();
    } catch (error) {
      // What has been read of it is there; but where the time is up, nothing more is read.
      const limit = asLimit(error);
      if (!limit || limit.limit === 'time') throw error;
    } finally {
      this.#open--;
      Object.assign(interpreter, { site, statement, budget, depth, guards });
    }
  }
}
