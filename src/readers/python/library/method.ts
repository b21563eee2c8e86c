import type { Call, Value } from '../values';

/** A method of a built-in type: what it is called on, and the call. */
export type Method<T extends Value> = (self: T, call: Call) => Value;
export type MethodTable<T extends Value> = Readonly<Record<string, Method<T>>>;
