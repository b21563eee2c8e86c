import { fixedNodes, type Network, type Node } from '../../network';
import type { Finding, Fix, Severity } from '../finding';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { callParts, textOf } from '../source';

const about = {
  id: 'infinite-derivative',
  title: 'Root or logarithm of what can be zero',
  defaultSeverity: 'error',
  citation:
    'd√x/dx = 1/(2√x) and d ln x/dx = 1/x are infinite at 0; Goodfellow, Bengio & Courville 2016, §4.1 (log-softmax)',
} as const;

/** A root, a logarithm or a reciprocal of a tensor that is zero at some elements, without a small number added: its gradient is not finite. */
export const infiniteDerivative: Rule = {
  ...about,
  check: (context) => {
    const { network } = context;
    const fixed = fixedNodes(network);
    const seen = new Set<number>();
    return network.nodes.flatMap((node): readonly Finding[] => {
      const name = fixed.has(node.id) ? undefined : steepName(node);
      const cause = name === undefined ? undefined : zeroCause(node, network);
      if (name === undefined || !cause || seen.has(node.span.start.offset)) return [];
      seen.add(node.span.start.offset);
      return [
        predictedFinding(about, context, {
          severity: cause.severity,
          span: node.span,
          related: [cause.node.span],
          message: `${name} of ${cause.text}: its derivative there is infinite, and the gradient becomes Inf or NaN. ${cause.advice}`,
          label: 'derivative ∞ at 0',
          quantity: { name: 'smallest value that is reached', value: 0, unit: '', expected: 'above 0' },
          fixes: fixesOf(node, cause.node, context),
        }),
      ];
    });
  },
};

function steepName({ op }: Node): string | undefined {
  if (op.kind !== 'activation') return undefined;
  if (op.activation.kind === 'log' && op.activation.offset === 0) return 'A logarithm';
  if (op.activation.kind !== 'power') return undefined;
  const { exponent } = op.activation;
  return exponent < 0 ? 'A reciprocal' : exponent < 1 && exponent > 0 ? 'A root' : undefined;
}

interface ZeroCause {
  readonly node: Node;
  readonly text: string;
  readonly advice: string;
  readonly severity: Severity;
}

const shaping: ReadonlySet<string> = new Set([
  'identity',
  'flatten',
  'reshape',
  'squeeze',
  'unsqueeze',
  'permute',
  'slice',
]);
const epsilon = 'Add a small number before it (1e-6).';

function zeroCause({ inputs }: Node, { nodes }: Network): ZeroCause | undefined {
  let node = nodes[inputs[0] ?? -1];
  let summed = false;
  while (node && (shaping.has(node.op.kind) || isSum(node))) {
    summed ||= isSum(node);
    node = nodes[node.inputs[0] ?? -1];
  }
  if (!node) return undefined;
  const { op } = node;
  // A sum of many is zero only where all are.
  if (op.kind === 'softmax' && !op.log && !summed)
    return {
      node,
      text: 'a softmax, which rounds to 0 where a logit lies 104 below the largest (in float32)',
      advice: 'Use log-softmax, which is exact.',
      severity: 'warning',
    };
  if (op.kind !== 'activation' || summed) return undefined;
  const { kind } = op.activation;
  if (kind === 'relu' || kind === 'relu6')
    return {
      node,
      text: 'the output of a ReLU, which is 0 for about half of all inputs',
      advice: epsilon,
      severity: 'error',
    };
  return undefined;
}

function isSum({ op }: Node): boolean {
  return op.kind === 'reduce' && (op.how === 'sum' || op.how === 'mean');
}

/** `torch.log(torch.softmax(x, dim=1))` → `torch.log_softmax(x, dim=1)` */
function fixesOf({ span }: Node, inner: Node, { network, text }: RuleContext): readonly Fix[] {
  if (network.framework !== 'pytorch' || text === undefined || inner.op.kind !== 'softmax') return [];
  const outer = callParts(textOf(span, text));
  const softmax = textOf(inner.span, text);
  const head = callParts(softmax)?.head;
  const nested = outer && (outer.first === softmax || outer.head === `${softmax}.log`);
  if (!nested || head === undefined || !/(^|\.)softmax$/.test(head)) return [];
  const newText = `${head.slice(0, -'softmax'.length)}log_softmax${softmax.slice(head.length)}`;
  return [{ title: 'Log-softmax in one', edits: [{ span, newText }] }];
}
