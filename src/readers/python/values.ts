import type { Journal, Journaled } from '../evaluation/journal';
import { unknown, type UnknownValue } from '../evaluation/unknown';
import { hashKey, joinValues } from './sameness';
import type { Scope } from './scope';
import type { Site } from '../text/source';
import type { ClassSyntax, Expression, FunctionSyntax, Literal, Parameter, Statement } from './syntax';
import type { Interpreter } from './interpreter';
import { Variables } from './variables';

export { reasonOf, shownSymbol, unknown, type UnknownValue } from '../evaluation/unknown';

/** What a Python expression can be while it is evaluated without being run. */
export type Value =
  | Literal
  | TupleValue
  | ListValue
  | DictValue
  | SetValue
  | IteratorValue
  | RangeValue
  | SliceValue
  | FunctionValue
  | BuiltinValue
  | MethodValue
  | PropertyValue
  | StaticMethodValue
  | ClassMethodValue
  | ClassValue
  | InstanceValue
  | SuperValue
  | ModuleValue
  | UnknownValue;

export interface TupleValue {
  readonly type: 'tuple';
  readonly items: readonly Value[];
  /** Of a named tuple. */
  readonly fields?: readonly string[];
  /** The class of a named tuple. */
  readonly cls?: ClassValue;
  /** Elements of all levels, those that occur twice counted twice: what walking through it would cost. */
  readonly weight: number;
}

/** Undefined while the content is known; otherwise why it is not. */
interface Taintable {
  taint: UnknownValue | undefined;
}

interface ListState {
  readonly items: readonly Value[];
  readonly taint: UnknownValue | undefined;
}

export class ListValue implements Taintable, Journaled<ListState> {
  readonly type = 'list';
  taint: UnknownValue | undefined;

  constructor(public items: Value[]) {}

  capture(): ListState {
    return { items: [...this.items], taint: this.taint };
  }

  restore(state: ListState): void {
    this.items = [...state.items];
    this.taint = state.taint;
  }

  join(a: ListState, b: ListState, unknown: UnknownValue): void {
    if (a.taint || b.taint || a.items.length !== b.items.length) {
      this.items = [];
      this.taint = a.taint ?? b.taint ?? { ...unknown, symbol: 'the list' };
      return;
    }
    this.items = a.items.map((item, index) => joinValues(item, b.items[index], unknown));
    this.taint = undefined;
  }
}

interface DictState {
  readonly entries: ReadonlyMap<string, readonly [Value, Value]>;
  readonly taint: UnknownValue | undefined;
}

/** Keys are found by {@link hashKey}. */
export class DictValue implements Taintable, Journaled<DictState> {
  readonly type = 'dict';
  taint: UnknownValue | undefined;

  /** Of a `defaultdict`: what makes the values of new keys. */
  factory: Value | undefined;
  /** Where it is no plain `dict`. */
  cls: ClassValue | undefined;

  constructor(public entries = new Map<string, readonly [Value, Value]>()) {}

  get(key: Value): Value | undefined {
    const hash = hashKey(key);
    return hash === undefined ? undefined : this.entries.get(hash)?.[1];
  }

  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    if (hash === undefined) this.taint ??= doubtOf(key, 'is a key that is not known');
    else this.entries.set(hash, [key, value]);
  }

  remove(key: Value): void {
    const hash = hashKey(key);
    if (hash === undefined) this.taint ??= doubtOf(key, 'is a key that is not known');
    else this.entries.delete(hash);
  }

  capture(): DictState {
    return { entries: new Map(this.entries), taint: this.taint };
  }

  restore(state: DictState): void {
    this.entries = new Map(state.entries);
    this.taint = state.taint;
  }

  join(a: DictState, b: DictState, unknown: UnknownValue): void {
    const sameKeys = a.entries.size === b.entries.size && [...a.entries.keys()].every((key) => b.entries.has(key));
    this.entries = new Map();
    this.taint = a.taint ?? b.taint ?? (sameKeys ? undefined : { ...unknown, symbol: 'the dict' });
    if (this.taint) return;
    for (const [hash, [key, value]] of a.entries)
      this.entries.set(hash, [key, joinValues(value, b.entries.get(hash)?.[1], unknown)]);
  }
}

interface SetState {
  readonly items: ReadonlyMap<string, Value>;
  readonly taint: UnknownValue | undefined;
}

/** Elements are found by {@link hashKey}. */
export class SetValue implements Taintable, Journaled<SetState> {
  readonly type = 'set';
  taint: UnknownValue | undefined;

  constructor(public items = new Map<string, Value>()) {}

  add(item: Value): void {
    const hash = hashKey(item);
    if (hash === undefined) this.taint ??= doubtOf(item, 'is in a set, and is not known');
    else this.items.set(hash, item);
  }

  remove(item: Value): void {
    const hash = hashKey(item);
    if (hash === undefined) this.taint ??= doubtOf(item, 'is taken from a set, and is not known');
    else this.items.delete(hash);
  }

  capture(): SetState {
    return { items: new Map(this.items), taint: this.taint };
  }

  restore(state: SetState): void {
    this.items = new Map(state.items);
    this.taint = state.taint;
  }

  join(a: SetState, b: SetState, unknown: UnknownValue): void {
    const same = a.items.size === b.items.size && [...a.items.keys()].every((key) => b.items.has(key));
    this.items = new Map(a.items);
    this.taint = a.taint ?? b.taint ?? (same ? undefined : { ...unknown, symbol: 'the set' });
  }
}

function doubtOf(value: Value, cause: string): UnknownValue {
  return value.type === 'unknown' ? value : unknown('…', cause);
}

/** What is taken from element by element, once: an iterator, a generator. */
export class IteratorValue implements Taintable, Journaled<number> {
  readonly type = 'iterator';
  taint: UnknownValue | undefined;
  #at = 0;

  /** @param elements all of them, or what the n-th is where they never end */
  constructor(private readonly elements: readonly Value[] | ((index: number) => Value)) {}

  get endless(): boolean {
    return typeof this.elements === 'function';
  }

  /** The next element; undefined at the end. */
  next(journal: Journal): Value | undefined {
    journal.beforeChange(this);
    const index = this.#at++;
    return typeof this.elements === 'function' ? this.elements(index) : this.elements[index];
  }

  /** All that is left; nothing is left afterwards. Of an endless one, nothing. */
  rest(journal: Journal): readonly Value[] {
    if (typeof this.elements === 'function') return [];
    journal.beforeChange(this);
    const left = this.#at === 0 ? this.elements : this.elements.slice(this.#at);
    this.#at = this.elements.length;
    return left;
  }

  capture(): number {
    return this.#at;
  }

  restore(state: number): void {
    this.#at = state;
  }

  join(a: number, b: number, unknown: UnknownValue): void {
    this.#at = a;
    if (a !== b) this.taint ??= { ...unknown, symbol: 'the iterator' };
  }
}

export interface RangeValue {
  readonly type: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

export interface SliceValue {
  readonly type: 'slice';
  readonly lower: Value;
  readonly upper: Value;
  readonly step: Value;
}

/** A function or lambda of the source, with what it closes over. */
export interface FunctionValue {
  readonly type: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[] | Expression;
  readonly generator: boolean;
  readonly broken: boolean;
  /** Evaluated when the function was made; by parameter name. */
  readonly fallbacks: ReadonlyMap<string, Value>;
  readonly scope: Scope;
  /** The class in whose body it stands: what `super()` starts from. */
  readonly owner: ClassValue | undefined;
  readonly syntax: FunctionSyntax | undefined;
  readonly site: Site;
  /** What code hangs on it: `make.registered = True`. */
  readonly attributes: Variables;
}

/** What a function of ours is called with. Arguments are bound by {@link CallArguments}. */
export interface Call {
  readonly interpreter: Interpreter;
  readonly positional: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
  /** Set where `*args` or `**kwargs` of unknown content were handed over: any argument that is not seen may be in there. */
  readonly hidden?: UnknownValue | undefined;
  /** The call in the source. */
  readonly site: Site;
}

export interface BuiltinValue {
  readonly type: 'builtin';
  readonly name: string;
  readonly call: (call: Call) => Value;
  /** Takes its instance as the first argument when it is found through one. */
  readonly method: boolean;
}

export interface MethodValue {
  readonly type: 'method';
  readonly receiver: Value;
  readonly callee: FunctionValue | BuiltinValue;
}

export interface PropertyValue {
  readonly type: 'property';
  readonly getter: Value;
  readonly setter?: Value | undefined;
  /** Asked once; what it gives is kept in the instance. */
  readonly cached?: boolean;
}
export interface StaticMethodValue {
  readonly type: 'staticmethod';
  readonly callee: Value;
}
export interface ClassMethodValue {
  readonly type: 'classmethod';
  readonly callee: Value;
}

export interface ClassValue {
  readonly type: 'class';
  readonly name: string;
  readonly bases: readonly ClassValue[];
  /** Method resolution order, the class itself first (C3 where it exists). */
  readonly order: readonly ClassValue[];
  readonly attributes: Variables;
  /** The class of the class, where the source tells one. */
  readonly metaclass: Value | undefined;
  /** A base that is not known: what is not found may still be there. */
  readonly unknownBase: UnknownValue | undefined;
  /** Makes the hidden state of a new instance, for classes of ours. */
  readonly makeNative: (() => NativeState) | undefined;
  readonly syntax: ClassSyntax | undefined;
  readonly site: Site | undefined;
}

export class InstanceValue {
  readonly type = 'instance';
  readonly attributes = new Variables();

  constructor(
    readonly cls: ClassValue,
    /** The call that made it. */
    readonly site: Site,
    /** What a class of ours keeps for itself. */
    readonly native?: NativeState,
  ) {}
}

/** The hidden state of an instance of a class of ours; who made it knows its type. */
export type NativeState = object;

export interface SuperValue {
  readonly type: 'super';
  readonly owner: ClassValue;
  readonly receiver: Value;
}

export interface ModuleValue {
  readonly type: 'module';
  readonly name: string;
  /** Undefined where the module does not have (or we do not know) that name. */
  readonly get: (name: string) => Value | undefined;
  /** Sets a name of a module of a file from outside. */
  readonly set?: (name: string, value: Value) => void;
  /** What a star import brings. */
  readonly names: () => Iterable<string>;
  /** Of a file: what a star import brings under that name. */
  readonly starred?: (name: string) => Value | undefined;
}

export const none: Value = { type: 'none' };
export const bool = (value: boolean): Value => ({ type: 'bool', value });
export const text = (value: string): Value => ({ type: 'str', value });
export const float = (value: number): Value => ({ type: 'float', value });
export const tuple = (items: readonly Value[], fields?: readonly string[], cls?: ClassValue): TupleValue => ({
  type: 'tuple',
  items,
  ...(fields ? { fields } : {}),
  ...(cls ? { cls } : {}),
  weight: items.reduce((sum, item) => sum + (item.type === 'tuple' ? item.weight : 1), 1),
});

/** An integer; beyond 2⁵³ a float, as near as a double comes. */
export function int(value: number): Value {
  return Number.isSafeInteger(value) ? { type: 'int', value } : { type: 'float', value };
}

/** The number that a value is, booleans as 0 and 1; undefined for everything else. */
export function numberOf(value: Value | undefined): number | undefined {
  switch (value?.type) {
    case 'int':
    case 'float':
      return value.value;
    case 'bool':
      return Number(value.value);
    default:
      return undefined;
  }
}

/** Whether a class is another or derives from it. */
export function isSubclass(cls: ClassValue, base: ClassValue): boolean {
  return cls.order.includes(base);
}
