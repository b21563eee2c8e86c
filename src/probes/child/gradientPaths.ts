import { parameterPaths, type Node, type NodeId, type Op } from '../../network';

/** The inputs through which an operation lets no gradient: whole numbers, conditions, and what the source holds back. */
function closed(op: Op): readonly number[] | 'all' {
  switch (op.kind) {
    case 'embedding':
    case 'oneHot':
    case 'compare':
    case 'stopGradient':
    case 'argExtremum':
    case 'noise':
      return 'all';
    case 'topK':
      return op.result === 'indices' ? 'all' : [];
    case 'gather':
    case 'takeAlong':
      return [1];
    case 'where':
      return [0];
    case 'attention':
      return op.mask === 'boolean' ? [3] : [];
    default:
      return [];
  }
}

/** The inputs of a node that get a gradient from it. */
export function gradientInputs({ op, inputs }: Node): readonly NodeId[] {
  const none = closed(op);
  if (none === 'all') return [];
  return inputs.filter((_, place) => !none.includes(place));
}

/** The nodes that the gradient of `output` reaches, among `nodes` in topological order. */
export function reachedByGradients(nodes: readonly Node[], output: NodeId): ReadonlySet<NodeId> {
  const reached = new Set([output]);
  for (const node of nodes.toReversed())
    if (reached.has(node.id)) for (const input of gradientInputs(node)) reached.add(input);
  return reached;
}

/**
 * Where the gradient that travels back from the output ends: the first of the `real` inputs that it reaches, else the first
 * value that is computed of an input and has a gradient (of a language model, the embeddings of its tokens).
 */
export function gradientOrigin(nodes: readonly Node[], real: ReadonlySet<NodeId>, output: NodeId): NodeId | undefined {
  const reached = reachedByGradients(nodes, output);
  const first = nodes.find(({ id }) => real.has(id) && reached.has(id));
  if (first !== undefined) return first.id;
  const fed = new Set(nodes.filter(({ op }) => op.kind === 'input').map(({ id }) => id));
  const valued = new Set<NodeId>();
  for (const node of nodes) {
    if (!node.inputs.some((id) => fed.has(id))) continue;
    fed.add(node.id);
    if (gradientInputs(node).some((id) => valued.has(id)) || parameterPaths(node.op).length > 0) valued.add(node.id);
  }
  return nodes.find(({ id }) => valued.has(id) && reached.has(id))?.id;
}
