import type { Journal, Journaled } from '../evaluation/journal';
import { entriesOf, LayeredMap, type Layer } from '../evaluation/layeredMap';
import { joinedSymbol, type UnknownValue } from '../evaluation/unknown';
import type { Site } from '../text/source';
import type { Interpreter } from './interpreter';
import type { Scope } from './scope';
import type { ClassSyntax, FunctionSyntax, Literal } from './syntax';

/** What a JavaScript expression can be while it is evaluated without being run. Promises are what they give. */
export type Value =
  | Literal
  | ArrayValue
  | ObjectValue
  | FunctionValue
  | BuiltinValue
  | GetterValue
  | ClassValue
  | NamespaceValue
  | UnknownValue;

interface ArrayState {
  readonly items: readonly Value[];
  readonly taint: UnknownValue | undefined;
}

export class ArrayValue implements Journaled<ArrayState> {
  readonly type = 'array';
  /** Why the elements are not known; undefined where they are. */
  taint: UnknownValue | undefined;

  constructor(public items: Value[]) {}

  capture(): ArrayState {
    return { items: [...this.items], taint: this.taint };
  }

  restore({ items, taint }: ArrayState): void {
    this.items = [...items];
    this.taint = taint;
  }

  join(a: ArrayState, b: ArrayState, unknown: UnknownValue): void {
    if (a.taint || b.taint || a.items.length !== b.items.length) {
      this.items = [];
      this.taint = a.taint ?? b.taint ?? { ...unknown, symbol: 'the array' };
      return;
    }
    this.items = a.items.map((item, index) => joinValues(item, b.items[index], unknown));
    this.taint = undefined;
  }
}

interface VariablesState {
  readonly layer: Layer<Value>;
  readonly taint: UnknownValue | undefined;
}

/** Names and their values, in the order in which they were given. */
export class Variables implements Journaled<VariablesState> {
  readonly #map = new LayeredMap<Value>();
  /** Why there may be more, or others, than are known. */
  taint: UnknownValue | undefined;

  get(name: string): Value | undefined {
    return this.#map.get(name);
  }

  entries(): ReadonlyMap<string, Value> {
    return this.#map.entries();
  }

  set(name: string, value: Value, journal: Journal): void {
    journal.beforeChange(this);
    this.#map.set(name, value);
  }

  delete(name: string, journal: Journal): void {
    journal.beforeChange(this);
    this.#map.delete(name);
  }

  spoil(taint: UnknownValue, journal: Journal): void {
    journal.beforeChange(this);
    this.taint = taint;
  }

  /** What is there from the start, before any code runs. */
  fill(members: Iterable<readonly [string, Value]>): void {
    for (const [name, value] of members) this.#map.set(name, value);
  }

  capture(): VariablesState {
    return { layer: this.#map.snapshot(), taint: this.taint };
  }

  restore({ layer, taint }: VariablesState): void {
    this.#map.restore(layer);
    this.taint = taint;
  }

  join(a: VariablesState, b: VariablesState, unknown: UnknownValue): void {
    const [inA, inB] = [entriesOf(a.layer), entriesOf(b.layer)];
    this.restore({ layer: { entries: new Map(), below: undefined }, taint: a.taint ?? b.taint });
    for (const name of new Set([...inA.keys(), ...inB.keys()])) {
      const value = joinValues(inA.get(name), inB.get(name), unknown);
      this.#map.set(name, value === unknown ? { ...unknown, symbol: joinedSymbol(name, unknown) } : value);
    }
  }
}

/** The hidden state of an object of the host's; who made it knows its type. */
export type NativeState = object;

export class ObjectValue {
  readonly type = 'object';
  readonly properties = new Variables();
  /** What the host keeps for itself. */
  native: NativeState | undefined;
  /** Where the values are written that an object literal gave it. */
  sites: Map<string, Site> | undefined;

  constructor(
    readonly cls: ClassValue | undefined,
    /** Where it was made. */
    readonly site: Site,
  ) {}
}

/** A function of the source, with what it closes over. */
export interface FunctionValue {
  readonly type: 'function';
  /** Its own name or, where it has none, the first that it is given; and where that stands. */
  name: string;
  nameSite: Site;
  readonly syntax: FunctionSyntax;
  readonly scope: Scope;
  /** The class in whose body it stands: what `super` starts from. */
  readonly owner: ClassValue | undefined;
  readonly site: Site;
}

/** What a function of ours is called with. */
export interface Call {
  readonly interpreter: Interpreter;
  readonly receiver: Value;
  readonly arguments: readonly Value[];
  /** Set where an array of unknown content was spread: any argument that is not seen may be in there. */
  readonly hidden?: UnknownValue | undefined;
  /** The call in the source. */
  readonly site: Site;
}

export interface BuiltinValue {
  readonly type: 'builtin';
  readonly name: string;
  readonly call: (call: Call) => Value;
}

/** A property that is computed when it is asked for. */
export interface GetterValue {
  readonly type: 'getter';
  readonly getter: FunctionValue;
}

export interface FieldSyntaxValue {
  readonly name: string;
  readonly evaluate: (instance: ObjectValue) => Value;
}

export interface ClassValue {
  readonly type: 'class';
  readonly name: string;
  readonly base: ClassValue | undefined;
  /** A base that is not known: what is not found may still be there. */
  readonly unknownBase: UnknownValue | undefined;
  readonly members: ReadonlyMap<string, Value>;
  readonly statics: Variables;
  readonly fields: readonly FieldSyntaxValue[];
  /** The constructor of the source or, for a class of ours, what gives a new instance its hidden state. */
  readonly construct: FunctionValue | ((instance: ObjectValue, call: Call) => void) | undefined;
  readonly syntax: ClassSyntax | undefined;
  readonly site: Site | undefined;
}

export interface NamespaceValue {
  readonly type: 'namespace';
  readonly name: string;
  /** Undefined where it does not have (or we do not know) that name. */
  readonly get: (name: string) => Value | undefined;
}

export const undefinedValue: Value = { type: 'undefined' };
export const boolean = (value: boolean): Value => ({ type: 'boolean', value });
export const number = (value: number): Value => ({ type: 'number', value });
export const string = (value: string): Value => ({ type: 'string', value });
export const builtin = (name: string, call: BuiltinValue['call']): BuiltinValue => ({ type: 'builtin', name, call });

export const isNothing = ({ type }: Value): boolean => type === 'undefined' || type === 'null';

export function numberOf(value: Value | undefined): number | undefined {
  return value?.type === 'number' ? value.value : undefined;
}

/** Whether a class is another, or derives from it. */
export function derivesFrom(cls: ClassValue | undefined, base: ClassValue): boolean {
  for (let one = cls; one; one = one.base) if (one === base) return true;
  return false;
}

/** The value after either of two branches: theirs where they agree, else unknown. */
export function joinValues(a: Value | undefined, b: Value | undefined, unknown: UnknownValue): Value {
  return a && b && sameValue(a, b) ? a : unknown;
}

/** `a === b` as far as code can tell; unknown values are the same where their symbols are. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.type !== b.type) return false;
  switch (a.type) {
    case 'undefined':
    case 'null':
      return true;
    case 'boolean':
    case 'number':
    case 'string':
      return 'value' in b && Object.is(a.value, b.value);
    case 'unknown':
      return b.type === 'unknown' && a.symbol === b.symbol;
    default:
      return false;
  }
}
