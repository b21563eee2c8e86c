import type { Network, NodeId } from '../network';
import { flowOf } from './flow';
import { Weights } from './weights';

/**
 * Where prediction stops on the way to the outputs: the nodes without a state whose inputs all have one. Empty where every output is
 * predicted from normalised data.
 */
export function unpredicted(network: Network): readonly NodeId[] {
  const { states } = flowOf(network, new Weights(network), { secondMoment: 1, mean: 0, crossMoment: 0 });
  const needed = new Set(network.outputs.filter((output) => states[output] === undefined));
  for (const { id, inputs } of network.nodes.toReversed())
    if (needed.has(id)) for (const input of inputs) if (states[input] === undefined) needed.add(input);
  return [...needed]
    .filter((id) => network.nodes[id]?.inputs.every((input) => states[input] !== undefined))
    .sort((a, b) => a - b);
}
