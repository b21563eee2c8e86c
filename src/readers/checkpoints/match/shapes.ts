import { isKnown, product, shapeText, type Shape } from '../../../network';

/** Sizes that the source does not tell agree with any. */
export function shapesAgree(expected: Shape, found: readonly number[]): boolean {
  return expected.length === found.length && expected.every((size, axis) => !isKnown(size) || size === found[axis]);
}

/** What may explain that they do not agree. */
export function mismatchReason(expected: Shape, found: readonly number[]): string {
  if (expected.length === 2 && shapesAgree(expected.toReversed(), found)) return 'the axes are the other way round';
  if (expected.length === 4 && shapesAgree(permuted(expected, [2, 3, 1, 0]), found))
    return 'the axes are in the order of Keras';
  if (expected.length === 4 && shapesAgree(permuted(expected, [3, 2, 0, 1]), found))
    return 'the axes are in the order of PyTorch';
  if (expected.length !== found.length) {
    const same = product(expected) === product(found) ? ', but as many numbers' : '';
    return `${found.length} axes instead of ${expected.length}${same}`;
  }
  const different = expected.flatMap((size, axis) => (isKnown(size) && size !== found[axis] ? [axis] : []));
  const [axis] = different;
  if (different.length === 1 && axis !== undefined)
    return `axis ${axis} is ${found[axis]} instead of ${shapeText(expected.slice(axis, axis + 1))}`;
  return product(expected) === product(found) ? 'other axes, but as many numbers' : 'other sizes';
}

function permuted(shape: Shape, order: readonly number[]): Shape {
  return order.flatMap((axis) => shape[axis] ?? []);
}
