import type { Network, NodeId } from './network';

/** What no input goes into: parameters, constants, and what is computed of them alone. */
export function fixedNodes({ nodes }: Pick<Network, 'nodes'>): ReadonlySet<NodeId> {
  const fixed = new Set<NodeId>();
  for (const { id, op, inputs } of nodes) {
    const computed = inputs.length > 0 && inputs.every((input) => fixed.has(input));
    if (op.kind === 'parameter' || op.kind === 'constant' || computed) fixed.add(id);
  }
  return fixed;
}

const weighted: ReadonlySet<string> = new Set(['linear', 'conv', 'convTranspose', 'embedding', 'recurrent']);
const products: ReadonlySet<string> = new Set(['matmul', 'einsum', 'dynamicConv']);

/** The layers whose weights mix units, in topological order: also products of a tensor with a matrix of parameters. */
export function weightLayers(network: Pick<Network, 'nodes'>): readonly NodeId[] {
  const fixed = fixedNodes(network);
  const drawn = new Set<NodeId>();
  for (const { id, op, inputs } of network.nodes)
    if (op.kind === 'parameter' || (fixed.has(id) && inputs.some((input) => drawn.has(input)))) drawn.add(id);
  return network.nodes.flatMap(({ id, op, inputs }) => {
    const product = products.has(op.kind) && !fixed.has(id) && inputs.some((input) => drawn.has(input));
    return weighted.has(op.kind) || product ? [id] : [];
  });
}
