import type { Padding, PerAxis } from '../op';
import { BATCH, dimText, shapeText, type Dim, type Shape } from '../shape';
import { multiplySizes, slide } from '../size';
import { contradiction, shapeOf, type ShapeResult } from './result';

/** Why an operation over `space` axes cannot take this tensor. PyTorch takes a sample without a batch as well: one axis fewer. */
export function spatialProblem(name: string, x: Shape | undefined, space: number): ShapeResult | undefined {
  if (!x || x.length === space + 2 || x.length === space + 1) return undefined;
  return contradiction(
    `${name} expects ${space + 2} axes (batch, channels, ${space} of space) but gets ${shapeText(x)}.`,
  );
}

/** A window that slides over every axis of space. */
export interface Window {
  readonly kernel: PerAxis;
  readonly stride: PerAxis;
  readonly padding: Padding;
  readonly dilation: PerAxis;
  readonly ceil?: boolean;
}

/** The places of a window over B×C×space, with these channels. */
export function slideAll(name: string, x: Shape, channels: Dim, window: Window): ShapeResult {
  const space: Dim[] = [];
  for (const [axis, kernel] of window.kernel.entries()) {
    const size = x[axis + 2];
    if (size === undefined) return shapeOf(undefined);
    const stride = window.stride[axis] ?? 1;
    const places =
      window.padding === 'same'
        ? slide(size, { kernel: 1, stride, padding: 0, dilation: 1 })
        : slide(
            size,
            { kernel, stride, padding: bothSides(window.padding, axis), dilation: window.dilation[axis] ?? 1 },
            window.ceil,
          );
    if (places === undefined)
      return contradiction(
        `${name} with a kernel of ${window.kernel.map(dimText).join('×')} leaves nothing of ${shapeText(x.slice(2))}.`,
      );
    space.push(places);
  }
  return shapeOf([x[0] ?? BATCH, channels, ...space]);
}

function bothSides(padding: PerAxis | 'valid', axis: number): Dim {
  return padding === 'valid' ? 0 : multiplySizes([2, padding[axis] ?? 0]);
}
