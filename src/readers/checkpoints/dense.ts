import { product } from '../../network';
import { isCount } from './access';
import { joined, wholeGroups, type ByteStream } from './bytes';
import { decode, elementBytes, type ElementType, type TensorValues } from './elements';
import { CheckpointError } from './error';
import { limits } from './limits';

/** Where the numbers of a tensor lie among bytes, and in which order. */
export interface DenseLayout {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The first element's place, in bytes. */
  readonly offset: number;
  /** How many elements further the next one along each axis is; absent for C order. */
  readonly strides?: readonly number[];
  readonly littleEndian?: boolean;
}

/** The number of elements. @throws CheckpointError where it is not a shape */
export function elementCount(shape: readonly unknown[]): number {
  if (!shape.every(isCount)) throw new CheckpointError(`the shape ${JSON.stringify(shape.map(String))} makes no sense`);
  const count = shape.length > limits.axes ? undefined : product(shape);
  if (!isCount(count)) throw new CheckpointError(`the shape ${shape.slice(0, 8).join('×')} is too large`);
  return count;
}

/** How many bytes from `offset` on the elements span. */
export function spannedBytes({ type, shape, strides }: Omit<DenseLayout, 'offset'>): number {
  const count = elementCount(shape);
  if (count === 0) return 0;
  if (strides === undefined) return count * elementBytes(type);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 0);
  return (last + 1) * elementBytes(type);
}

export function cStrides(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((count, size) => count * size, 1));
}

/** Whether elements of such strides lie in C order without gaps. The stride of an axis of one element does not matter. */
export function isCOrder(shape: readonly number[], strides: readonly number[]): boolean {
  const wanted = cStrides(shape);
  return shape.includes(0) || shape.every((size, axis) => size === 1 || strides[axis] === wanted[axis]);
}

/** The numbers in C order, piece by piece. @throws CheckpointError where they are not all there */
export async function* densePieces(source: ByteStream, layout: DenseLayout): AsyncIterable<TensorValues> {
  const { type, shape, offset, strides, littleEndian = true } = layout;
  const length = spannedBytes(layout);
  if (offset + length > source.size)
    throw new CheckpointError(`bytes ${offset} to ${offset + length} of ${source.size} are asked for`);
  if (strides === undefined || isCOrder(shape, strides)) {
    for await (const bytes of wholeGroups(source.stream(offset, length), elementBytes(type)))
      yield decode(type, bytes, littleEndian);
    return;
  }
  if (Math.max(length, elementCount(shape) * elementBytes(type)) > limits.inflated)
    throw new CheckpointError(`${shape.join('×')} elements that lie out of order are too many to be put in order`);
  const parts: Uint8Array[] = [];
  for await (const part of source.stream(offset, length)) parts.push(part);
  for (const bytes of inOrder(joined(parts), elementBytes(type), shape, strides))
    yield decode(type, bytes, littleEndian);
}

/** The elements of strided bytes in C order, in pieces. */
function* inOrder(
  bytes: Uint8Array,
  width: number,
  shape: readonly number[],
  strides: readonly number[],
): Iterable<Uint8Array> {
  const count = elementCount(shape);
  const index = shape.map(() => 0);
  let place = 0;
  for (let start = 0; start < count; start += limits.piece) {
    const piece = new Uint8Array(Math.min(limits.piece, count - start) * width);
    for (let filled = 0; filled < piece.length; filled += width) {
      for (let byte = 0; byte < width; byte++) piece[filled + byte] = bytes[place * width + byte] ?? 0;
      // The next element: as an odometer counts, the last axis first.
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const position = (index[axis] ?? 0) + 1;
        if (position < (shape[axis] ?? 0)) {
          index[axis] = position;
          place += strides[axis] ?? 0;
          break;
        }
        index[axis] = 0;
        place -= (position - 1) * (strides[axis] ?? 0);
      }
    }
    yield piece;
  }
}
