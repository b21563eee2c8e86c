import { isKnown, type Convolution, type OpOf, type Shape } from '../network';

/**
 * The share of a convolution's taps that fall on the input and not on its zero padding, averaged over output positions; 1 where
 * sizes are unknown. It scales both the forward second moment and the backward squared gradient: ((3H − 2)/(3H))² for 3×3 `same`.
 */
export function tapShare(op: Convolution, input: Shape | undefined, output: Shape | undefined): number {
  let share = 1;
  for (const [axis, kernel] of op.kernel.entries()) {
    const [size, places, stride, dilation] = [
      input?.[axis + 2],
      output?.[axis + 2],
      op.stride[axis],
      op.dilation[axis],
    ];
    if (!isKnown(kernel) || !isKnown(size) || !isKnown(places) || !isKnown(stride) || !isKnown(dilation)) continue;
    const before = paddingBefore(op, axis, (places - 1) * stride + dilation * (kernel - 1) + 1 - size);
    if (before === undefined || places < 1) continue;
    let inside = 0;
    for (let tap = 0; tap < kernel; tap += 1) {
      // Places p with 0 ≤ p·stride + tap·dilation − before < size.
      const offset = tap * dilation - before;
      const first = Math.max(0, Math.ceil(-offset / stride));
      const last = Math.min(places - 1, Math.floor((size - 1 - offset) / stride));
      inside += Math.max(0, last - first + 1);
    }
    share *= inside / (kernel * places);
  }
  return share;
}

/** How many zeros stand before the first element of an axis; undefined where it is not known. */
export function paddingBefore({ padding }: Convolution, axis: number, total: number): number | undefined {
  if (padding === 'valid') return 0;
  if (padding === 'same') return Math.floor(Math.max(0, total) / 2);
  const size = padding[axis];
  return isKnown(size) ? size : undefined;
}

/**
 * How many taps meet at one output of a transposed convolution, on average. It is the adjoint of a convolution from its output to its
 * input, so that what that one would read beyond the border is missing here. Undefined where a size of the kernel is.
 */
export function transposedTaps(
  op: OpOf<'convTranspose'>,
  input: Shape | undefined,
  output: Shape | undefined,
): number | undefined {
  let taps = tapShare(op, output, input);
  for (const [axis, kernel] of op.kernel.entries()) {
    const [stride, from, to] = [op.stride[axis], input?.[axis + 2], output?.[axis + 2]];
    if (!isKnown(kernel) || !isKnown(stride)) return undefined;
    taps *= isKnown(from) && isKnown(to) && to > 0 ? (kernel * from) / to : kernel / stride;
  }
  return taps;
}
