import { applyTensorFunction, type TensorFunction } from '../../keras/ops/define';
import { builtin } from '../../python/classes';
import type { Value } from '../../python/values';
import { ArrayRecording } from '../array';

/** Functions of arrays as members of a module. */
export function arrayFunctions(table: Readonly<Record<string, TensorFunction>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(table).map(([name, definition]) => [
      name,
      builtin(name, (call) => applyTensorFunction(name, definition, call, new ArrayRecording(call, false))),
    ]),
  );
}
