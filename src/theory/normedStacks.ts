import type { Activation } from '../network';
import { activationVariance, moments } from '../network/moments';

/** χ of a layer whose pre-activations a layer norm (or RMS norm) brings to q = 1: D2/M2, whatever σ_w² (methods.md B0.6). */
export function layerNormGrowth(activation: Activation): number {
  const { secondMoment, derivativeSecondMoment } = moments(activation, 1);
  return derivativeSecondMoment / secondMoment;
}

/** The same behind a batch norm over a large batch: D2/V, of ReLU π/(π − 1) (Yang et al. 2019). */
export function batchNormGrowth(activation: Activation): number {
  return moments(activation, 1).derivativeSecondMoment / activationVariance(activation, 1);
}

/** Of linear layers with batch norm, which a small batch alone makes explode: (B − 2)/(B − 3). */
export function linearBatchNormGrowth(batch: number): number {
  return (batch - 2) / (batch - 3);
}
