import { hasFixedScale, scaledDistribution, type Activation, type Distribution, type Network } from '../network';
import { activationKey, biasOf, type HiddenLayers } from './hiddenLayers';

/** What hidden layers would be instead; what is undefined stays as it is. */
export interface Variation {
  /** σ_w of the middle one of them; the others are drawn larger or smaller by the same factor. */
  readonly weightDeviation?: number | undefined;
  /** σ_b of all of them that have biases. */
  readonly biasDeviation?: number | undefined;
  readonly activation?: Activation | undefined;
  /** The factor of every residual branch. */
  readonly branchScale?: number | undefined;
  /** χ factors on the longest way. */
  readonly steps?: number | undefined;
  readonly width?: number | undefined;
}

/**
 * The network with other hidden layers, its graph of the same depth: what another depth makes of it is extrapolated from the report
 * (`atDepth`). Another width changes the σ_w of draws whose deviation is a number in the source.
 */
export function varied(network: Network, hidden: HiddenLayers, variation: Variation): Network {
  const { weightDeviation, biasDeviation, activation, branchScale, width } = variation;
  const changes = new Map<string, (drawn: Distribution) => Distribution>();
  const change = (path: string | undefined, by: (drawn: Distribution) => Distribution): void => {
    if (path === undefined) return;
    const before = changes.get(path);
    changes.set(path, before ? (drawn) => by(before(drawn)) : by);
  };
  const gain = weightDeviation === undefined ? 1 : weightDeviation / hidden.weightDeviation;
  const wider = width === undefined ? 1 : Math.sqrt(width / hidden.width);
  for (const id of hidden.nodes) {
    const op = network.nodes[id]?.op;
    if (op?.kind === 'linear' || op?.kind === 'conv')
      change(op.weight, (drawn) => scaledDistribution(drawn, gain * (hasFixedScale(drawn) ? wider : 1)));
    if (biasDeviation !== undefined)
      change(biasOf(network, id), () => ({ kind: 'normal', mean: 0, std: biasDeviation }));
  }
  if (branchScale !== undefined)
    for (const path of hidden.branches.flatMap(({ parameters }) => parameters))
      change(path, (drawn) => scaledDistribution(drawn, branchScale));
  const from = activationKey(hidden.activation);
  return {
    ...network,
    nodes: network.nodes.map((node) =>
      activation && node.op.kind === 'activation' && activationKey(node.op.activation) === from
        ? { ...node, op: { ...node.op, activation } }
        : node,
    ),
    parameters: network.parameters.map((parameter) => {
      const by = changes.get(parameter.path);
      if (!by) return parameter;
      const { origin, distribution } = parameter.initializer;
      return { ...parameter, initializer: { origin, distribution: by(distribution) } };
    }),
  };
}
