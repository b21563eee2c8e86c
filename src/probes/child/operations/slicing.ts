import * as tf from '@tensorflow/tfjs-core';
import { axisOf, type OpOf } from '../../../network';
import { only, type Applied, type Operation, type Value } from '../operation';
import { copying, mapAxes, type AlongAxis, type AxisMap } from './axisMap';

/** What takes parts of a tensor, and puts borders around it. */

export const slice: Operation<'slice'> = (op, inputs, { size }) => {
  const value = only(inputs);
  const axis = axisOf(op.axis, value.tensor.rank) ?? 0;
  const length = value.tensor.shape[axis] ?? 0;
  const clamp = (place: number) => Math.min(Math.max(place < 0 ? place + length : place, 0), length);
  const start = clamp(size(op.start));
  const end = op.end === undefined ? length : clamp(size(op.end));
  const count = Math.max(0, Math.ceil((end - start) / op.step));
  return mapAxes(value, [{ axis, map: copying(length, count, (i) => start + i * op.step) }]);
};

export const pad: Operation<'pad'> = (op, inputs, context) => {
  const value = only(inputs);
  const lead = value.tensor.rank - op.pads.length;
  const steps = op.pads.flatMap(([before, after], i): AlongAxis[] => {
    const axis = lead + i;
    const edges: Edges = [context.size(before), context.size(after)];
    if (edges[0] === 0 && edges[1] === 0) return [];
    return [{ axis, map: bordered(value.tensor.shape[axis] ?? 0, edges, op.mode) }];
  });
  const padded = mapAxes(value, steps);
  return op.mode === 'constant' && op.value !== 0 ? withBorder(value, padded, steps, op.value) : padded;
};

type Edges = readonly [before: number, after: number];

/** Places behind the border, by what of the input they show: a place of it, or −1. */
const beyond: Readonly<Record<OpOf<'pad'>['mode'], (place: number, size: number) => number>> = {
  constant: () => -1,
  reflect: (place, size) => {
    const period = Math.max(1, 2 * (size - 1));
    const at = ((place % period) + period) % period;
    return Math.min(at, period - at);
  },
  replicate: (place, size) => Math.min(Math.max(place, 0), size - 1),
  circular: (place, size) => ((place % size) + size) % size,
};

function bordered(size: number, [before, after]: Edges, mode: OpOf<'pad'>['mode']): AxisMap {
  return copying(size, Math.max(0, before + size + after), (i) => {
    const place = i - before;
    return place >= 0 && place < size ? place : beyond[mode](place, size);
  });
}

/** The padded value with another constant than zero in its border. */
function withBorder({ tensor }: Value, padded: Applied, steps: readonly AlongAxis[], border: number): Applied {
  const { output } = mapAxes({ tensor: tf.onesLike(tensor), layout: 'framework' }, steps);
  const outside = tf.mul(tf.sub(1, output.tensor), border);
  return { ...padded, output: { ...padded.output, tensor: tf.add(padded.output.tensor, outside) } };
}
