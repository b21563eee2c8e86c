import * as tf from '@tensorflow/tfjs-core';
import { BATCH, isKnown, sameDim, shapeText, type Network, type Node, type NodeId } from '../../network';
import type { InputSource } from '../protocol';
import type { InputKind } from './inputKinds';
import type { Value } from './operation';
import { Random } from './random';
import { lineOf, refuse } from './runnable';
import { Sizes } from './sizes';

/**
 * A batch of every input among `kinds`.
 *
 * @throws ProbeError where shapes or values do not fit the network.
 */
export function inputValues(
  network: Network,
  kinds: ReadonlyMap<NodeId, InputKind>,
  source: InputSource,
): ReadonlyMap<NodeId, Value> {
  const sizes = new Sizes(source.batch);
  const values = new Map<NodeId, Value>();
  for (const [place, id] of network.inputs.entries()) {
    const node = network.nodes[id];
    const kind = kinds.get(id);
    if (node === undefined || kind === undefined) continue;
    const shape = fullShape(node, place, source, sizes);
    sizes.bind(node.shape, shape);
    values.set(id, { tensor: tf.tensor(dataOf(source, place, shape, kind), [...shape]), layout: 'framework' });
  }
  return values;
}

/** The sizes of an input, the batch included. */
function fullShape(node: Node, place: number, source: InputSource, sizes: Sizes): readonly number[] {
  const { batch } = source;
  const sample = sampleShape(place, source);
  if (sample === undefined) return declaredShape(node, batch, sizes);
  for (const size of [batch, ...sample])
    if (!Number.isInteger(size) || size < 1)
      throw refuse(`the input's size ${[batch, ...sample].join('×')} is not one`);
  const expected = node.shape?.slice(1);
  const fits =
    expected === undefined ||
    (expected.length === sample.length && expected.every((size, i) => !isKnown(size) || size === sample[i]));
  if (!fits)
    throw refuse(`a sample of the input is ${shapeText(expected)}, and ${sample.join('×')} was given`, node.span);
  return [batch, ...sample];
}

function sampleShape(place: number, source: InputSource): readonly number[] | undefined {
  if (place === 0) return source.shape;
  return source.kind === 'gaussian' ? source.others?.[place - 1] : source.others?.[place - 1]?.shape;
}

/** As the network declares it, with the symbols that inputs before it share. */
function declaredShape({ shape, span, op }: Node, batch: number, sizes: Sizes): readonly number[] {
  const known = shape?.map((dim, axis) => (axis === 0 && sameDim(dim, BATCH) ? batch : sizes.value(dim)));
  if (known?.every((size) => size !== undefined) === true) return known;
  const name = op.kind === 'input' ? ` ${op.name}` : '';
  const told = shape === undefined ? '' : ` ${shapeText(shape)}`;
  throw refuse(`the shape${told} of the input${name} in line ${lineOf(span)} is not known`, span);
}

function dataOf(source: InputSource, place: number, shape: readonly number[], kind: InputKind): Float32Array {
  const size = shape.reduce((total, dim) => total * dim, 1);
  if (source.kind === 'gaussian') {
    const random = new Random(source.seed, place === 0 ? 'input' : `input ${place}`);
    return Float32Array.from({ length: size }, sampler(kind, random));
  }
  const data = place === 0 ? source.data : source.others?.[place - 1]?.data;
  if (data?.length === size) return data;
  throw refuse(`the input has ${data?.length ?? 0} values where ${shape.join('×')} were announced`);
}

function sampler(kind: InputKind, random: Random): () => number {
  switch (kind.kind) {
    case 'real':
      return () => random.normal();
    case 'tokens':
      return () => random.index(kind.count);
    case 'mask':
      return () => kind.open;
  }
}
