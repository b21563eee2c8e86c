import type { Activation } from './activation';
import type { Dim, Shape } from './shape';

/** One number an axis of space, slow axis first. */
export type PerAxis = readonly Dim[];

/** Padding on each side of each axis of space, or the rule that gives it. */
export type Padding = PerAxis | 'same' | 'valid';

/**
 * The tensor operations that a network is made of. Fields named `weight`, `bias`, `scale`, `shift` hold parameter paths.
 * Every table over `Op['kind']` (shapes, theory, executor) is checked for completeness by the compiler: see {@link OpTable}.
 */
export type Op =
  | { readonly kind: 'input'; readonly name: string }
  | {
      readonly kind: 'linear';
      readonly inFeatures: Dim;
      readonly outFeatures: Dim;
      readonly weight: string;
      readonly bias?: string;
    }
  | {
      readonly kind: 'conv';
      readonly inChannels: Dim;
      readonly outChannels: Dim;
      /** Its length is the rank of space: 1, 2 or 3. Activations are B×C×space, as in PyTorch. */
      readonly kernel: PerAxis;
      readonly stride: PerAxis;
      readonly padding: Padding;
      readonly dilation: PerAxis;
      readonly groups: Dim;
      readonly weight: string;
      readonly bias?: string;
    }
  /** Normalises every channel (axis 1) over batch and space. `scale` and `shift` are absent when not affine. */
  | {
      readonly kind: 'batchNorm';
      readonly channels: Dim;
      readonly epsilon: number;
      readonly scale?: string;
      readonly shift?: string;
    }
  /** Normalises over the last axes, of sizes `normalizedShape`; `center: false` is RMS norm (no mean taken off). */
  | {
      readonly kind: 'layerNorm';
      readonly normalizedShape: Shape;
      readonly center: boolean;
      readonly epsilon: number;
      readonly scale?: string;
      readonly shift?: string;
    }
  /** Normalises over space and the channels of one group; instance norm has one channel a group. */
  | {
      readonly kind: 'groupNorm';
      readonly groups: Dim;
      readonly channels: Dim;
      readonly epsilon: number;
      readonly scale?: string;
      readonly shift?: string;
    }
  | { readonly kind: 'activation'; readonly activation: Activation; readonly slope?: string }
  | { readonly kind: 'softmax'; readonly axis: number; readonly log: boolean }
  /** `rate` is the probability to drop; `alpha` keeps SELU's mean and variance (Klambauer et al. 2017). */
  | { readonly kind: 'dropout'; readonly rate: number; readonly variant: 'element' | 'channel' | 'alpha' }
  | {
      readonly kind: 'pool';
      readonly reduce: 'max' | 'average';
      readonly kernel: PerAxis;
      readonly stride: PerAxis;
      readonly padding: PerAxis;
      readonly ceil: boolean;
      /** Average pooling only: whether padded zeros are counted in the mean. */
      readonly countPadding: boolean;
    }
  /** `output` holds `undefined` where PyTorch's `None` keeps the size. */
  | {
      readonly kind: 'adaptivePool';
      readonly reduce: 'max' | 'average';
      readonly output: readonly (Dim | undefined)[];
    }
  /** `end` counts from the front or, negative, from the back, and is included. */
  | { readonly kind: 'flatten'; readonly start: number; readonly end: number }
  /** The target sizes as written; -1 is solved. The batch axis is written out. */
  | { readonly kind: 'reshape'; readonly shape: readonly Dim[] }
  | { readonly kind: 'permute'; readonly axes: readonly number[] }
  /** The sum of all inputs, with broadcasting: a residual join. */
  | { readonly kind: 'add' }
  | { readonly kind: 'multiply' }
  /** factor · x + offset, by numbers that are not trained. */
  | { readonly kind: 'affine'; readonly factor: number; readonly offset: number }
  /** x · γ by a trained scalar or vector (ReZero, SkipInit, LayerScale). */
  | { readonly kind: 'scale'; readonly scale: string }
  | { readonly kind: 'concat'; readonly axis: number }
  | {
      readonly kind: 'reduce';
      readonly how: 'mean' | 'sum';
      readonly axes: readonly number[];
      readonly keepDims: boolean;
    }
  | { readonly kind: 'identity' }
  /** What a reader did not understand, with the reason for people. What depends on it is not judged. */
  | { readonly kind: 'opaque'; readonly reason: string };

export type OpKind = Op['kind'];
export type OpOf<K extends OpKind> = Extract<Op, { kind: K }>;

/** A table with one entry a kind of operation: forgetting one does not compile. */
export type OpTable<Arguments extends readonly unknown[], Result> = {
  readonly [K in OpKind]: (op: OpOf<K>, ...rest: Arguments) => Result;
};

/** Look `op` up in `table` and apply the entry of its kind. */
export function applyOpTable<Arguments extends readonly unknown[], Result>(
  table: OpTable<Arguments, Result>,
  op: Op,
  ...rest: Arguments
): Result {
  const entry = table[op.kind] as (op: Op, ...rest: Arguments) => Result;
  return entry(op, ...rest);
}
