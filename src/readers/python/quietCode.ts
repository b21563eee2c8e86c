import type { Scope } from './scope';
import { standardModules } from './library/standard';
import { namesOf, type Names } from './parsing/names';
import { plainWords } from './parsing/sections';
import type { ModulePart, Statement } from './syntax';
import type { ClassValue, FunctionValue, Value } from './values';
import type { Variables } from './variables';

/** Definitions that are looked into before code counts as not quiet. */
const mostDefinitions = 60;

/** Functions by which code may reach what it does not name. */
const reachingFar = new Set([
  'eval',
  'exec',
  'globals',
  'locals',
  'vars',
  'getattr',
  'setattr',
  'delattr',
  '__import__',
]);

let standard: WeakSet<Value> | undefined;

/** Classes and functions of the standard library. */
function standardValues(): WeakSet<Value> {
  standard ??= new WeakSet(
    [...standardModules.values()].flatMap((module) => [...module.names()].flatMap((name) => module.get(name) ?? [])),
  );
  return standard;
}

const quietStatements: ReadonlySet<Statement['kind']> = new Set(['assign', 'annotated', 'augmented', 'delete', 'pass']);

/**
 * Code of a module that fills tables: from plain values, by functions that do nothing else. It can make no model and tells nobody, so nothing of
 * it need be executed before a name is asked for that it gives a value to. A file of timm holds a thousand lines of it.
 */
export class QuietCode {
  readonly #seen = new Map<object, boolean>();
  /** Parts that define a function, as far as they have come by. */
  readonly #functions = new Map<string, ModulePart>();
  /** Names that waiting code gives a value to. */
  readonly #given = new Set<string>();
  /** Names that it uses, be it by functions of the module. */
  readonly #mentioned = new Set<string>();
  #waiting: ModulePart[] = [];

  /**
   * @param scope of the module
   * @param builtins what every module knows by name
   */
  constructor(
    private readonly scope: Scope,
    private readonly builtins: Variables,
  ) {}

  /** Take a part of the module. If it is quiet it waits from now on, and the names that it gives a value to are told; only with a long table does that begin. */
  wait(part: ModulePart): readonly string[] | undefined {
    const { kind, name } = part.section;
    if (kind === 'function' && name !== undefined) this.#functions.set(name, part);
    let given: readonly string[];
    let mentioned: Iterable<string>;
    if (kind === 'value' && name !== undefined) {
      given = [name];
      mentioned = plainWords(part.text);
    } else {
      if (this.#waiting.length === 0 || kind !== 'code' || part.section.registrar !== undefined) return undefined;
      const { names, statements } = part;
      if (![...names.mentioned].some((word) => this.#given.has(word))) return undefined;
      if (!part.parses || !statements.every((statement) => isQuietStatement(statement, this.#given))) return undefined;
      given = [...names.given];
      mentioned = names.mentioned;
    }
    const words = new Set(mentioned);
    for (const word of [...given, ...this.#given]) words.delete(word);
    if (!this.#areQuietNames(words, this.scope)) return undefined;
    this.#waiting.push(part);
    for (const word of given) this.#given.add(word);
    return given;
  }

  /** Whether a part that is executed now gives another value to a name that waiting code uses. */
  isDisturbedBy(part: ModulePart): boolean {
    if (this.#waiting.length === 0) return false;
    const { name, kind } = part.section;
    const given = kind === 'code' ? part.names.given : name === undefined ? [] : [name];
    for (const word of given) if (this.#mentioned.has(word) || this.#given.has(word)) return true;
    return false;
  }

  /** What waits, in the order of the source: it is executed now. */
  take(): readonly ModulePart[] {
    const parts = this.#waiting;
    this.#waiting = [];
    this.#given.clear();
    this.#mentioned.clear();
    return parts;
  }

  #isQuietName(name: string, scope: Scope): boolean {
    if (reachingFar.has(name)) return false;
    if (scope === this.scope) this.#mentioned.add(name);
    const part = scope === this.scope && !this.scope.variables.known(name) ? this.#functions.get(name) : undefined;
    if (part) return this.#once(part, () => !imports(part.text) && this.#isQuietDefinition(part.names, scope));
    const value = scope.lookup(name);
    return value === undefined || value === this.builtins.known(name) || this.#isQuiet(value);
  }

  #isQuiet(value: Value): boolean {
    switch (value.type) {
      case 'none':
      case 'bool':
      case 'int':
      case 'float':
      case 'str':
      case 'range':
        return true;
      case 'builtin':
        return standardValues().has(value);
      case 'tuple':
        return value.items.every((item) => this.#isQuiet(item));
      case 'module':
        return standardModules.get(value.name) === value;
      case 'function':
        return this.#once(value.body, () => this.#isQuietFunction(value));
      case 'class':
        return this.#once(value, () => this.#isQuietClass(value));
      default:
        return false;
    }
  }

  #isQuietFunction({ syntax, scope, site, fallbacks }: FunctionValue): boolean {
    if (!syntax || imports(site.source.slice(site))) return false;
    for (const value of fallbacks.values()) if (!this.#isQuiet(value)) return false;
    return this.#isQuietDefinition(namesOf([{ kind: 'function', ...syntax, start: 0, end: 0 }]), scope);
  }

  /** A function gives no value to a name of its module but its own. */
  #isQuietDefinition({ given, mentioned }: Names, scope: Scope): boolean {
    return given.size === 1 && this.#areQuietNames(mentioned, scope);
  }

  #isQuietClass(cls: ClassValue): boolean {
    const { syntax, bases, unknownBase, metaclass } = cls;
    if (!syntax) return standardValues().has(cls);
    if (unknownBase || metaclass || !bases.every((base) => this.#isQuiet(base))) return false;
    const scope = methodScope(cls);
    return scope === undefined || this.#areQuietNames(namesOf(syntax.body).mentioned, scope);
  }

  #areQuietNames(names: Iterable<string>, scope: Scope): boolean {
    for (const name of names) if (!this.#isQuietName(name, scope)) return false;
    return true;
  }

  /** What uses itself is as quiet as the rest of it. */
  #once(definition: object, look: () => boolean): boolean {
    const known = this.#seen.get(definition);
    if (known !== undefined) return known;
    if (this.#seen.size >= mostDefinitions) return false;
    this.#seen.set(definition, true);
    const quiet = look();
    this.#seen.set(definition, quiet);
    return quiet;
  }
}

/** What is imported may tell anybody. */
const imports = (code: string): boolean => /\bimport\b/.test(code);

/** A call that stands alone is one of a method of a table that waits. */
function isQuietStatement(statement: Statement, tables: ReadonlySet<string>): boolean {
  switch (statement.kind) {
    case 'for':
    case 'if':
      return [...statement.body, ...statement.otherwise].every((one) => isQuietStatement(one, tables));
    case 'expression': {
      const { value } = statement;
      if (value.kind === 'literal') return true;
      if (value.kind !== 'call' || value.callee.kind !== 'attribute') return false;
      const { object } = value.callee;
      return object.kind === 'name' && tables.has(object.name);
    }
    default:
      return quietStatements.has(statement.kind);
  }
}

function methodScope({ attributes }: ClassValue): Scope | undefined {
  for (const value of attributes.entries().values()) if (value.type === 'function') return value.scope;
  return undefined;
}
