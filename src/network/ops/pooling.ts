import type { Dim } from '../shape';
import type { Padding, PerAxis } from './axes';

/** What makes space smaller or larger without weights. Activations are B×C×space. */
export type PoolingOp =
  | {
      readonly kind: 'pool';
      readonly reduce: 'max' | 'average';
      readonly kernel: PerAxis;
      readonly stride: PerAxis;
      readonly padding: Padding;
      readonly dilation?: PerAxis;
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
  /** To the sizes `output`, or by the factors `scale` (rounded down). */
  | {
      readonly kind: 'upsample';
      readonly mode: 'nearest' | 'linear' | 'cubic';
      readonly target:
        | { readonly kind: 'output'; readonly sizes: PerAxis }
        | { readonly kind: 'scale'; readonly factors: readonly number[] };
      /** Whether the corner points, not the corner pixels, lie on each other. */
      readonly alignCorners: boolean;
    }
  /** Windows as columns: B×C·kernel×places (im2col). */
  | {
      readonly kind: 'unfold';
      readonly kernel: PerAxis;
      readonly stride: PerAxis;
      readonly padding: PerAxis;
      readonly dilation: PerAxis;
    };
