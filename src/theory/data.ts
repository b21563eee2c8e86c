import type { InputMoments } from './forward';

/**
 * What the network is fed with: by default normalised data, q = 1, whose samples have nothing in common. Where the network scales
 * its input itself, it is what comes out of that.
 */
export interface Data {
  /** E[x²] a unit. */
  readonly secondMoment?: number;
  readonly mean?: number;
  /** E[x_a x_b]/E[x²] of two samples. */
  readonly correlation?: number;
}

/** The moments of inputs of this kind. */
export function inputMoments({ secondMoment = 1, mean = 0, correlation = 0 }: Data): InputMoments {
  return { secondMoment, mean, crossMoment: correlation * secondMoment };
}
