import type { Network, Node } from '../../network';
import { isWeightNode } from '../structure';

/** A sum of a tensor and of what a branch of weight layers makes of it. */
export interface Residual {
  readonly add: Node;
  /** Index in the nodes of what is carried past the branch. */
  readonly skip: number;
  /** The last node of the branch. */
  readonly branch: number;
}

/** The residual joins of two inputs, in topological order: one input is computed from the other, by weight layers. */
export function residualsOf({ nodes }: Network): readonly Residual[] {
  return nodes.flatMap((add): readonly Residual[] => {
    const [a, b, ...others] = add.inputs;
    if (add.op.kind !== 'add' || a === undefined || b === undefined || others.length > 0 || a === b) return [];
    const [skip, branch] = a < b ? [a, b] : [b, a];
    return leadsByWeights(skip, branch, nodes) ? [{ add, skip, branch }] : [];
  });
}

/** The weights of a branch, by path. */
export function branchWeights({ skip, branch }: Residual, { nodes }: Network): readonly string[] {
  return branchNodes(skip, branch, nodes).flatMap(({ op }) => ('weight' in op ? [op.weight] : []));
}

function leadsByWeights(from: number, to: number, nodes: readonly Node[]): boolean {
  const branch = branchNodes(from, to, nodes);
  const weighted = branch.some(
    (node) => isWeightNode(node) || node.op.kind === 'convTranspose' || node.op.kind === 'recurrent',
  );
  return weighted && branch.some(({ inputs }) => inputs.includes(from));
}

/** What stands between two nodes. They are few in a branch: it is walked back no further than `from`. */
function branchNodes(from: number, to: number, nodes: readonly Node[]): readonly Node[] {
  const open = [to];
  const seen = new Map<number, Node>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes[id];
    if (!node || seen.has(id)) continue;
    seen.set(id, node);
    open.push(...node.inputs.filter((input) => input > from));
  }
  return [...seen.values()];
}
