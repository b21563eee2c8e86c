import type { Network, Node, NodeId } from '../../network';
import { gradientInputs } from './gradientPaths';

/** Successive weight layers, and where the network narrows to one node: what a Jacobian can be factored into. */

export function isWeightLayer({ op }: Node): boolean {
  return op.kind === 'linear' || op.kind === 'conv' || op.kind === 'convTranspose' || op.kind === 'recurrent';
}

export interface LayerPair {
  readonly from: NodeId;
  readonly to: NodeId;
}

/** Every weight layer that depends on another, with the last of those before it. `nodes` are in topological order. */
export function layerPairs(nodes: readonly Node[]): LayerPair[] {
  /** The last weight layer among a node and its ancestors. */
  const last = new Map<NodeId, NodeId>();
  const pairs: LayerPair[] = [];
  for (const node of nodes) {
    const before = Math.max(...gradientInputs(node).map((id) => last.get(id) ?? -1), -1);
    if (isWeightLayer(node)) {
      if (before >= 0) pairs.push({ from: before, to: node.id });
      last.set(node.id, node.id);
    } else if (before >= 0) last.set(node.id, before);
  }
  return pairs;
}

/** The nodes through which every path from the input to the output goes, in order; both ends included. */
export function bottlenecks(nodes: readonly Node[], input: NodeId, output: NodeId): NodeId[] {
  const onPath = between(nodes, input, output);
  const lastUse = new Map<NodeId, NodeId>();
  for (const node of onPath) for (const used of gradientInputs(node)) lastUse.set(used, node.id);
  const result: NodeId[] = [];
  /** The last node that uses a value of the nodes passed so far. */
  let reach = input;
  for (const { id } of onPath) {
    if (id >= reach) result.push(id);
    reach = Math.max(reach, lastUse.get(id) ?? id);
  }
  return result;
}

/** The nodes on the ways on which a gradient of `to` travels to `from`, both included. */
export function between(nodes: Network['nodes'], from: NodeId, to: NodeId): Node[] {
  const after = new Set<NodeId>([from]);
  for (const node of nodes) if (gradientInputs(node).some((input) => after.has(input))) after.add(node.id);
  const before = new Set<NodeId>([to]);
  for (const node of nodes.toReversed())
    if (before.has(node.id)) for (const input of gradientInputs(node)) before.add(input);
  return nodes.filter(({ id }) => after.has(id) && before.has(id));
}
