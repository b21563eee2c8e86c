import type { Network, NodeId } from '../../network';

type Graph = Pick<Network, 'nodes' | 'inputs' | 'outputs' | 'notes'>;

/** What no output depends on is no part of the network (an auxiliary head that is not returned), nor is what there is to say of it. */
export function withoutDeadEnds({ nodes, inputs, outputs, notes }: Graph): Graph {
  const alive = new Set<NodeId>([...inputs, ...outputs]);
  for (const node of [...nodes].reverse()) if (alive.has(node.id)) for (const input of node.inputs) alive.add(input);
  if (alive.size === nodes.length) return { nodes, inputs, outputs, notes };
  const kept = nodes.filter((node) => alive.has(node.id));
  const ids = new Map(kept.map((node, index) => [node.id, index]));
  const renumber = (id: NodeId): NodeId => ids.get(id) ?? id;
  const reasons = (of: Graph['nodes']): ReadonlySet<string> =>
    new Set(of.flatMap(({ op }) => (op.kind === 'opaque' ? [op.reason] : [])));
  const [said, dropped] = [reasons(kept), reasons(nodes)];
  return {
    nodes: kept.map((node) => ({ ...node, id: renumber(node.id), inputs: node.inputs.map(renumber) })),
    inputs: inputs.map(renumber),
    outputs: outputs.map(renumber),
    notes: notes.filter(({ kind, message }) => kind !== 'notUnderstood' || said.has(message) || !dropped.has(message)),
  };
}
