import type { Activation } from '../activation';
import type { Dim } from '../shape';
import type { Padding, PerAxis } from './axes';

/** The geometry of a convolution. Activations are B×C×space, as in PyTorch; the length of `kernel` is the rank of space. */
export interface Convolution {
  readonly inChannels: Dim;
  readonly outChannels: Dim;
  readonly kernel: PerAxis;
  readonly stride: PerAxis;
  readonly padding: Padding;
  readonly dilation: PerAxis;
  readonly groups: Dim;
}

/** `lstm`: gates i, f, g, o. `gru`: r, z, n as in PyTorch, z, r, n in Keras; `resetAfter` applies r behind the recurrent weight. */
export type RecurrentCell =
  | { readonly kind: 'plain'; readonly activation: Activation }
  | { readonly kind: 'lstm'; readonly activation: Activation; readonly gateActivation: Activation }
  | {
      readonly kind: 'gru';
      readonly activation: Activation;
      readonly gateActivation: Activation;
      readonly gates: readonly ['reset', 'update'] | readonly ['update', 'reset'];
      readonly resetAfter: boolean;
    };

/** Operations with weights of their own. Fields named `weight`, `bias`, … hold parameter paths. */
export type WeightedOp =
  | {
      readonly kind: 'linear';
      readonly inFeatures: Dim;
      readonly outFeatures: Dim;
      readonly weight: string;
      readonly bias?: string;
      /** The first of the weight's output features that is used, where it has more than `outFeatures` (packed q, k, v). */
      readonly firstOutput?: Dim;
    }
  | ({ readonly kind: 'conv'; readonly weight: string; readonly bias?: string } & Convolution)
  /** The adjoint of the convolution from `outChannels` to `inChannels`: in PyTorch's layout the weight is in×out/groups×kernel. */
  | ({
      readonly kind: 'convTranspose';
      readonly weight: string;
      readonly bias?: string;
      /** Added behind, to choose among the sizes that the convolution maps to the same one. */
      readonly outputPadding: PerAxis;
    } & Convolution)
  /** A convolution whose kernel is computed: the second input (out×in/groups×kernel). A bias is added by `add`. */
  | ({ readonly kind: 'dynamicConv' } & Convolution)
  /** Rows of `weight` by whole numbers. */
  | { readonly kind: 'embedding'; readonly vocabulary: Dim; readonly features: Dim; readonly weight: string }
  /**
   * One layer in one direction over B×T×F. Inputs: x, then the initial hidden state (B×H) and cell (lstm) where they are given, else zeros.
   * Weights are gates·H×F and gates·H×H in the order of the cell.
   */
  | {
      readonly kind: 'recurrent';
      readonly cell: RecurrentCell;
      readonly inputSize: Dim;
      readonly hiddenSize: Dim;
      readonly reverse: boolean;
      readonly inputWeight: string;
      readonly recurrentWeight: string;
      readonly inputBias?: string;
      readonly recurrentBias?: string;
      /** An LSTM's hidden state is projected by this H'×H before it is given on; the sequence then has H' features. */
      readonly projection?: { readonly size: Dim; readonly weight: string };
      /** B×T×H in the order of the input, the last hidden state B×H, or an LSTM's last cell B×H. */
      readonly result: 'sequence' | 'hidden' | 'cell';
    };
