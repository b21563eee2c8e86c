import { CheckpointError } from '../error';
import type { PickleInput } from './input';
import { isKind, type PickleCall, type PickleValue } from './value';

/** A pickle is a program for a machine of a stack, marks on it, and a memo. */
export class PickleMachine {
  readonly called = new Set<string>();
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(readonly input: PickleInput) {}

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    if (value === undefined) throw new CheckpointError('its pickle takes from an empty stack');
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** All above the last mark, which is taken, too. */
  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new CheckpointError('its pickle misses a mark');
    return this.#stack.splice(mark);
  }

  /** Takes the topmost value, or a mark with nothing above it. */
  discard(): void {
    if (this.#marks.at(-1) === this.#stack.length && this.#marks.length > 0) this.#marks.pop();
    else this.pop();
  }

  remember(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new CheckpointError('its pickle refers to what it has not described');
    this.push(value);
  }

  call(callee: PickleValue, args: PickleValue): void {
    if (isKind(callee, 'global')) this.called.add(`${callee.module}.${callee.name}`);
    else this.called.add('something that is computed');
    this.push({ kind: 'call', callee, arguments: args, state: undefined, items: [], entries: [] });
  }

  /** Adds to the list, set or object on the top. */
  append(values: readonly PickleValue[]): void {
    const target = this.top();
    if (isKind(target, 'list') || isKind(target, 'set') || isKind(target, 'call'))
      for (const value of values) target.items.push(value);
    else throw new CheckpointError('its pickle appends to what is no list');
  }

  /** Adds keys and values, which alternate, to the dictionary or object on the top. */
  setItems(flat: readonly PickleValue[]): void {
    const target = this.top();
    if (!isKind(target, 'dict') && !isKind(target, 'call'))
      throw new CheckpointError('its pickle sets items of what is no dictionary');
    addEntries(target.entries, flat);
  }

  build(state: PickleValue): void {
    const target = this.top();
    if (isKind(target, 'global'))
      throw new CheckpointError(`its pickle wants to change ${target.module}.${target.name}`);
    if (!isKind(target, 'call')) throw new CheckpointError('its pickle sets the state of what is no object');
    target.state = state;
  }
}

export function addEntries(entries: PickleCall['entries'], flat: readonly PickleValue[]): void {
  if (flat.length % 2 !== 0) throw new CheckpointError('its pickle has a key without a value');
  for (let index = 0; index < flat.length; index += 2) entries.push([flat[index] ?? null, flat[index + 1] ?? null]);
}
