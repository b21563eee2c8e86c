import type { Network, Node } from '../../network';
import { isQuiet } from '../structure';

/** What makes an output, and what is done to its values afterwards: factor·x + offset. */
export interface LastOperation {
  readonly node: Node;
  readonly factor: number;
  readonly offset: number;
}

/** The last operation before each output that does more than move, scale or mask single values. */
export function lastOperations({ nodes, outputs }: Network): readonly LastOperation[] {
  return outputs.flatMap((output): readonly LastOperation[] => {
    let node = nodes[output];
    let [factor, offset] = [1, 0];
    while (node && isQuiet(node)) {
      if (node.op.kind === 'affine') [factor, offset] = [factor * node.op.factor, factor * node.op.offset + offset];
      node = nodes[node.inputs[0] ?? -1];
    }
    return node ? [{ node, factor, offset }] : [];
  });
}
