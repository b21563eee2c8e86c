import type { SourceSpan } from './span';

/** How a fan-scaled initialiser chooses n in Var(W) = scale / n. */
export type FanMode = 'fanIn' | 'fanOut' | 'fanAvg';

/** What a parameter is drawn from before the first step. Fan-scaled forms stay exact when the sizes are unknown. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  /** A normal of the given mean and std *before* it is cut to [low, high]. */
  | {
      readonly kind: 'truncatedNormal';
      readonly mean: number;
      readonly std: number;
      readonly low: number;
      readonly high: number;
    }
  /** Var(W) = scale / fan, exactly; `shape` says of which family the draw is. */
  | {
      readonly kind: 'varianceScaling';
      readonly scale: number;
      readonly mode: FanMode;
      readonly shape: 'normal' | 'uniform' | 'truncatedNormal';
    }
  /** Uniform with Var = scale / fan_in of the parameter `weight` it stands beside (PyTorch's bias U(±1/√fan_in): scale 1/3). */
  | { readonly kind: 'biasScaling'; readonly scale: number; readonly weight: string }
  | { readonly kind: 'orthogonal'; readonly gain: number }
  | { readonly kind: 'identity'; readonly gain: number }
  /** Parts along one axis that are drawn in different ways (the forget gate's bias, the padding row of an embedding). */
  | {
      readonly kind: 'partitioned';
      readonly axis: number;
      readonly parts: readonly { readonly size: number; readonly distribution: Distribution }[];
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Where an initialiser came from. */
export type InitializerOrigin =
  | { readonly kind: 'frameworkDefault' }
  | { readonly kind: 'source'; readonly span: SourceSpan; readonly text: string }
  | { readonly kind: 'checkpoint'; readonly file: string };

export interface Initializer {
  readonly distribution: Distribution;
  readonly origin: InitializerOrigin;
}
