import type { Journal, Journaled } from '../evaluation/journal';
import { LayeredMap, entriesOf, type Layer } from '../evaluation/layeredMap';
import { joinedSymbol, type UnknownValue } from '../evaluation/unknown';
import { hashKey, joinValues } from './sameness';
import type { Scope } from './scope';
import type { Site } from '../text/source';
import type { ClassSyntax, Expression, FunctionSyntax, Literal, Parameter, Statement } from './syntax';
import type { Interpreter } from './interpreter';

export { reasonOf, shownSymbol, unknown, type UnknownValue } from '../evaluation/unknown';

/** What a Python expression can be while it is evaluated without being run. */
export type Value =
  | Literal
  | TupleValue
  | ListValue
  | DictValue
  | SetValue
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

  constructor(public entries = new Map<string, readonly [Value, Value]>()) {}

  get(key: Value): Value | undefined {
    const hash = hashKey(key);
    return hash === undefined ? undefined : this.entries.get(hash)?.[1];
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

export interface SetValue {
  readonly type: 'set';
  readonly items: ReadonlyMap<string, Value>;
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
  /** What a star import brings. */
  readonly names: () => Iterable<string>;
  /** Of a file: what a star import brings under that name. */
  readonly starred?: (name: string) => Value | undefined;
}

/** A value that is worked out only when somebody asks for it: what a name stands for that is imported from a file. */
export class Deferred {
  #value: Value | undefined;

  /** @param resolve is asked again as long as what it gives is not known: the module may still be loading. */
  constructor(private readonly resolve: () => Value) {}

  get value(): Value {
    if (this.#value) return this.#value;
    const value = this.resolve();
    if (value.type !== 'unknown') this.#value = value;
    return value;
  }

  /** The value, where somebody has asked for it already. */
  get known(): Value | undefined {
    return this.#value;
  }
}

const resolved = (entry: Value | Deferred | undefined): Value | undefined =>
  entry instanceof Deferred ? entry.value : entry;

type VariablesState = Layer<Value | Deferred>;

/** Names and their values: a scope's variables, an instance's or a class's attributes. */
export class Variables implements Journaled<VariablesState> {
  readonly #map = new LayeredMap<Value | Deferred>();

  get(name: string): Value | undefined {
    return resolved(this.#map.get(name));
  }

  has(name: string): boolean {
    return this.#map.get(name) !== undefined;
  }

  /** Names whose value nobody has asked for yet are left out. */
  entries(): ReadonlyMap<string, Value> {
    const all = this.#map.entries();
    const entries = new Map<string, Value>();
    for (const [name, entry] of all) {
      const value = entry instanceof Deferred ? entry.known : entry;
      if (value) entries.set(name, value);
    }
    return entries;
  }

  /** Those too whose value nobody has asked for yet. */
  names(): Iterable<string> {
    return this.#map.entries().keys();
  }

  set(name: string, value: Value | Deferred, journal: Journal): void {
    journal.beforeChange(this);
    this.#map.set(name, value);
  }

  delete(name: string, journal: Journal): boolean {
    journal.beforeChange(this);
    return this.#map.delete(name);
  }

  /** What is there from the start, before any code runs. */
  fill(members: ReadonlyMap<string, Value>): void {
    this.#map.restore({ entries: members, below: undefined });
  }

  capture(): VariablesState {
    return this.#map.snapshot();
  }

  restore(state: VariablesState): void {
    this.#map.restore(state);
  }

  join(a: VariablesState, b: VariablesState, unknown: UnknownValue): void {
    const [inA, inB] = [entriesOf(a), entriesOf(b)];
    this.fill(new Map());
    for (const name of new Set([...inA.keys(), ...inB.keys()])) {
      const [one, other] = [inA.get(name), inB.get(name)];
      if (one && one === other) {
        this.#map.set(name, one);
        continue;
      }
      const value = joinValues(resolved(one), resolved(other), unknown);
      // Named by the place as well: the same name may be joined again elsewhere with another value.
      this.#map.set(name, value === unknown ? { ...unknown, symbol: joinedSymbol(name, unknown) } : value);
    }
  }
}

export const none: Value = { type: 'none' };
export const bool = (value: boolean): Value => ({ type: 'bool', value });
export const text = (value: string): Value => ({ type: 'str', value });
export const float = (value: number): Value => ({ type: 'float', value });
export const tuple = (items: readonly Value[], fields?: readonly string[]): TupleValue => ({
  type: 'tuple',
  items,
  ...(fields ? { fields } : {}),
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
