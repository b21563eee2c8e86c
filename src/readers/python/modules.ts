import type { FileProvider } from '../text/files';
import type { Interpreter } from './interpreter';
import { asLimit, type Limits } from '../evaluation/limits';
import { executeModule } from './moduleBody';
import { QuietCode } from './quietCode';
import { ModuleFiles } from './resolution';
import { Registrations } from './registrations';
import { ModuleScope, Scope } from './scope';
import type { SourceText } from '../text/source';
import type { ModulePart } from './syntax';
import { text, unknown, type ModuleValue, type Value } from './values';
import { Deferred } from './variables';
import { waitingParts, type Reading } from './waitingParts';

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
  readonly #registrations = new Registrations();
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
    return this.#valueOf(this.#files.absolute(name, importer)) ?? host.knownModule?.(name, this.interpreter)?.standIn;
  }

  /** The file of a module by its absolute name, as it is found from another. */
  source(name: string, importer: SourceText): SourceText | undefined {
    return this.#files.absolute(name, importer);
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

  /** What is known of a file before it is read. */
  #ours(source: SourceText): ModuleValue | undefined {
    const { host } = this.interpreter;
    return host.knownModule?.(this.nameOf(source), this.interpreter)?.ours;
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
    const ours = this.#ours(source);
    return {
      type: 'module',
      name: this.nameOf(source),
      get: (name) => {
        this.interpreter.budget.spend();
        const known = ours?.get(name);
        if (known) return known;
        if (source.text.includes(name)) return this.#handedOut(source, scope().exported(name)) ?? submodule(name);
        // A name that the text does not hold can only be a module beside it, or come from one by star.
        return submodule(name) ?? (source.text.includes('import *') ? scope().exported(name) : undefined);
      },
      set: (name, value) => scope().variables.set(name, value, this.interpreter.journal),
      names: () => scope().starNames(),
      starred: (name) => {
        this.interpreter.budget.spend();
        // A text that does not hold the name need not be parsed, unless it gets names from others in the same way.
        if (!source.text.includes(name) && !source.text.includes('import *')) return undefined;
        return this.#handedOut(source, scope().starred(name));
      },
    };
  }

  /** Who has what a module keeps may ask it at any time. */
  #handedOut(source: SourceText, value: Value | undefined): Value | undefined {
    if (value && !isCode(value)) this.#registrations.close(source);
    return value;
  }

  /** @param announce is told the scope before its code runs: modules that import each other see what there is so far */
  #load(source: SourceText, announce: (scope: ModuleScope) => void): ModuleScope {
    const { interpreter } = this;
    const scope = new ModuleScope(source, new Scope('builtins', undefined, interpreter.builtins));
    announce(scope);
    this.#apart(source, () => {
      scope.variables.set('__name__', text(this.nameOf(source)), interpreter.journal);
      this.execute(scope, interpreter.budget.limits, 'library');
    });
    return scope;
  }

  /** Execute a file in its scope: what does no more than define a name waits until the name is asked for. */
  execute(scope: ModuleScope, limits: Limits, as: Reading): void {
    const { interpreter } = this;
    const parts = this.parse(scope.source);
    const waits = waitingParts(parts, as);
    const quiet = new QuietCode(scope, interpreter.builtins);
    const executeQuiet = (): void => {
      for (const { statements } of quiet.take()) executeModule(interpreter, statements, scope, limits);
    };
    for (const part of parts) {
      const { name, registrar } = part.section;
      // What a library defines at length waits name by name: one table of it may be asked for while another is filled.
      const given = as === 'program' ? quiet.wait(part) : undefined;
      if (given) for (const one of given) this.#putOff(one, executeQuiet, scope);
      else {
        if (quiet.isDisturbedBy(part)) executeQuiet();
        const told = registrar === undefined ? undefined : this.#toldBy(registrar, scope);
        const run = (): void => executeModule(interpreter, part.statements, scope, limits);
        if (registrar !== undefined ? !told : !waits(part)) run();
        else if (name !== undefined) this.#putOff(name, run, scope, told);
        else if (told) this.#registrations.add(told, () => this.#apart(scope.source, run));
      }
    }
  }

  /** Functions of a file that nobody has asked for yet. */
  waiting(scope: ModuleScope): readonly ModulePart[] {
    return this.parse(scope.source).filter(
      ({ section: { kind, name } }) =>
        kind === 'function' && name !== undefined && scope.variables.has(name) && !scope.variables.known(name),
    );
  }

  /** Something of a file is used: what it has to be told first, it is told. */
  used(source: SourceText): void {
    this.#registrations.settle(source);
  }

  /** The file that a function comes from which is called to tell it of something; undefined where it is not so simple. */
  #toldBy(registrar: string, scope: ModuleScope): SourceText | undefined {
    const callee = scope.lookup(registrar);
    const source = callee?.type === 'function' ? callee.site.source : undefined;
    return source === scope.source ? undefined : source;
  }

  /** @param code gives the name its value */
  #putOff(name: string, code: () => void, scope: ModuleScope, told?: SourceText): void {
    const site = { source: scope.source, start: 0, end: 0 };
    let defined = false;
    const define = (): void => {
      if (defined) return;
      this.#apart(scope.source, () => {
        defined = true;
        code();
      });
    };
    const deferred = new Deferred(() => {
      if (told) this.#registrations.settle(told);
      define();
      return scope.variables.known(name) ?? unknown(name, 'is not defined, as its definition is not followed', site);
    });
    scope.variables.set(name, deferred, this.interpreter.journal);
    if (told) this.#registrations.add(told, define);
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

const isCode = ({ type }: Value): boolean =>
  type === 'function' || type === 'class' || type === 'module' || type === 'builtin' || type === 'str';
