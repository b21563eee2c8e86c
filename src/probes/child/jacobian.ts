/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import * as tf from '@tensorflow/tfjs-core';
import { BATCH, isKnown, sameDim, type Dim, type Node, type NodeId, type OpKind, type Shape } from '../../network';
import type { Matrix } from './float64';
import { Trace, type Model } from './graph';
import { between, type LayerPair } from './layerPairs';
import type { ChannelStatistics, Value } from './operation';
import type { Pace } from './pace';

/** A network at one sample of its input. */
export interface Point {
  readonly model: Model;
  readonly nodes: readonly Node[];
  /** The values of all nodes, in a batch of one. */
  readonly trace: Trace;
  readonly constantStatistics: ReadonlyMap<NodeId, ChannelStatistics> | undefined;
  readonly pace: Pace;
}

export interface Jacobian extends Matrix {
  /**
   * Whether every entry is right to float32's relative precision, so that small singular values are right too. Else errors
   * are relative to the largest.
   */
  readonly entrywise: boolean;
}

/** ∂ to / ∂ from, (units of `to`) × (units of `from`), both in the order in which the backend holds them. */
export async function jacobian(point: Point, { from, to }: LayerPair): Promise<Jacobian> {
  const inner = between(point.nodes, from, to).slice(1);
  return (await scaledWeight(point, from, to, inner)) ?? pulledBack(point, from, to, inner);
}

/** The operations that act on every unit by itself, at constant statistics. */
const pointwise: Readonly<Record<OpKind, boolean>> = {
  input: false,
  linear: false,
  conv: false,
  batchNorm: true,
  layerNorm: false,
  groupNorm: false,
  activation: true,
  softmax: false,
  dropout: true,
  pool: false,
  adaptivePool: false,
  flatten: true,
  reshape: true,
  permute: false,
  add: false,
  multiply: false,
  affine: true,
  scale: true,
  concat: false,
  reduce: false,
  identity: true,
  parameter: false,
  constant: false,
  noise: false,
  convTranspose: false,
  dynamicConv: false,
  embedding: false,
  recurrent: false,
  localResponseNorm: false,
  upsample: false,
  unfold: false,
  squeeze: false,
  unsqueeze: false,
  expand: false,
  tile: false,
  slice: false,
  pad: false,
  roll: false,
  flip: false,
  extremum: false,
  compare: false,
  where: false,
  stopGradient: false,
  matmul: false,
  einsum: false,
  attention: false,
  cumulative: false,
  gather: false,
  takeAlong: false,
  oneHot: false,
  topK: false,
  argExtremum: false,
  opaque: false,
};

/**
 * A dense layer behind pointwise operations: W·diag(φ′), whose diagonal is one vector–Jacobian product and whose entries are
 * multiplied in float64. Undefined where the way from `from` to `to` is another.
 */
async function scaledWeight(
  { model, trace, constantStatistics, pace }: Point,
  from: NodeId,
  to: NodeId,
  inner: readonly Node[],
): Promise<Jacobian | undefined> {
  const end = inner.at(-1);
  const dense = end?.op.kind === 'linear' ? end.op : undefined;
  const chain = dense === undefined ? inner : inner.slice(0, -1);
  const { tensor } = trace.value(from);
  const units = tensor.size;
  const flat = (id: NodeId) => {
    const value = trace.value(id);
    return value.tensor.size === units && (value.layout === 'framework' || value.tensor.rank < 3);
  };
  if (!flat(from) || !chain.every((node) => pointwise[node.op.kind] && node.inputs.length === 1 && flat(node.id)))
    return undefined;
  const weight = dense && model.parameters.get(dense.weight)?.tensor;
  if (
    weight !== undefined &&
    (weight.rank !== 2 || weight.shape[0] !== units || weight.shape[1] !== dense?.outFeatures)
  )
    return undefined;
  const slopes = new Float64Array(units).fill(1);
  const last = chain.at(-1);
  if (last !== undefined) {
    const given = new Map([[from, trace.value(from)]]);
    const run = await Trace.run(model, given, [last.id], {
      batch: 1,
      pace,
      pullback: true,
      ...(constantStatistics && { constantStatistics }),
    });
    const ones = tf.ones(trace.value(last.id).tensor.shape);
    await run.pullBack(new Map([[last.id, ones]]), {
      pace,
      onNode: (node, gradient) => {
        if (node === from) slopes.set(gradient.dataSync<'float32'>());
      },
    });
    run.dispose();
  }
  const columns = units;
  const rows = weight?.shape[1] ?? units;
  const data = new Float64Array(rows * columns);
  const entries = weight?.dataSync<'float32'>();
  for (let j = 0; j < columns; j++) {
    if (entries === undefined) data[j * columns + j] = slopes[j]!;
    else for (let i = 0; i < rows; i++) data[i * columns + j] = entries[j * rows + i]! * slopes[j]!;
  }
  return { rows, columns, data, entrywise: true };
}

/** At most so many values an activation of the run that gradients are pulled back through. */
const CHUNK_VALUES = 2 ** 21;
const CHUNK_ROWS = 256;

/**
 * Batched vector–Jacobian products: the sample repeated along the batch axis, and one unit of `to` for every repetition.
 * What does not depend on `from` is held constant.
 */
async function pulledBack(
  { model, trace, constantStatistics, pace }: Point,
  from: NodeId,
  to: NodeId,
  inner: readonly Node[],
): Promise<Jacobian> {
  const rows = trace.value(to).tensor.size;
  const columns = trace.value(from).tensor.size;
  const largest = Math.max(columns, ...inner.map(({ id }) => trace.value(id).tensor.size));
  const dependent = new Set(inner.map(({ id }) => id));
  const outside = new Set([from, ...inner.flatMap(({ inputs }) => inputs)].filter((id) => !dependent.has(id)));
  const shapeOf = (id: NodeId) => model.network.nodes[id]?.shape;
  const separate =
    [from, ...dependent].every((id) => isBatched(shapeOf(id))) &&
    !inner.some(worksAlongBatch) &&
    [...outside].every((id) => isBatched(shapeOf(id)) || isBatchless(shapeOf(id)));
  // Where samples may meet in one tensor, one is run alone.
  const chunk = separate ? Math.max(1, Math.min(rows, CHUNK_ROWS, Math.floor(CHUNK_VALUES / largest))) : 1;
  const given = new Map(
    [...outside].map((id) => {
      const value = trace.value(id);
      return [id, chunk === 1 || isBatchless(shapeOf(id)) ? value : repeated(value, chunk)] as const;
    }),
  );
  const run = await Trace.run(model, given, [to], {
    batch: chunk,
    pace,
    pullback: true,
    ...(constantStatistics && { constantStatistics }),
  });
  const data = new Float64Array(rows * columns);
  const { shape } = run.value(to).tensor;
  for (let start = 0; start < rows; start += chunk) {
    const count = Math.min(chunk, rows - start);
    const oneHot = new Float32Array(chunk * rows);
    for (let i = 0; i < count; i++) oneHot[i * rows + start + i] = 1;
    await run.pullBack(new Map([[to, tf.tensor(oneHot, shape)]]), {
      pace,
      onNode: (node, gradient) => {
        if (node === from) data.set(gradient.dataSync<'float32'>().subarray(0, count * columns), start * columns);
      },
    });
  }
  run.dispose();
  for (const [id, { tensor }] of given) if (tensor !== trace.value(id).tensor) tensor.dispose();
  return { rows, columns, data, entrywise: false };
}

const mentionsBatch = (dim: Dim): boolean =>
  !isKnown(dim) && /(?<![\p{L}\p{N}_.])B(?![\p{L}\p{N}_.])/u.test(dim.symbol);

/** Whether samples lie one behind the other along the first axis, and nowhere else. */
function isBatched(shape: Shape | undefined): boolean {
  const [first, ...rest] = shape ?? [];
  return first !== undefined && sameDim(first, BATCH) && !rest.some(mentionsBatch);
}

/** Whether an operation along an axis is along the first. */
function worksAlongBatch({ op }: Node): boolean {
  if ('axis' in op && op.axis === 0) return true;
  return 'axes' in op && op.kind !== 'permute' && op.axes.includes(0);
}

/** Whether the batch changes nothing of it: a table, a mask for all. */
function isBatchless(shape: Shape | undefined): boolean {
  return shape !== undefined && !shape.some(mentionsBatch);
}

/** A batch of `count` times the same sample. */
function repeated({ tensor, layout }: Value, count: number): Value {
  const sample = tensor.dataSync<'float32'>();
  const data = new Float32Array(sample.length * count);
  for (let i = 0; i < count; i++) data.set(sample, i * sample.length);
  return { tensor: tf.tensor(data, [count, ...tensor.shape.slice(1)]), layout };
}
