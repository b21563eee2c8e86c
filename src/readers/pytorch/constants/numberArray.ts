/** Known numbers, row-major, in double precision. */
export interface NumberArray {
  readonly sizes: readonly number[];
  readonly values: Float64Array;
}

export const countOf = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** The distance of neighbours along each axis. */
export function stridesOf(sizes: readonly number[]): readonly number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...sizes].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}

/** Where each index of an axis of the result is read from, as an offset in the source; below zero: nowhere. */
export type AxisOffsets = readonly number[];

/**
 * Moves elements where every axis is read on its own: the source's offset is the sum of one offset an axis. What is read from nowhere
 * is `fill`.
 */
export function pick(source: Float64Array, offsets: readonly AxisOffsets[], fill = 0): Float64Array {
  let places = Int32Array.of(0);
  for (const axis of offsets) {
    const next = new Int32Array(places.length * axis.length);
    let at = 0;
    for (const place of places) for (const offset of axis) next[at++] = place < 0 || offset < 0 ? -1 : place + offset;
    places = next;
  }
  const result = new Float64Array(places.length);
  for (let at = 0; at < places.length; at++) {
    const place = places[at] ?? -1;
    result[at] = place < 0 ? fill : (source[place] ?? fill);
  }
  return result;
}

/** The offsets that repeat an array to these sizes, as broadcasting does: new axes in front, axes of size 1 stretched. */
export function broadcastOffsets(from: readonly number[], to: readonly number[]): readonly AxisOffsets[] {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((size, axis) => {
    const stride = axis < lead || from[axis - lead] === 1 ? 0 : (strides[axis - lead] ?? 0);
    return Array.from({ length: size }, (_, index) => index * stride);
  });
}

export function broadcastTo({ sizes, values }: NumberArray, to: readonly number[]): Float64Array {
  const same = sizes.length === to.length && sizes.every((size, axis) => size === to[axis]);
  return same ? values : pick(values, broadcastOffsets(sizes, to));
}

/** Visits the lines along an axis: the offset of each line's first element, and the distance of its elements. */
export function forEachLine(
  sizes: readonly number[],
  axis: number,
  visit: (start: number, stride: number, line: number) => void,
): void {
  const size = sizes[axis] ?? 1;
  const stride = countOf(sizes.slice(axis + 1));
  const before = countOf(sizes.slice(0, axis));
  let line = 0;
  for (let outer = 0; outer < before; outer++)
    for (let inner = 0; inner < stride; inner++) visit(outer * size * stride + inner, stride, line++);
}
