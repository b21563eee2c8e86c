import { fixedNodes, type Network, type NodeId } from '../network';
import { Assumptions } from './assumptions';
import { gradientsOf, type Gradients } from './gradients';
import { forward, type InputMoments, type Surroundings } from './forward';
import type { State } from './state';
import type { Weights } from './weights';

/** States forward and squared gradient norms backward, by node. */
export interface Flow extends Gradients {
  readonly states: readonly (State | undefined)[];
  /** The sizes that were assumed on the way. */
  readonly assumptions: Assumptions;
}

/** Through the graph and back. */
export function flowOf(network: Network, weights: Weights, data: InputMoments): Flow {
  const { surroundings, states, assumptions } = forwardFlow(network, weights, data);
  return { states, ...gradientsOf(network, surroundings, states), assumptions };
}

/** Through the graph alone. */
export function forwardFlow(network: Network, weights: Weights, data: InputMoments) {
  const raw = rawNodes(network);
  const fixed = fixedNodes(network);
  const assumptions = new Assumptions();
  const states: (State | undefined)[] = [];
  const surroundings = network.nodes.map((node): Surroundings => {
    const around = {
      node,
      states: node.inputs.map((input) => states[input]),
      shapes: node.inputs.map((input) => network.nodes[input]?.shape),
      fixed: node.inputs.map((input) => fixed.has(input)),
      weights,
      assumptions,
      data,
      preparesInput: raw.has(node.id),
    };
    states.push(forward(around));
    return around;
  });
  return { surroundings, states, assumptions };
}

/** The inputs, and what is only a scaled or shifted one: pixels that the network brings into range itself. */
function rawNodes({ nodes }: Network): ReadonlySet<NodeId> {
  const raw = new Set<NodeId>();
  for (const { id, op, inputs } of nodes) {
    const [only] = inputs;
    const scales = op.kind === 'affine' || op.kind === 'identity' || op.kind === 'permute';
    if (op.kind === 'input' || (scales && only !== undefined && raw.has(only))) raw.add(id);
  }
  return raw;
}
