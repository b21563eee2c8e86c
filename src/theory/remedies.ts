import { largestOfNormals } from '../network/moments';

/** What authors scale weights, branches and embeddings by so that depth does no harm (methods.md B0.5 and B1). */

/** Fixup (Zhang, Dauphin & Ma 2019): the factor on He weights of all but the last of the layers of each of `branches` residual branches. */
export function fixupFactor(branches: number, layersPerBranch: number): number {
  return branches ** (-1 / (2 * layersPerBranch - 2));
}

/** Stable ResNet (Hayou et al. 2021): the scale of every branch, with which (1 + 1/L)^L stays below e. */
export function stableBranchScale(branches: number): number {
  return 1 / Math.sqrt(branches);
}

/** Stable ResNet whose depth is not known beforehand: that of the l-th branch, from 1. */
export function decreasingBranchScale(branch: number): number {
  return 1 / (Math.sqrt(branch) * Math.log(branch + 1));
}

/** The standard deviation of the small initialisation √(2/(5d)) (Nguyen & Salazar 2019). */
export function smallDeviation(features: number): number {
  return Math.sqrt(2 / (5 * features));
}

/**
 * An upper bound on the stretch of x + W₂ φ(W₁ LN(x)): 1 + σ₁σ₂/σ_x·(√d + √d_ff)² (Takase et al. 2023), which a large shortcut σ_x and small
 * weights keep near 1.
 */
export function feedForwardStretch(sizes: {
  readonly features: number;
  readonly hidden: number;
  readonly firstDeviation: number;
  readonly secondDeviation: number;
  readonly shortcutDeviation: number;
}): number {
  const { features, hidden, firstDeviation, secondDeviation, shortcutDeviation } = sizes;
  const reach = (Math.sqrt(features) + Math.sqrt(hidden)) ** 2;
  return 1 + ((firstDeviation * secondDeviation) / shortcutDeviation) * reach;
}

/** DeepScaleLM (Kedia et al. 2024): the deviation of each of three embeddings that are summed and then dropped with probability `drop`. */
export function deepScaleEmbeddingDeviation(drop: number): number {
  return Math.sqrt((1 - drop) / 3);
}

/** DeepScaleLM: the deviation of both matrices of a ReLU feed-forward branch of 4d hidden units, whose output then has variance 1. */
export function deepScaleFeedForwardDeviation(features: number, drop: number): number {
  return Math.sqrt(Math.sqrt((1 - drop) / 2) / features);
}

/** Maxout of K pieces (Tseran & Montúfar 2021): σ_w² = 1/E[max²], with which lengths are kept. */
export function maxoutWeightVariance(pieces: number): number {
  return 1 / largestOfNormals(pieces).secondMoment;
}
