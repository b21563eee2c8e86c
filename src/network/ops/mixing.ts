import type { Dim } from '../shape';

/** What lets elements along axes meet each other, without weights. */
export type MixingOp =
  /** Batched product of the last two axes of two inputs; one axis alone is a row on the left and a column on the right. */
  | { readonly kind: 'matmul' }
  /** In Einstein's notation, letters only: `bhqd,bhkd->bhqk`. */
  | { readonly kind: 'einsum'; readonly equation: string }
  /**
   * softmax(scale · Q Kᵀ + mask) V over the last two axes. Inputs: Q, K, V and, where `mask` says so, a mask that is added or one whose zeros are
   * left out. Without a `scale` it is 1/√(features of Q).
   */
  | {
      readonly kind: 'attention';
      readonly scale?: number;
      readonly causal: boolean;
      readonly dropout: number;
      readonly mask: 'none' | 'added' | 'boolean';
    }
  | { readonly kind: 'softmax'; readonly axis: number; readonly log: boolean }
  | {
      readonly kind: 'reduce';
      readonly how: 'mean' | 'sum' | 'max' | 'min' | 'product' | 'variance' | 'norm' | 'logSumExp';
      readonly axes: readonly number[];
      readonly keepDims: boolean;
      /** Of a variance: what is taken off the count (1 is Bessel's correction). */
      readonly correction?: number;
    }
  | { readonly kind: 'cumulative'; readonly how: 'sum' | 'product'; readonly axis: number }
  /** Inputs: data, whole numbers. Their axes stand in the place of the data's `axis`. */
  | { readonly kind: 'gather'; readonly axis: number }
  /** Inputs: data, whole numbers of the same rank: element by element along `axis` (`torch.gather`). */
  | { readonly kind: 'takeAlong'; readonly axis: number }
  | { readonly kind: 'oneHot'; readonly classes: Dim }
  /** The k largest (or smallest) along an axis, in order. */
  | {
      readonly kind: 'topK';
      readonly k: Dim;
      readonly axis: number;
      readonly largest: boolean;
      readonly result: 'values' | 'indices';
    }
  | { readonly kind: 'argExtremum'; readonly which: 'max' | 'min'; readonly axis: number; readonly keepDims: boolean };
