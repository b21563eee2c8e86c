import type { Activation } from '../activation';

/** Element by element, with broadcasting where there are several inputs. */
export type ElementwiseOp =
  | { readonly kind: 'activation'; readonly activation: Activation; readonly slope?: string }
  /**
   * `rate` is the probability to drop: an element, a channel, a whole sample (stochastic depth); `alpha` keeps SELU's mean and variance
   * (Klambauer et al. 2017).
   */
  | {
      readonly kind: 'dropout';
      readonly rate: number;
      readonly variant: 'element' | 'channel' | 'sample' | 'alpha';
    }
  /** The sum of all inputs: a residual join. */
  | { readonly kind: 'add' }
  | { readonly kind: 'multiply' }
  /** factor · x + offset, by numbers that are not trained. */
  | { readonly kind: 'affine'; readonly factor: number; readonly offset: number }
  /** x · γ by a trained scalar or vector (ReZero, SkipInit, LayerScale), broadcast against the last axes. */
  | { readonly kind: 'scale'; readonly scale: string }
  /** The largest or smallest of the inputs, element by element. */
  | { readonly kind: 'extremum'; readonly which: 'max' | 'min' }
  /** 1 where it holds, else 0. */
  | {
      readonly kind: 'compare';
      readonly operator: 'less' | 'lessEqual' | 'greater' | 'greaterEqual' | 'equal' | 'notEqual' | 'and' | 'or';
    }
  /** Inputs: condition, then, else. */
  | { readonly kind: 'where' }
  /** Passes values on and holds gradients back (`detach`). */
  | { readonly kind: 'stopGradient' }
  | { readonly kind: 'identity' };
