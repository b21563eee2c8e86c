import type { Dim, Shape } from '../shape';

/** `scale` and `shift` hold parameter paths; they are absent where the norm is not affine. */
export type NormalizingOp =
  /** Normalises every channel (axis 1) over batch and space. The running statistics are paths of buffers, used in inference. */
  | {
      readonly kind: 'batchNorm';
      readonly channels: Dim;
      readonly epsilon: number;
      readonly scale?: string;
      readonly shift?: string;
      readonly running?: { readonly mean: string; readonly variance: string };
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
  /** x · (k + α/size · Σ x²)^−β over `size` neighbouring channels (Krizhevsky et al. 2012). */
  | {
      readonly kind: 'localResponseNorm';
      readonly size: number;
      readonly alpha: number;
      readonly beta: number;
      readonly k: number;
    };
