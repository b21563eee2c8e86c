import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { isKnown, type Dim, type Node, type PerAxis } from '../../../network';
import { ProbeError } from '../../failure';
import type { Value } from '../operation';

/** Maps with one or two axes of space, channels last, brought to the form B×H×W×C that the kernels know. */
export interface Maps {
  readonly maps: Tensor4D;
  /** From B×H×W×C to the number of axes that the activation has. */
  readonly back: (maps: Tensor) => Tensor;
}

/** The place of an axis of space in the value's tensor. */
export function spaceAxis({ layout }: Value, axis: number): number {
  return layout === 'channelsLast' ? axis + 1 : axis + 2;
}

export function asMaps(x: Tensor, node: Node): Maps {
  const line = x.rank === 3;
  if (!line && x.rank !== 4) throw unsupportedSpace(node, x.rank - 2);
  return line
    ? {
        maps: tf.reshape<tf.Rank.R4>(x, x.shape.toSpliced(1, 0, 1) as Tensor4D['shape']),
        back: (maps) => tf.reshape(maps, maps.shape.toSpliced(1, 1)),
      }
    : { maps: x as Tensor4D, back: (maps) => maps };
}

export function unsupportedSpace(node: Node, axes: number): ProbeError {
  return new ProbeError({
    kind: 'notProbeable',
    message: `cannot be probed: line ${node.span.start.line + 1} works on ${axes} axes of space; the probes know one and two`,
    span: node.span,
  });
}

/** Height and width of a quantity given for each axis of space; one axis is a map of height 1. */
export function pair(sizes: PerAxis, height: number): [number, number] {
  const known = sizes.map(knownSize);
  const [first = height, second] = known;
  return second === undefined ? [height, first] : [first, second];
}

function knownSize(size: Dim): number {
  if (!isKnown(size)) throw new ProbeError({ kind: 'notProbeable', message: `the size ${size.symbol} is not known` });
  return size;
}

/** Padding before and after, by height and width. */
export type Edges = readonly [readonly [number, number], readonly [number, number]];

export const noEdges: Edges = [
  [0, 0],
  [0, 0],
];

/** B×H×W×C maps with a border of `value`. */
export function padMaps(maps: Tensor4D, edges: Edges, value = 0): Tensor4D {
  const [[top, bottom], [left, right]] = edges;
  if (top + bottom + left + right === 0) return maps;
  const border: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad(maps, border, value);
}

/** What {@link padMaps} put the border around. */
export function cropMaps(maps: Tensor4D, edges: Edges): Tensor4D {
  const [[top, bottom], [left, right]] = edges;
  if (top + bottom + left + right === 0) return maps;
  const [batch, height, width, channels] = maps.shape;
  return tf.slice(maps, [0, top, left, 0], [batch, height - top - bottom, width - left - right, channels]);
}
