import * as tf from '@tensorflow/tfjs-core';
import type { NodeId } from '../../network';
import type { JacobianSpectrum, ProbeRequest, Spectrum } from '../protocol';
import { calibrate } from './calibration';
import { multiply, type Matrix } from './float64';
import { Trace } from './graph';
import { jacobian, type Jacobian, type Point } from './jacobian';
import { bottlenecks, isWeightLayer, layerPairs, type LayerPair } from './layerPairs';
import type { Value } from './operation';
import type { Pace } from './pace';
import { prepare, seedsOf, type Prepared, type Workshop } from './prepare';
import { singularValues } from './singularValues';

/** Beyond these a spectrum takes minutes: it is left out, and the notes say so. */
const MOST_VALUES = 1024;
const MOST_ROWS = 8192;
const MOST_ENTRIES = 2 ** 24;

/** What float32 leaves of the singular values, relative to the largest; see `Jacobian.entrywise`. */
const RESOLUTION = { float32: 1e-6, entrywise: 1e-12 } as const;

/**
 * The singular values of ∂output/∂input and of ∂z_l/∂z_{l−1} between successive weight layers, at the first sample of the
 * batch. The end-to-end Jacobian is the float64 product of Jacobians between the places where the network narrows to one
 * layer, so that the small singular values of deep chains are right.
 */
export async function jacobianSpectrum(request: ProbeRequest, workshop: Workshop): Promise<JacobianSpectrum> {
  const { pace, progress, backend } = workshop;
  const start = performance.now();
  progress({ fraction: 0, message: 'drawing weights' });
  const prepared = await prepare(request, workshop);
  const point = await pointOf(prepared, pace);
  const sizeOf = (id: NodeId) => point.trace.value(id).tensor.size;
  const feasible = ({ from, to }: LayerPair) => isFeasible(sizeOf(to), sizeOf(from));
  const pairs = layerPairs(prepared.nodes);
  const wanted = pairs.filter(feasible);
  const whole = { from: prepared.input, to: prepared.output };
  const chain = feasible(whole) ? chainOf(prepared, sizeOf) : [];
  // From the smaller end, every product is a small one.
  const fromOutput = sizeOf(whole.to) <= sizeOf(whole.from);
  const order = fromOutput ? chain.toReversed() : chain;
  const rest = wanted.filter((pair) => !chain.some((segment) => same(segment, pair)));
  const total = order.length + rest.length + 1;
  const spectra = new Map<NodeId, Spectrum>();
  let product: Jacobian | undefined;
  for (const [i, segment] of [...order, ...rest].entries()) {
    progress({ fraction: 0.1 + (0.9 * i) / total, message: `Jacobian ${String(i + 1)} of ${String(total)}` });
    const factor = await jacobian(point, segment);
    if (wanted.some((pair) => same(pair, segment))) spectra.set(segment.to, await spectrumOf(factor, pace));
    if (i >= order.length) continue;
    if (product === undefined) product = factor;
    else product = fromOutput ? await joined(product, factor, pace) : await joined(factor, product, pace);
  }
  progress({ fraction: 1 - 0.9 / total, message: 'end to end' });
  const inputOutput =
    product === undefined ? { singularValues: new Float64Array(), resolution: 0 } : await spectrumOf(product, pace);
  point.trace.dispose();
  return {
    kind: 'jacobianSpectrum',
    network: request.network.name,
    backend,
    ...seedsOf(request),
    seconds: (performance.now() - start) / 1000,
    notes: notesOn(prepared, pairs.length - wanted.length, product),
    inputOutput,
    layers: wanted.flatMap(({ from, to }) => {
      const spectrum = spectra.get(to);
      const path = request.network.nodes[to]?.path ?? '';
      return spectrum === undefined ? [] : [{ from, to, path, spectrum }];
    }),
  };
}

async function pointOf(prepared: Prepared, pace: Pace): Promise<Point> {
  const { model, nodes, output, given, batch } = prepared;
  const constantStatistics = await calibrate(prepared, pace);
  const samples = new Map([...given].map(([id, value]) => [id, firstSample(value, batch)]));
  const trace = await Trace.run(model, samples, [output], {
    batch: 1,
    pace,
    pullback: false,
    ...(constantStatistics && { constantStatistics }),
  });
  return { model, nodes, trace, constantStatistics, pace };
}

/** Of an input that comes in batches. */
function firstSample({ tensor, layout }: Value, batch: number): Value {
  if (tensor.shape[0] !== batch) return { tensor, layout };
  return { tensor: tf.slice(tensor, new Array<number>(tensor.rank).fill(0), [1, ...tensor.shape.slice(1)]), layout };
}

function isFeasible(rows: number, columns: number): boolean {
  return Math.min(rows, columns) <= MOST_VALUES && rows <= MOST_ROWS && rows * columns <= MOST_ENTRIES;
}

/** Input, the weight layers through which everything passes and which are not too wide, output: as segments. */
function chainOf({ nodes, input, output }: Prepared, sizeOf: (id: NodeId) => number): LayerPair[] {
  const layers = new Set(nodes.filter(isWeightLayer).map(({ id }) => id));
  const ends = bottlenecks(nodes, input, output).filter(
    (id) => id === input || id === output || (layers.has(id) && sizeOf(id) <= MOST_VALUES),
  );
  return ends.slice(1).flatMap((to, i) => {
    const from = ends[i];
    return from === undefined ? [] : [{ from, to }];
  });
}

function same(a: LayerPair, b: LayerPair): boolean {
  return a.from === b.from && a.to === b.to;
}

/** ∂c/∂b · ∂b/∂a. */
async function joined(outer: Jacobian, inner: Jacobian, pace: Pace): Promise<Jacobian> {
  return { ...(await multiply(outer, inner, pace)), entrywise: outer.entrywise && inner.entrywise };
}

async function spectrumOf(matrix: Matrix & { readonly entrywise: boolean }, pace: Pace): Promise<Spectrum> {
  const values = await singularValues(matrix, pace);
  const relative = matrix.entrywise ? RESOLUTION.entrywise : RESOLUTION.float32;
  return { singularValues: values, resolution: relative * (values[0] ?? 0) };
}

function notesOn({ nodes, batch, notes: given }: Prepared, leftOut: number, product: Jacobian | undefined): string[] {
  const notes = [...given];
  if (nodes.some(({ op }) => op.kind === 'batchNorm'))
    notes.push(`Batch norms held the statistics of the batch of ${String(batch)} constant.`);
  if (nodes.some(({ op }) => op.kind === 'dropout')) notes.push('Dropout was off.');
  if (nodes.at(-1)?.op.kind === 'softmax')
    notes.push('The output is a softmax: its Jacobian has a zero direction and shrinks as the softmax saturates.');
  if (leftOut > 0)
    notes.push(
      `${String(leftOut)} layers were left out: their Jacobians have more than ${String(MOST_VALUES)} singular values.`,
    );
  if (product === undefined) notes.push('The end-to-end Jacobian was left out: it is too large.');
  else if (product.entrywise) notes.push('Products of Jacobians were accumulated in float64 on the host.');
  if (product?.data.every(Number.isFinite) === false) notes.push('The end-to-end Jacobian is not finite.');
  return notes;
}
