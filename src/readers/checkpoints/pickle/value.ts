/**
 * What a pickle describes, as data. Nothing of Python is made of it: where Python would import or call something, there is a
 * `global` or a `call` that says so.
 */
export type PickleValue = null | boolean | number | bigint | string | PickleObject;

export type PickleObject = PickleBytes | PickleSequence | PickleDict | PickleGlobal | PickleCall | PicklePersistent;

/** Bytes by their place: they may be many. */
export interface PickleBytes {
  readonly kind: 'bytes';
  readonly offset: number;
  readonly length: number;
}

export interface PickleSequence {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: PickleValue[];
}

export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: (readonly [key: PickleValue, value: PickleValue])[];
}

/** `module.name`, which Python would import. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
}

/** What Python would make by a call, and then fill. */
export interface PickleCall {
  readonly kind: 'call';
  readonly callee: PickleValue;
  readonly arguments: PickleValue;
  /** What `__setstate__` would be given. */
  state: PickleValue | undefined;
  readonly items: PickleValue[];
  readonly entries: (readonly [key: PickleValue, value: PickleValue])[];
}

/** What is stored outside of the pickle. */
export interface PicklePersistent {
  readonly kind: 'persistent';
  readonly id: PickleValue;
}

export function isKind<Kind extends string>(
  value: PickleValue | undefined,
  kind: Kind,
): value is PickleObject & { readonly kind: Kind } {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** The items of a tuple or a list. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  return isKind(value, 'tuple') || isKind(value, 'list') ? value.items : undefined;
}

/** `module.name` of what is called or named. */
export function globalName(value: PickleValue | undefined): string | undefined {
  return isKind(value, 'global') ? `${value.module}.${value.name}` : undefined;
}
