import { getAttribute, plainAttribute, setAttribute, specialMethod } from './attributes';
import { callValue } from './calls';
import { noAttribute } from './exceptions';
import { evaluate } from './expressions';
import { iterate } from './iteration';
import { Journal } from '../evaluation/journal';
import type { Deadline } from '../evaluation/deadline';
import { Budget, defaultLimits, type Limits } from '../evaluation/limits';
import type { FileProvider } from '../text/files';
import { Modules } from './modules';
import type { Raised } from './raised';
import type { Scope } from './scope';
import { lineText, type Range, type Site, type SourceText } from '../text/source';
import type { Signal } from './signals';
import { execute } from './statements';
import type { Expression, FunctionSyntax, ModulePart, Statement } from './syntax';
import { textOf, truth } from './truth';
import {
  unknown,
  type Call,
  type FunctionValue,
  type InstanceValue,
  type ModuleValue,
  type UnknownValue,
  type Value,
} from './values';
import type { Variables } from './variables';

/** A module that is read from its file, and of which we know some names ourselves. */
export interface KnownModule {
  /** Names that are asked for here before they are looked for in the file. */
  readonly ours: ModuleValue;
  /** The module where there is no file of it. */
  readonly standIn: ModuleValue;
}

/** What the world outside of the language adds. */
export interface Host {
  /** A module of ours by its absolute name; undefined where there is none. */
  importModule(name: string): ModuleValue | undefined;
  /**
   * Under which name a module that belongs to one of ours is looked for in files: a library of which we know the parts that are
   * not written in Python. Undefined: it is not looked for.
   */
  fileModule?(name: string): string | undefined;
  /** What we know of a module that is written in Python, by its full name. */
  knownModule?(name: string, interpreter: Interpreter): KnownModule | undefined;
  /** Runs the code of another file, which is no part of what the host is following. */
  loading?(run: () => void): void;
  /** Runs the constructor of a new instance. */
  construct?(instance: InstanceValue, initialise: () => void): void;
  /** An instance is given a name. */
  bound?(name: string, instance: InstanceValue, target: Range): void;
  /** Grows whenever something happens that the host waits for: loops that make it grow are followed for longer. */
  progress?(): number;
  /** An instance is taken apart into so many names. Undefined: it is iterated over like everything else. */
  unpack?(instance: InstanceValue, count: number, site: Site): readonly Value[] | undefined;
  /** Whether something that is not known is larger than a number all the same. */
  exceeds?(value: UnknownValue, number: number): boolean;
  /** Something that is not known is called. Undefined: the result is simply unknown. */
  unknownCall?(callee: UnknownValue, call: Call): Value | undefined;
}

/** What one reading is made in. */
export interface Surroundings {
  readonly limits?: Limits;
  /** The parts of a file that is imported. */
  readonly parse: (source: SourceText) => readonly ModulePart[];
  readonly files?: FileProvider | undefined;
}

/**
 * Evaluates Python on abstract values: what the source tells is computed, what it does not tell is `unknown` and spreads.
 * Nothing is run. Work is bounded by a {@link Budget}; reaching a limit throws `Exhausted`.
 */
export class Interpreter {
  readonly journal = new Journal();
  budget: Budget;
  /** The call or operation of the source that is being evaluated. */
  site: Site;
  /** The statement that is being executed. */
  statement: Range = { start: 0, end: 0 };
  /** What the handlers of the open `try` statements wait for. */
  guards: readonly Value[] = [];
  /** The exception that is being handled. */
  handling: Raised | undefined;
  /** Calls that are open. */
  depth = 0;
  /** The names of the function whose body is open, the innermost. */
  scope: Scope | undefined;
  /** Functions whose calls are open, by their bodies: how many, and how many doubts there were before the first. */
  readonly open = new Map<FunctionValue['body'], { readonly calls: number; readonly doubts: number }>();
  /** The functions of the source that have been called. */
  readonly called = new Set<FunctionSyntax>();
  /** The file that is read, and those that it imports. */
  readonly modules: Modules;
  readonly #namedAfter = new Map<string, string>();

  constructor(
    readonly host: Host,
    readonly builtins: Variables,
    start: Site,
    /** When reading must be over. */
    readonly deadline: Deadline,
    { limits = defaultLimits, parse, files }: Surroundings,
  ) {
    this.site = start;
    this.budget = new Budget(limits, deadline);
    this.modules = new Modules(this, parse, files, start.source);
  }

  evaluate(expression: Expression, scope: Scope): Value {
    return evaluate(this, expression, scope);
  }

  execute(statements: readonly Statement[], scope: Scope): Signal | undefined {
    return execute(this, statements, scope);
  }

  call(callee: Value, call: Omit<Call, 'interpreter' | 'site'>): Value {
    return callValue(this, callee, { interpreter: this, site: this.site, ...call });
  }

  /** Call with positional arguments only. */
  apply(callee: Value, ...positional: readonly Value[]): Value {
    return this.call(callee, { positional, keywords: noKeywords });
  }

  getAttribute(object: Value, name: string): Value {
    return getAttribute(this, object, name) ?? this.unknown(`.${name}`, 'is not known');
  }

  /** Undefined where there is no such attribute. */
  findAttribute(object: Value, name: string): Value | undefined {
    return getAttribute(this, object, name);
  }

  /**
   * `object.__getattribute__(name)`.
   * @throws Raised where there is no such attribute
   */
  plainAttribute(object: Value, name: string): Value {
    const found = object.type === 'instance' ? plainAttribute(this, object, name) : getAttribute(this, object, name);
    if (!found) throw noAttribute(name, this.site);
    return found;
  }

  /** A method that an operator or a built-in function asks for: that of the class, whatever the instance has. */
  findSpecial(object: Value, name: string): Value | undefined {
    return specialMethod(this, object, name);
  }

  setAttribute(object: Value, name: string, value: Value): void {
    setAttribute(this, object, name, value);
  }

  /** The elements of something that can be iterated over, or why they are not known. */
  iterate(value: Value): readonly Value[] | UnknownValue {
    return iterate(this, value);
  }

  /** `bool(value)`, or why it is not known. */
  truth(value: Value): boolean | UnknownValue {
    return truth(this, value);
  }

  /** `str(value)`; undefined where it is not known. */
  textOf(value: Value): string | undefined {
    if (value.type !== 'instance') return textOf(value);
    const own = this.findSpecial(value, '__str__') ?? this.findSpecial(value, '__repr__');
    const shown = own && this.apply(own);
    return shown?.type === 'str' ? shown.value : undefined;
  }

  /** The value as it is known by the name it is given: `args` rather than the call that made it. */
  named(value: Value, name: string): Value {
    if (value.type !== 'unknown' || !value.symbol.includes('(')) return value;
    const other = this.#namedAfter.get(name);
    // Equal symbols stand for equal values: a name that is given again to something else is told apart by its line.
    if (other !== undefined && other !== value.symbol) return { ...value, symbol: `${name} (${lineText(this.site)})` };
    this.#namedAfter.set(name, value.symbol);
    return { ...value, symbol: name };
  }

  /** An unknown value that arises here. */
  unknown(symbol: string, cause: string): UnknownValue {
    return unknown(symbol, cause, this.site);
  }
}

export const noKeywords: ReadonlyMap<string, Value> = new Map();
