import type { Network, Node, NodeId } from '../../network';
import type { Finding, Fix } from '../finding';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { callParts, textOf } from '../source';
import { consumersOf, isQuiet, isWeightNode } from '../structure';

const about = {
  id: 'unbounded-coupling',
  title: 'Coupling layer without a bound on its scale',
  defaultSeverity: 'warning',
  citation:
    'Behrmann et al. 2021, §3 (exploding inverses of affine coupling layers); Dinh et al. 2017, §4 (s through a tanh)',
} as const;

/** An affine coupling y = x·exp(s) + t whose s comes straight from a layer: where it is −10, the inverse multiplies errors by 22,026. */
export const couplingScale: Rule = {
  ...about,
  check: (context) => {
    const { network } = context;
    const consumers = consumersOf(network);
    const seen = new Set<number>();
    return network.nodes.flatMap((node): readonly Finding[] => {
      if (node.op.kind !== 'activation' || node.op.activation.kind !== 'exp' || seen.has(node.span.start.offset))
        return [];
      const layer = plainLayerBefore(node, network);
      if (!layer || !scalesTheOtherPart(node, layer, network, consumers)) return [];
      seen.add(node.span.start.offset);
      return [
        predictedFinding(about, context, {
          span: node.span,
          related: [layer.span],
          message: `The scale exp(s) of this coupling layer has no lower bound: for an input unlike the data s may be −10, and the inverse multiplies every error by e¹⁰ = 22,026. Bound it: exp(2·tanh(s)).`,
          label: 'scale down to 0',
          quantity: { name: 'lower bound of the scale', value: 0, unit: '', expected: 'above 0, as e⁻² = 0.14' },
          parameters: [layer.op.weight],
          fixes: fixesOf(node, context),
        }),
      ];
    });
  },
};

/** The weight layer that gives s, with nothing between that bends it. */
function plainLayerBefore({ inputs }: Node, { nodes }: Network) {
  let node = nodes[inputs[0] ?? -1];
  while (node && (isQuiet(node) || node.op.kind === 'slice')) node = nodes[node.inputs[0] ?? -1];
  return isWeightNode(node) ? node : undefined;
}

/** Whether exp(s) is multiplied with a part of the very tensor that s was computed from another part of, and the parts put together again. */
function scalesTheOtherPart(
  exp: Node,
  layer: Node,
  { nodes }: Network,
  consumers: readonly (readonly Node[])[],
): boolean {
  return (consumers[exp.id] ?? []).some((product) => {
    if (product.op.kind !== 'multiply') return false;
    const other = product.inputs.find((input) => input !== exp.id);
    const part = other === undefined ? undefined : sliceBefore(other, nodes);
    const whole = part?.inputs[0];
    if (!part || whole === undefined) return false;
    return comesFrom(layer.id, whole, nodes) && isPutTogether(product.id, consumers);
  });
}

function sliceBefore(id: NodeId, nodes: readonly Node[]): Node | undefined {
  let node = nodes[id];
  while (node && isQuiet(node)) node = nodes[node.inputs[0] ?? -1];
  return node?.op.kind === 'slice' || node?.op.kind === 'gather' ? node : undefined;
}

function comesFrom(id: NodeId, source: NodeId, nodes: readonly Node[]): boolean {
  const open = [id];
  const seen = new Set<NodeId>();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === source) return true;
    if (at < source || seen.has(at)) continue;
    seen.add(at);
    open.push(...(nodes[at]?.inputs ?? []));
  }
  return false;
}

function isPutTogether(id: NodeId, consumers: readonly (readonly Node[])[]): boolean {
  return (consumers[id] ?? []).some(
    (reader) => reader.op.kind === 'concat' || (reader.op.kind === 'add' && isPutTogether(reader.id, consumers)),
  );
}

/** `torch.exp(s)` → `torch.exp(2 * torch.tanh(s))` */
function fixesOf({ span }: Node, { network, text }: RuleContext): readonly Fix[] {
  const call = text === undefined ? undefined : callParts(textOf(span, text));
  if (network.framework !== 'pytorch' || call?.head !== 'torch.exp') return [];
  const newText = `torch.exp(2 * torch.tanh(${call.first}))`;
  return [{ title: 'Bound the scale: exp(2·tanh(s))', edits: [{ span, newText }] }];
}
