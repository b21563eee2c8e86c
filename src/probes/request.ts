import type { Network } from '../network';
import type { LossChoice, ProbeKind, ProbeRequest } from './protocol';

/** What a user chooses of a probe; all randomness follows from the seed. */
export interface ProbeChoices {
  readonly seed: number;
  readonly batch: number;
  /** The shape of one sample, without the batch axis. */
  readonly shape: readonly number[];
}

/** A probe of the network before its first training step, on Gaussian inputs, by the loss that the file applies to it. */
export function initialProbe<Kind extends ProbeKind>(
  probe: Kind,
  network: Network,
  { seed, batch, shape }: ProbeChoices,
): ProbeRequest & { readonly probe: Kind } {
  return {
    probe,
    network,
    weights: { kind: 'initial', seed },
    input: { kind: 'gaussian', seed, batch, shape },
    loss: lossChoice(network, seed),
  };
}

/** The loss that the file applies to the model; a mean squared error where it does not say. */
function lossChoice({ losses }: Network, seed: number): LossChoice {
  const classes = losses.some(({ kind }) => kind === 'crossEntropy' || kind === 'negativeLogLikelihood');
  return { kind: classes ? 'crossEntropy' : 'meanSquaredError', seed };
}
