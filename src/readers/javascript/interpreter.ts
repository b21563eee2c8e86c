import { Journal } from '../evaluation/journal';
import type { Deadline } from '../evaluation/deadline';
import { Budget, Exhausted, type Limits } from '../evaluation/limits';
import { unknown, type UnknownValue } from '../evaluation/unknown';
import { lineText, spanOf, type Site } from '../text/source';
import { callValue, constructValue } from './calls';
import { evaluate } from './expressions';
import { iterate } from './iteration';
import type { Modules } from './modules';
import type { Scope } from './scope';
import { execute, type Signal } from './statements';
import type { Expression, FunctionSyntax, Statement } from './syntax';
import { ObjectValue, type Call, type ClassValue, type FunctionValue, type NamespaceValue, type Value } from './values';

/** What the world outside of the language adds. */
export interface Host {
  /** A package by its name; undefined where we do not know it. */
  importModule(name: string): NamespaceValue | undefined;
  /** A name that nobody declares. */
  global(name: string): Value | undefined;
  /** An object is given a name. */
  bound?(name: string, object: ObjectValue, target: Site): void;
  /** A member of an object that is neither its own nor its class's. */
  objectMember?(object: ObjectValue, name: string): Value | undefined;
  /** An object is made by a class. */
  constructed?(object: ObjectValue, call: Call): void;
  /** Something that is not known is called. Undefined: the result is simply unknown. */
  unknownCall?(callee: UnknownValue, call: Call): Value | undefined;
  /** Grows whenever something happens that the host waits for: loops that make it grow are followed for longer. */
  progress(): number;
}

/**
 * Evaluates JavaScript on abstract values: what the source tells is computed, what it does not tell is `unknown` and spreads.
 * Nothing is run. Work is bounded by a {@link Budget}; reaching a limit throws `Exhausted`.
 */
export class Interpreter {
  readonly journal = new Journal();
  budget: Budget;
  /** The call or operation of the source that is being evaluated. */
  site: Site;
  /** Calls that are open. */
  depth = 0;
  /** The functions of the source that have been called. */
  readonly called = new Set<FunctionSyntax>();
  /** The functions and classes that have been made, in order. */
  readonly functions: FunctionValue[] = [];
  readonly classes: ClassValue[] = [];
  readonly #namedAfter = new Map<string, string>();

  constructor(
    readonly host: Host,
    /** The file that is read, and those that it imports. */
    readonly modules: Modules,
    readonly limits: Limits,
    /** When reading must be over. */
    readonly deadline: Deadline,
    start: Site,
  ) {
    this.budget = new Budget(limits, deadline);
    this.site = start;
  }

  /** Begin anew with the steps, in the time that is left. */
  refill(): void {
    this.budget = new Budget(this.limits, this.deadline);
    this.depth = 0;
  }

  evaluate(expression: Expression, scope: Scope): Value {
    return evaluate(this, expression, scope);
  }

  execute(statements: readonly Statement[], scope: Scope): Signal | undefined {
    return execute(this, statements, scope);
  }

  call(callee: Value, receiver: Value, given: readonly Value[], hidden?: UnknownValue): Value {
    return callValue(this, callee, { interpreter: this, receiver, arguments: given, hidden, site: this.site });
  }

  /** `new callee(…)`. */
  construct(callee: Value, given: readonly Value[], hidden?: UnknownValue): Value {
    return constructValue(this, callee, given, hidden);
  }

  /** The elements of something that can be iterated over, or why they are not known. */
  iterate(value: Value): readonly Value[] | UnknownValue {
    return iterate(this, value);
  }

  newObject(cls?: ClassValue): ObjectValue {
    const object = new ObjectValue(cls, this.site);
    this.journal.made(object.properties);
    return object;
  }

  /** Go one level deeper. @throws Exhausted where that is too deep */
  nested<T>(body: () => T): T {
    if (this.depth >= this.limits.depth) throw new Exhausted('nesting');
    this.depth++;
    try {
      return body();
    } finally {
      this.depth--;
    }
  }

  /** The value as it is known by the name it is given: `units` rather than the call that made it. */
  named(value: Value, name: string): Value {
    if (value.type !== 'unknown' || !/[(\s.[]/.test(value.symbol)) return value;
    const other = this.#namedAfter.get(name);
    const subject = value.subject ?? value.symbol;
    // Equal symbols stand for equal values: a name that is given again to something else is told apart by its line.
    if (other !== undefined && other !== value.symbol)
      return { ...value, subject, symbol: `${name} (${lineText(this.site)})` };
    this.#namedAfter.set(name, value.symbol);
    return { ...value, subject, symbol: name };
  }

  /** An unknown value that arises here. */
  unknown(symbol: string, cause: string): UnknownValue {
    return unknown(symbol, cause, this.site);
  }

  /** Where the source is at. */
  get span(): ReturnType<typeof spanOf> {
    return spanOf(this.site);
  }
}
