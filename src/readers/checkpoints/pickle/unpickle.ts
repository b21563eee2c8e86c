import type { RandomAccess } from '../access';
import { CheckpointError } from '../error';
import { PickleInput } from './input';
import { PickleMachine } from './machine';
import { opcodes } from './opcodes';
import type { PickleValue } from './value';

/** More steps than any checkpoint needs: some forty a tensor. They bound time and memory. */
const maximalSteps = 3_000_000;

/** What a pickle describes, and what it took to say so. */
export interface Unpickled {
  readonly value: PickleValue;
  /** The place after it. */
  readonly end: number;
  /** All that Python would call on loading, as `module.name`. */
  readonly called: ReadonlySet<string>;
}

/**
 * Reads a pickle of any protocol as data. There is nothing here that could import or call: what a pickle wants to be called
 * becomes a `call` that only says so.
 * @throws CheckpointError where it is no whole pickle
 */
export function unpickle(source: RandomAccess, start = 0): Unpickled {
  const machine = new PickleMachine(new PickleInput(source, start));
  for (let step = 0; step < maximalSteps; step++) {
    const code = machine.input.uint8();
    if (code === stop) return { value: machine.pop(), end: machine.input.position, called: machine.called };
    const run = opcodes.get(code);
    if (run === undefined)
      throw new CheckpointError(`its pickle has the unknown opcode 0x${code.toString(16).padStart(2, '0')}`);
    run(machine);
  }
  throw new CheckpointError(`its pickle takes more than ${maximalSteps} steps`);
}

const stop = 0x2e;
