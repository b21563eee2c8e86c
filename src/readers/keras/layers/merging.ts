import { concatenated as concatenatedTensors } from '../../kerasLayers/layers/merging';
import { builtin } from '../../python/classes';
import { none, type Call, type ClassValue, type Value } from '../../python/values';
import type { Recording } from '../recording';

/** Joins along an axis as Keras counts it, in the order in which the tensors are stored. */
export function concatenated(inputs: readonly Value[], axis: number, recording: Recording): Value {
  const tensors = inputs.map((input) => recording.operand(input));
  return recording.value(concatenatedTensors(tensors, axis, recording.tensors));
}

/** The layers with functions of their own: `layers.add([a, b])`. */
const functions: Readonly<Record<string, string>> = {
  add: 'Add',
  multiply: 'Multiply',
  maximum: 'Maximum',
  minimum: 'Minimum',
  average: 'Average',
  subtract: 'Subtract',
  concatenate: 'Concatenate',
  dot: 'Dot',
};

/** `layers.add([a, b])` makes a layer and calls it. */
export function mergingFunctions(classes: Readonly<Record<string, ClassValue>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(functions).flatMap(([name, className]) => {
      const cls = classes[className];
      return cls ? [[name, builtin(name, (call) => applyMerging(cls, call))] as const] : [];
    }),
  );
}

function applyMerging(cls: ClassValue, { interpreter, positional: [inputs, ...settings], keywords }: Call): Value {
  const given = inputs ?? keywords.get('inputs') ?? none;
  const layer = interpreter.call(cls, {
    positional: settings,
    keywords: new Map([...keywords].filter(([name]) => name !== 'inputs')),
  });
  return interpreter.apply(layer, given);
}
