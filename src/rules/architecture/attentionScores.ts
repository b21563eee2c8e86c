import { fixedNodes, isKnown, type Network, type Node, type NodeId } from '../../network';
import type { Finding, Fix } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { callParts, textOf } from '../source';
import { consumersOf, isQuiet } from '../structure';

const about = {
  id: 'attention-scores',
  title: 'Attention scores too large at the start',
  defaultSeverity: 'warning',
  citation: 'Vaswani et al. 2017, §3.2.1 (1/√d); Derrida 1981 (a softmax of N Gaussian scores freezes at s² = 2 ln N)',
} as const;

/** s² of the scores, from which on it is said; twice the logarithm of the number of keys is the warning. */
const INFORMATION = 4;
/** Keys where their number is not known. */
const KEYS = 128;

/** The scores that one softmax turns into the weights of values. */
interface Scores {
  readonly softmax: Node;
  /** The product of queries and keys. */
  readonly product: Node;
  readonly variance: number;
  readonly scaled: boolean;
  readonly keys: number | undefined;
}

/** Queries times keys without 1/√d (or of large weights): each query looks at one key from the start, and the softmax passes no gradient. */
export const attentionScores: Rule = {
  ...about,
  check: (context) => {
    if (context.report.confidence === 'low') return [];
    const groups = new Map<number, Scores[]>();
    for (const scores of scoresOf(context)) {
      const place = scores.product.span.start.offset;
      groups.set(place, [...(groups.get(place) ?? []), scores]);
    }
    return [...groups.values()].flatMap((group): readonly Finding[] => {
      const [worst] = group.toSorted((a, b) => b.variance - a.variance);
      if (!worst || worst.variance < INFORMATION) return [];
      const { product, softmax, variance, scaled, keys } = worst;
      const frozen = variance >= 2 * Math.log(keys ?? KEYS);
      const size = Math.sqrt(variance);
      return [
        predictedFinding(about, context, {
          severity: frozen ? 'warning' : 'information',
          span: product.span,
          related: [softmax.span],
          message: `The scores of queries and keys start with size ${formatNumber(size)}${scaled ? '' : ', since they are not divided by √d'}: ${frozen ? 'each query looks at one or two keys at random, and the softmax hardly passes a gradient' : 'the weights are far from even before anything was learnt'}. With 1/√d and queries and keys of size 1 it is 1.`,
          label: `scores of size ${formatNumber(size)}`,
          quantity: { name: 'size of the attention scores', value: size, unit: '', expected: 'about 1, below 2' },
          confidence: context.report.confidence,
          fixes: scaled ? [] : fixesOf(group, context),
        }),
      ];
    });
  },
};

function scoresOf({ network, report }: RuleContext): readonly Scores[] {
  const fixed = fixedNodes(network);
  const consumers = consumersOf(network);
  return network.nodes.flatMap((softmax): readonly Scores[] => {
    if (softmax.op.kind !== 'softmax' || softmax.op.log || !weighsValues(softmax, consumers)) return [];
    const found = productBefore(softmax, network, fixed);
    const signal = found && report.signals[found.product.id];
    if (!found || !signal) return [];
    const keys = softmax.shape?.at(softmax.op.axis);
    return [
      {
        softmax,
        product: found.product,
        variance: found.factor ** 2 * (signal.secondMoment - signal.mean ** 2),
        scaled: found.factor !== 1 || found.product.inputs.some((input) => isScaled(input, network)),
        keys: isKnown(keys) ? keys : undefined,
      },
    ];
  });
}

/** Whether a product with values follows. */
function weighsValues({ id }: Node, consumers: readonly (readonly Node[])[]): boolean {
  const open = [id];
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const reader of consumers[node] ?? []) {
      if (reader.op.kind === 'matmul' || reader.op.kind === 'einsum') return true;
      if (isQuiet(reader)) open.push(reader.id);
    }
  return false;
}

/** The product of two tensors that both depend on the input, and what it is multiplied with on the way: masks are added, or put in place. */
function productBefore(
  softmax: Node,
  { nodes }: Network,
  fixed: ReadonlySet<number>,
): { readonly product: Node; readonly factor: number } | undefined {
  let factor = 1;
  let node = nodes[softmax.inputs[0] ?? -1];
  while (node) {
    const { op, inputs } = node;
    if (op.kind === 'matmul' || op.kind === 'einsum')
      return inputs.length === 2 && inputs.every((input) => !fixed.has(input)) ? { product: node, factor } : undefined;
    if (op.kind === 'affine') factor *= op.factor;
    const passes = isQuiet(node) || op.kind === 'add' || op.kind === 'where' || op.kind === 'slice';
    const living = inputs.filter((input) => !fixed.has(input));
    if (!passes || living.length !== 1) return undefined;
    node = nodes[living[0] ?? -1];
  }
  return undefined;
}

/** Queries or keys that were multiplied by a number before. */
function isScaled(id: NodeId, { nodes }: Network): boolean {
  let node = nodes[id];
  while (node && isQuiet(node)) {
    if (node.op.kind === 'affine' && node.op.factor !== 1) return true;
    node = nodes[node.inputs[0] ?? -1];
  }
  return false;
}

/** `q @ k.transpose(-2, -1)` → `(q @ k.transpose(-2, -1)) * 64 ** -0.5` */
function fixesOf(group: readonly Scores[], { network, text }: RuleContext): readonly Fix[] {
  const [first] = group;
  if (!first || text === undefined || network.framework === 'tfjs') return [];
  const { span, op, inputs } = first.product;
  const depth = op.kind === 'matmul' ? network.nodes[inputs[0] ?? -1]?.shape?.at(-1) : undefined;
  if (!isKnown(depth)) return [];
  const product = textOf(span, text);
  const call = callParts(product);
  const closed = call !== undefined && /^[\w.]+$/.test(call.head);
  const newText = `${closed ? product : `(${product})`} * ${depth} ** -0.5`;
  return [{ title: `Scale the scores by 1/√${depth}`, edits: [{ span, newText }] }];
}
