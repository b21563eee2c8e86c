import * as tf from '@tensorflow/tfjs-core';
import { isKnown, sameDim, BATCH, shapeText, type Network, type NodeId } from '../../network';
import type { FloatArrays, FloatTensor, Mode } from '../protocol';
import { Trace } from './graph';
import { converted } from './layout';
import type { Value } from './operation';
import { Pace } from './pace';
import { load } from './prepare';
import { refuse, runnable } from './runnable';

export interface ForwardOptions {
  /** `inference` unless told. */
  readonly mode?: Mode;
  readonly pace?: Pace;
}

/**
 * Runs a network on given inputs, with given weights.
 *
 * @param weights row-major values of parameters and buffers by path, in the framework's own layout
 * @param inputs one an entry of `network.inputs`, in its order, with the batch axis; whole numbers are floats as well
 * @returns one tensor an entry of `network.outputs`, in the framework's layout
 * @throws ProbeError of kind `notProbeable` that names the line which cannot be computed, or the tensor that is missing
 */
export async function forward(
  network: Network,
  weights: FloatArrays,
  inputs: readonly FloatTensor[],
  { mode = 'inference', pace = new Pace({ isCancellationRequested: false }) }: ForwardOptions = {},
): Promise<FloatTensor[]> {
  if (network.outputs.length === 0) throw refuse(`${network.name} has no output that is known`, network.span);
  const part = runnable(network, network.outputs);
  const engine = tf.engine();
  engine.startScope('forward');
  try {
    const given = givenValues(network, inputs);
    const { model } = await load(network, part.parameters, { kind: 'values', values: weights }, pace);
    const batch = batchOf(network, inputs);
    const trace = await Trace.run(model, given, network.outputs, {
      batch,
      pace,
      pullback: false,
      targetsOnly: true,
      mode,
    });
    return network.outputs.map((id) => read(trace.value(id)));
  } finally {
    engine.endScope();
  }
}

function givenValues(network: Network, inputs: readonly FloatTensor[]): Map<NodeId, Value> {
  if (inputs.length !== network.inputs.length)
    throw refuse(
      `${network.name} takes ${network.inputs.length} inputs, and ${inputs.length} were given`,
      network.span,
    );
  return new Map(
    network.inputs.map((id, place) => {
      const node = network.nodes[id];
      const { shape, data } = inputs[place] ?? { shape: [], data: new Float32Array() };
      const size = shape.reduce((total, dim) => total * dim, 1);
      if (data.length !== size) throw refuse(`an input of ${shape.join('×')} has ${data.length} values`);
      const expected = node?.shape;
      const fits = expected?.length === shape.length && expected.every((dim, i) => !isKnown(dim) || dim === shape[i]);
      if (expected !== undefined && !fits)
        throw refuse(`the input is ${shapeText(expected)}, and ${shape.join('×')} was given`, node?.span);
      return [id, { tensor: tf.tensor(data, [...shape]), layout: 'framework' }];
    }),
  );
}

function batchOf(network: Network, inputs: readonly FloatTensor[]): number {
  const batched = network.inputs.findIndex((id) => {
    const first = network.nodes[id]?.shape?.[0];
    return first !== undefined && sameDim(first, BATCH);
  });
  return inputs[Math.max(0, batched)]?.shape[0] ?? 1;
}

function read(value: Value): FloatTensor {
  const { tensor } = converted(value, 'framework');
  return { shape: [...tensor.shape], data: tensor.dataSync<'float32'>().slice() };
}
