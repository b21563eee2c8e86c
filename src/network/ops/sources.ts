import type { Shape } from '../shape';

/** What the elements of a tensor are that nobody trains. */
export type ConstantContent =
  | { readonly kind: 'fill'; readonly value: number }
  /** start, start + step, … along the only axis. */
  | { readonly kind: 'range'; readonly start: number; readonly step: number }
  /** Row-major. For what is small, or cannot be said shorter. */
  | { readonly kind: 'values'; readonly values: readonly number[] }
  /** Over the last two axes: `inside` where column − row ≤ diagonal (`lower`) or ≥ diagonal (`upper`), `outside` elsewhere. */
  | {
      readonly kind: 'triangle';
      readonly side: 'lower' | 'upper';
      readonly diagonal: number;
      readonly inside: number;
      readonly outside: number;
    }
  /** Told by a checkpoint alone, under this path. */
  | { readonly kind: 'buffer'; readonly path: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Where tensors come from that no operation computes. */
export type SourceOp =
  | { readonly kind: 'input'; readonly name: string }
  /** A trained tensor used as a value of its own (a class token, a table of positions). It has no batch axis. */
  | { readonly kind: 'parameter'; readonly parameter: string; readonly shape: Shape }
  /** A tensor that is not trained: a mask, positions, a table. `path` is its name where it is a buffer of the model. */
  | {
      readonly kind: 'constant';
      readonly shape: Shape | undefined;
      readonly content: ConstantContent;
      readonly path?: string;
    }
  /** Standard normal, or uniform in [0, 1), drawn anew with every call: of this shape, or of its input's. */
  | { readonly kind: 'noise'; readonly distribution: 'normal' | 'uniform'; readonly shape?: Shape }
  /** What a reader did not understand, with the reason for people. What depends on it is not judged. */
  | { readonly kind: 'opaque'; readonly reason: string };
