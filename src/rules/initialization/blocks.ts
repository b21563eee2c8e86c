import { parameterPaths, type Network, type Node } from '../../network';
import type { Block, Stillness } from './stillness';

/** An operation that keeps a gradient from what it was computed from, and why. */
export interface BlockingNode {
  readonly node: Node;
  readonly block: Block;
}

/** The operations that stop a gradient on its way to the parameter, the ones nearest to it. */
export function blocksBehind(path: string, { nodes }: Network, still: Stillness): readonly BlockingNode[] {
  const reached = new Set<number>();
  const blocks = new Map<number, BlockingNode>();
  for (const node of nodes) {
    if (parameterPaths(node.op).includes(path)) reached.add(node.id);
    for (const [place, input] of node.inputs.entries()) {
      if (!reached.has(input)) continue;
      const block = still.blockAt(node, place);
      if (block === undefined) reached.add(node.id);
      else blocks.set(node.id, { node, block });
    }
  }
  return [...blocks.values()];
}
