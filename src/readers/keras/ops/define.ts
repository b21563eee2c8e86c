import type { Op } from '../../../network';
import { CallArguments } from '../../python/arguments';
import type { Interpreter } from '../../python/interpreter';
import { none, type Call, type Value } from '../../python/values';
import type { Settings } from '../../kerasLayers/settings';
import { Recording } from '../recording';
import { ArgumentSettings } from '../settings';
import { tensorsIn, variableState } from '../tensor';

/** One use of a function of tensors. */
export interface FunctionUse {
  readonly name: string;
  readonly recording: Recording;
  /** The first argument. */
  readonly x: Value;
  readonly args: CallArguments;
  readonly settings: Settings;
  readonly interpreter: Interpreter;
  readonly call: Call;
  /** Add an operation on `x`, stored as it is. */
  pointwise(op: Op, x?: Value): Value;
  /** Add an operation on `x` in Keras' order, or on other inputs. */
  natural(op: Op, inputs?: readonly Value[]): Value;
  opaque(reason: string): Value;
}

/** A function of `keras.ops`, `keras.activations`, `tf` and the like. */
export interface TensorFunction {
  /** The names of the parameters, the tensor's among them. */
  readonly parameters: readonly string[];
  readonly apply: (use: FunctionUse) => Value;
  /** What it gives for what is not in the graph: for numbers and sizes. */
  readonly outside?: (use: FunctionUse) => Value | undefined;
}

export function tensorFunction(
  parameters: readonly string[],
  apply: TensorFunction['apply'],
  outside?: TensorFunction['outside'],
): TensorFunction {
  return { parameters, apply, ...(outside ? { outside } : {}) };
}

/** @param recording of the layer that applies it; else it is a call of its own */
export function applyTensorFunction(
  name: string,
  { parameters, apply, outside }: TensorFunction,
  call: Call,
  recording = new Recording(call, false),
): Value {
  const { interpreter } = call;
  const args = new CallArguments(call, parameters);
  const x = args.get(parameters[0] ?? '') ?? call.positional[0] ?? [...call.keywords.values()][0] ?? none;
  const given = [...call.positional, ...call.keywords.values()];
  const tensors = tensorsIn(given);
  const settings = new ArgumentSettings(name, args);
  const use: FunctionUse = {
    name,
    recording,
    x,
    args,
    settings,
    interpreter,
    call,
    pointwise: (op, value = x) => {
      const { doubt } = settings;
      return doubt === undefined ? recording.pointwise(op, value) : recording.opaque(doubt, tensors);
    },
    natural: (op, inputs = [x]) => {
      const { doubt } = settings;
      if (doubt !== undefined) return recording.opaque(doubt, tensors);
      return recording.add(
        op,
        inputs.map((input) => recording.natural(input)),
      );
    },
    opaque: (reason) => recording.opaque(reason, tensors),
  };
  if (tensors.length === 0 && !given.some((value) => variableState(value))) {
    const computed = outside?.(use);
    return (
      computed ?? (x.type === 'unknown' ? x : interpreter.unknown(`${name}(…)`, 'is computed outside of the graph'))
    );
  }
  return apply(use);
}
