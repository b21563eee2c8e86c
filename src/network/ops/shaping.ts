import type { Dim } from '../shape';

/** What moves elements and computes nothing. Axes may count from the back. */
export type ShapingOp =
  /** `end` counts from the front or, negative, from the back, and is included. */
  | { readonly kind: 'flatten'; readonly start: number; readonly end: number }
  /** The target sizes as written; -1 is solved. The batch axis is written out. */
  | { readonly kind: 'reshape'; readonly shape: readonly Dim[] }
  | { readonly kind: 'permute'; readonly axes: readonly number[] }
  /** Takes axes of size 1 away. */
  | { readonly kind: 'squeeze'; readonly axes: readonly number[] }
  /** Puts an axis of size 1 at this place of the result. */
  | { readonly kind: 'unsqueeze'; readonly axis: number }
  /** Repeats axes of size 1 to these sizes, -1 keeping one; axes that are new stand in front. */
  | { readonly kind: 'expand'; readonly shape: readonly Dim[] }
  /** Repeats whole axes; as many counts as the result has axes. */
  | { readonly kind: 'tile'; readonly repeats: readonly Dim[] }
  | { readonly kind: 'concat'; readonly axis: number }
  /** [start, end) of one axis by steps; both may count from the back, and without an end it goes to the last. */
  | { readonly kind: 'slice'; readonly axis: number; readonly start: Dim; readonly end?: Dim; readonly step: number }
  /** [before, after] for each of the last axes. Negative numbers cut off. */
  | {
      readonly kind: 'pad';
      readonly pads: readonly (readonly [before: Dim, after: Dim])[];
      readonly mode: 'constant' | 'reflect' | 'replicate' | 'circular';
      readonly value: number;
    }
  | { readonly kind: 'roll'; readonly axes: readonly number[]; readonly shifts: readonly Dim[] }
  | { readonly kind: 'flip'; readonly axes: readonly number[] };
