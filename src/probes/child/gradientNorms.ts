import * as tf from '@tensorflow/tfjs-core';
import type { NodeId, OpKind } from '../../network';
import type { GradientNorms, LossChoice, ProbeRequest } from '../protocol';
import { norm, sumOfSquares } from './float64';
import { reachedByGradients } from './gradientPaths';
import { Trace } from './graph';
import { converted } from './layout';
import { lossOf } from './loss';
import type { Value } from './operation';
import { prepare, seedsOf, type Prepared, type Workshop } from './prepare';
import { tidied } from './tidied';

/** The operations whose outputs are reported: those that compute something, not those that only move it. */
const reported: Readonly<Record<OpKind, boolean>> = {
  input: true,
  linear: true,
  conv: true,
  batchNorm: true,
  layerNorm: true,
  groupNorm: true,
  activation: true,
  softmax: true,
  dropout: false,
  pool: true,
  adaptivePool: true,
  flatten: false,
  reshape: false,
  permute: false,
  add: true,
  multiply: true,
  affine: true,
  scale: true,
  concat: true,
  reduce: true,
  identity: false,
  parameter: false,
  constant: false,
  noise: true,
  convTranspose: true,
  dynamicConv: true,
  embedding: true,
  recurrent: true,
  localResponseNorm: true,
  upsample: true,
  unfold: false,
  squeeze: false,
  unsqueeze: false,
  expand: false,
  tile: false,
  slice: false,
  pad: false,
  roll: false,
  flip: false,
  extremum: true,
  compare: false,
  where: true,
  stopGradient: false,
  matmul: true,
  einsum: true,
  attention: true,
  cumulative: true,
  gather: false,
  takeAlong: false,
  oneHot: false,
  topK: false,
  argExtremum: false,
  opaque: false,
};

/** Fewer samples than this, and a batch norm's own noise is seen in the gradients (methods, B0.6). */
const BATCH_NORM_SAMPLES = 32;

/**
 * The gradient of the loss by every activation and every parameter, in one pass forward and one back. Batch norms take the
 * statistics of the batch, as in training; dropout is off.
 */
export async function gradientNorms(request: ProbeRequest, workshop: Workshop): Promise<GradientNorms> {
  const { pace, progress, backend } = workshop;
  const start = performance.now();
  progress({ fraction: 0, message: 'drawing weights' });
  const prepared = await prepare(request, workshop);
  const { model, output, given, batch } = prepared;
  const trace = await Trace.run(model, given, [output], {
    batch,
    pace,
    pullback: true,
    onNode: (done, total) => progress({ fraction: 0.1 + (0.3 * done) / total, message: 'forward' }),
  });
  const reached = reachedByGradients(prepared.nodes, output);
  const moments = new Map<NodeId, number>();
  for (const { id, op } of prepared.nodes) {
    // Tokens, conditions and what is held back have no gradient to report.
    if (!reported[op.kind] || !reached.has(id)) continue;
    const { tensor } = trace.value(id);
    moments.set(id, sumOfSquares(tensor.dataSync<'float32'>()) / tensor.size);
    await pace.breathe();
  }
  const loss = seedOf(request.loss, trace.value(output));
  const byNode = new Map<NodeId, number>();
  const byParameter = new Map<string, number>();
  await trace.pullBack(new Map([[output, loss.gradient]]), {
    pace,
    onNode: (node, gradient) => byNode.set(node, norm(gradient.dataSync<'float32'>())),
    onParameter: (path, gradient) => byParameter.set(path, norm(gradient.dataSync<'float32'>())),
    onProgress: (done, total) => progress({ fraction: 0.4 + (0.6 * done) / total, message: 'backward' }),
  });
  trace.dispose();
  return {
    kind: 'gradientNorms',
    network: request.network.name,
    backend,
    ...seedsOf(request),
    seconds: (performance.now() - start) / 1000,
    notes: notesOn(prepared, [...byNode.values(), ...byParameter.values()]),
    loss: loss.value,
    lossKind: request.loss.kind,
    activations: prepared.nodes
      .filter(({ id }) => moments.has(id))
      .map(({ id, path }) => ({
        node: id,
        path,
        gradientNorm: byNode.get(id) ?? 0,
        secondMoment: moments.get(id) ?? NaN,
      })),
    parameters: prepared.parameters.map(({ path }) => ({
      path,
      gradientNorm: byParameter.get(path) ?? 0,
      weightNorm: prepared.weightNorms.get(path) ?? NaN,
    })),
  };
}

/** The loss, and its gradient by the output in the output's own layout. */
function seedOf(choice: LossChoice, value: Value) {
  const { tensor } = tidied(() => converted(value, 'framework'));
  const { shape } = tensor;
  // Channels of a map are its classes; else classes are features.
  const classAxis = value.layout === 'channelsLast' && shape.length > 2 ? 1 : shape.length - 1;
  const loss = lossOf(choice, { data: tensor.dataSync<'float32'>(), shape, classAxis });
  const gradient = tf.tidy(
    () => converted({ tensor: tf.tensor(loss.gradient, shape), layout: 'framework' }, value.layout).tensor,
  );
  return { value: loss.value, gradient };
}

/** Below this a float32 has lost digits, and soon becomes zero. */
const SMALLEST_NORMAL = 2 ** -126;

function notesOn({ nodes, batch, parameters, notes: given }: Prepared, norms: readonly number[]): string[] {
  const notes = [...given];
  if (nodes.some(({ op }) => op.kind === 'batchNorm')) {
    notes.push(`Batch norms took the statistics of the batch of ${String(batch)}, as in training.`);
    if (batch < BATCH_NORM_SAMPLES)
      notes.push(`With batch norm, gradients of fewer than ${String(BATCH_NORM_SAMPLES)} samples are noisy.`);
  }
  if (nodes.some(({ op }) => op.kind === 'dropout')) notes.push('Dropout was off.');
  if (nodes.at(-1)?.op.kind === 'softmax')
    notes.push('The loss was taken of the softmax output: it saturates, and its gradients with it.');
  const lost = norms.filter((x) => x > 0 && x < SMALLEST_NORMAL).length;
  const zero = norms.filter((x) => x === 0).length;
  if (lost > 0) notes.push(`${String(lost)} gradients are below the smallest normal float32 number.`);
  if (zero > 0) notes.push(`${String(zero)} gradients are exactly zero, by design or by underflow.`);
  const broken = norms.filter((x) => !Number.isFinite(x)).length;
  if (broken > 0) notes.push(`${String(broken)} gradients are not finite.`);
  if (parameters.length === 0) notes.push('The network has no parameters.');
  return notes;
}
