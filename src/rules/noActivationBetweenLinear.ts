import { isKnown, type Network, type Node } from '../network';
import type { Finding, Fix } from './finding';
import type { Rule, RuleContext } from './rule';
import { consumersOf, isQuiet, isWeightNode, type WeightNode } from './structure';

const id = 'no-activation-between-linear';
const citation = 'Goodfellow, Bengio & Courville 2016, §6.3 (a chain of linear layers is one linear layer)';

/** Two linear layers that could be one: W₂(W₁x + b₁) + b₂ = Wx + b. */
interface Pair {
  readonly first: WeightNode;
  readonly second: WeightNode;
}

/** Weight layers in a row without a non-linearity. A narrow layer between wide ones is a low-rank product, and meant. */
export const noActivationBetweenLinear: Rule = {
  id,
  title: 'No activation between linear layers',
  defaultSeverity: 'warning',
  citation,
  check: ({ network }: RuleContext) => {
    const seen = new Set<number>();
    return pairsOf(network).flatMap((pair) => {
      // Layers that one line makes again and again are told of once.
      if (seen.has(pair.first.span.start.offset)) return [];
      seen.add(pair.first.span.start.offset);
      return [findingOf(pair, network)];
    });
  },
};

function findingOf({ first, second }: Pair, network: Network): Finding {
  const name = first.op.kind === 'conv' ? 'convolutions' : 'linear layers';
  return {
    rule: id,
    severity: 'warning',
    network: network.name,
    span: first.span,
    related: [second.span],
    message: `No activation stands between ${first.path} and ${second.path}: two ${name} in a row compute nothing that one cannot.`,
    label: '2 layers act as 1',
    quantity: { name: 'layers that act as one', value: 2, unit: 'layers', expected: '1' },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [first.op.weight, second.op.weight],
    fixes: fixesOf({ first, second }, network),
  };
}

function pairsOf(network: Network): readonly Pair[] {
  const consumers = consumersOf(network);
  return network.nodes.filter(isWeightNode).flatMap((second): readonly Pair[] => {
    let node = network.nodes[second.inputs[0] ?? -1];
    while (node && isQuiet(node) && consumers[node.id]?.length === 1) node = network.nodes[node.inputs[0] ?? -1];
    if (!isWeightNode(node) || consumers[node.id]?.length !== 1 || network.outputs.includes(node.id)) return [];
    return isOneLayer(node, second) ? [{ first: node, second }] : [];
  });
}

/** Whether one layer of no more parameters could stand for both: nothing is factorised. */
function isOneLayer(first: WeightNode, second: WeightNode): boolean {
  if (first.op.kind === 'linear' && second.op.kind === 'linear') {
    const [into, middle, out] = [first.op.inFeatures, first.op.outFeatures, second.op.outFeatures];
    return isKnown(into) && isKnown(middle) && isKnown(out) && middle >= Math.min(into, out);
  }
  if (first.op.kind !== 'conv' || second.op.kind !== 'conv') return false;
  const [into, middle, out] = [first.op.inChannels, first.op.outChannels, second.op.outChannels];
  const plain = first.op.groups === 1 && second.op.groups === 1;
  // Kernels in a row widen the field of view with fewer weights, and 1×1 after k×k is cheaper than k×k: only 1×1 pairs are sure.
  const points = [...first.op.kernel, ...second.op.kernel].every((size) => size === 1);
  return plain && points && isKnown(into) && isKnown(middle) && isKnown(out) && middle >= Math.min(into, out);
}

/** After an item of a container, or around a call in `forward`. Not where one line makes several layers. */
function fixesOf({ first, second }: Pair, network: Network): readonly Fix[] {
  const nn = network.initializationSite?.nn;
  if (network.framework !== 'pytorch' || nn === undefined || !first.callSpan) return [];
  const sameLine = (a: Node, b: Node): boolean => a.span.start.offset === b.span.start.offset;
  if (network.nodes.some((node) => node !== first && sameLine(node, first))) return [];
  const container = parentOf(first.path);
  const inSequence = /\d+$/.test(first.path) && /\d+$/.test(second.path) && container === parentOf(second.path);
  if (inSequence) {
    const span = { ...first.span, start: first.span.end };
    return [{ title: 'Insert a ReLU', edits: [{ span, newText: `, ${nn}.ReLU()` }] }];
  }
  const { callSpan } = first;
  return [
    {
      title: 'Apply a ReLU',
      edits: [
        { span: { ...callSpan, end: callSpan.start }, newText: `${nn}.functional.relu(` },
        { span: { ...callSpan, start: callSpan.end }, newText: ')' },
      ],
    },
  ];
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}
