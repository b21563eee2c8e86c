import type { Network, Node, NodeId, OpOf } from '../network';

/** A linear layer or a convolution. */
export type WeightNode = Node & { readonly op: OpOf<'linear'> | OpOf<'conv'> };

export function isWeightNode(node: Node | undefined): node is WeightNode {
  return node?.op.kind === 'linear' || node?.op.kind === 'conv';
}

export function isNormalization({ op }: Node): boolean {
  return op.kind === 'batchNorm' || op.kind === 'layerNorm' || op.kind === 'groupNorm';
}

/** Also one that is written out: a division by a root (x · rsqrt(mean x² + ε)). */
export function isNormalizing(node: Node): boolean {
  const { op } = node;
  return (
    isNormalization(node) ||
    (op.kind === 'activation' && op.activation.kind === 'power' && op.activation.exponent === -0.5)
  );
}

/** Passes single values on unchanged up to place, scale or a mask: no unit is mixed with another, none is bent. */
export function isQuiet({ op }: Node): boolean {
  return (
    op.kind === 'identity' ||
    op.kind === 'dropout' ||
    op.kind === 'flatten' ||
    op.kind === 'reshape' ||
    op.kind === 'permute' ||
    op.kind === 'affine'
  );
}

/** The nodes whose values depend on what is not understood. */
export function behindOpaque({ nodes }: Network): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  for (const { id, op, inputs } of nodes)
    if (op.kind === 'opaque' || inputs.some((input) => found.has(input))) found.add(id);
  return found;
}

/** Who reads each node. */
export function consumersOf({ nodes }: Network): readonly (readonly Node[])[] {
  const consumers = nodes.map((): Node[] => []);
  for (const node of nodes) for (const input of node.inputs) consumers[input]?.push(node);
  return consumers;
}

/** The nearest node before `id` that is not quiet, nor a pool; undefined where ways join. */
export function nearestBefore({ nodes }: Network, id: NodeId): Node | undefined {
  let node = nodes[nodes[id]?.inputs[0] ?? -1];
  if ((nodes[id]?.inputs.length ?? 0) !== 1) return undefined;
  while (node && (isQuiet(node) || isPool(node))) node = nodes[node.inputs[0] ?? -1];
  return node;
}

function isPool({ op }: Node): boolean {
  return op.kind === 'pool' || op.kind === 'adaptivePool';
}

/** Weight layer → activation → weight layer, with nothing between that normalises or joins. */
export interface Link {
  readonly before: WeightNode;
  readonly activation: Node & { readonly op: OpOf<'activation'> };
  readonly after: WeightNode;
}

export function linksOf(network: Network): readonly Link[] {
  return network.nodes.filter(isWeightNode).flatMap((after): readonly Link[] => {
    const activation = nearestBefore(network, after.id);
    if (!activation || !isActivation(activation)) return [];
    const before = nearestBefore(network, activation.id);
    return isWeightNode(before) ? [{ before, activation, after }] : [];
  });
}

function isActivation(node: Node): node is Node & { readonly op: OpOf<'activation'> } {
  return node.op.kind === 'activation';
}

/** The spans of nodes, each once, in the order of the text; the one of most nodes first. */
export function spansOf(nodes: readonly Node[]): readonly Node['span'][] {
  const counts = new Map<number, { span: Node['span']; count: number }>();
  for (const { span } of nodes) {
    const known = counts.get(span.start.offset);
    if (known) known.count += 1;
    else counts.set(span.start.offset, { span, count: 1 });
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count || a.span.start.offset - b.span.start.offset)
    .map(({ span }) => span);
}
