import { isKnown, shapeText, type Dim, type Shape } from '../shape';

/** The shape of an operation's output (undefined where not even the number of axes is known), or why it cannot run. */
export type ShapeResult =
  | { readonly kind: 'shape'; readonly shape: Shape | undefined }
  | { readonly kind: 'contradiction'; readonly message: string };

/** The shapes of an operation's inputs. */
export type InputShapes = readonly (Shape | undefined)[];

export const shapeOf = (shape: Shape | undefined): ShapeResult => ({ kind: 'shape', shape });
export const contradiction = (message: string): ShapeResult => ({ kind: 'contradiction', message });
export const unchanged = (_op: unknown, [x]: InputShapes): ShapeResult => shapeOf(x);

/** Both sizes are known, and differ. */
export const clash = (expected: Dim, got: Dim): boolean => isKnown(expected) && isKnown(got) && expected !== got;

/** An axis counted from the front; undefined where the tensor has no such axis. */
export function axisOf(axis: number, rank: number): number | undefined {
  const front = axis < 0 ? axis + rank : axis;
  return Number.isInteger(front) && front >= 0 && front < rank ? front : undefined;
}

export function noAxis(axis: number, shape: Shape): ShapeResult {
  return contradiction(`There is no axis ${axis} in ${shapeText(shape)}.`);
}

/** The shape with one size changed; a contradiction where there is no such axis. */
export function withAxis(x: Shape, axis: number, change: (size: Dim) => Dim): ShapeResult {
  const at = axisOf(axis, x.length);
  return at === undefined ? noAxis(axis, x) : shapeOf(x.map((size, place) => (place === at ? change(size) : size)));
}
