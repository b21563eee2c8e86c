import { isKnown, type Node } from '../../network';
import { residualsOf, type Residual } from '../architecture/residuals';
import type { Finding, Fix } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { textOf } from '../source';
import { consumersOf, isNormalization, isQuiet } from '../structure';

const about = {
  id: 'small-embedding',
  title: 'Embedding small before a pre-norm stack',
  defaultSeverity: 'information',
  citation: 'Takase et al. 2023, Spike No More, §3 (large shortcuts keep gradients small)',
} as const;

/** q of the residual stream below which its norm multiplies the gradient: a deviation of 0.3. */
const SMALL = 0.09;
/** Growth of the squared gradient over the stack from which on it is said. */
const GROWTH = 10;

/** The stream starts small, and the norm of each branch divides by its size: gradients grow towards the embedding. */
export const smallEmbedding: Rule = {
  ...about,
  check: (context): readonly Finding[] => {
    const { network, report } = context;
    const joins = residualsOf(network);
    const [first, last] = [joins[0], joins.at(-1)];
    if (report.confidence === 'low' || !first || !last || !startsWithNorm(first, context)) return [];
    const embedding = embeddingBefore(network.nodes[first.skip], context);
    const [bottom, top] = [report.signals[first.skip], report.signals[last.add.id]];
    if (embedding?.op.kind !== 'embedding' || !bottom || !top || bottom.secondMoment >= SMALL) return [];
    const growth = bottom.gradient / top.gradient;
    if (!(growth >= GROWTH)) return [];
    const size = Math.sqrt(bottom.secondMoment);
    return [
      predictedFinding(about, context, {
        span: embedding.span,
        message: `The residual stream starts with size ${formatNumber(size)}, and the norm of each branch divides by it: the gradient's norm grows by ×${formatNumber(Math.sqrt(growth))} down to the embedding, which favours loss spikes. Multiply the embedding by √d, or put a norm behind it.`,
        label: `stream starts at ${formatNumber(size)}`,
        quantity: {
          name: 'growth of the gradient down to the embedding',
          value: Math.sqrt(growth),
          unit: '×',
          expected: '1 to 3',
        },
        confidence: report.confidence,
        parameters: [embedding.op.weight],
        fixes: fixesOf(embedding, context),
      }),
    ];
  },
};

function startsWithNorm({ skip }: Residual, { network }: RuleContext): boolean {
  return (consumersOf(network)[skip] ?? []).some((reader) => isNormalization(reader) && reader.op.kind !== 'batchNorm');
}

/** The table of the largest vocabulary that the node is the sum of, with no norm between. */
function embeddingBefore(node: Node | undefined, { network: { nodes } }: RuleContext): Node | undefined {
  const open = node ? [node] : [];
  const found: Node[] = [];
  for (let at = open.pop(); at; at = open.pop()) {
    if (at.op.kind === 'embedding') found.push(at);
    if (at.op.kind === 'add' || isQuiet(at)) open.push(...at.inputs.flatMap((input) => nodes[input] ?? []));
  }
  const size = ({ op }: Node): number => (op.kind === 'embedding' && isKnown(op.vocabulary) ? op.vocabulary : 0);
  return found.toSorted((a, b) => size(b) - size(a))[0];
}

/** `self.wte(tokens)` → `(self.wte(tokens) * 768 ** 0.5)` */
function fixesOf({ op, callSpan }: Node, { network, text }: RuleContext): readonly Fix[] {
  if (network.framework !== 'pytorch' || text === undefined || !callSpan) return [];
  if (op.kind !== 'embedding' || !isKnown(op.features)) return [];
  const newText = `(${textOf(callSpan, text)} * ${op.features} ** 0.5)`;
  return [{ title: `Multiply the embedding by √${op.features}`, edits: [{ span: callSpan, newText }] }];
}
