import { isKnown, type Network, type Node } from '../../network';
import { drawEdits } from '../drawing';
import type { Finding, Fix } from '../finding';
import { moduleName } from '../names';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule } from '../rule';
import { gradientFault } from '../severity';
import { isWeightNode, type WeightNode } from '../structure';
import { initialCrossEntropy } from './expectedLoss';
import { lastOperations } from './lastOperation';

const about = {
  id: 'initial-loss',
  title: 'Loss starts far above that of a guess',
  defaultSeverity: 'warning',
  citation:
    'Goodfellow, Bengio & Courville 2016, §6.2.2.3; extreme value theory (Embrechts et al. 1997, §3.3) for large logits',
} as const;

/** Nats above ln K. From the information on the first steps only shrink the logits; at the warning they are far off. */
const INFORMATION = 3;
const WARNING = 10;
/** Input of a head up to which it is the head's own weights that make its output large. */
const MODERATE = 16;
/** The deviation that GPT-2 draws its embeddings with (Radford et al. 2019): logits of size 0.02·√d. */
const DEVIATION = 0.02;

/** The logits are large before anything was learnt: nearly always a head that is tied to an embedding drawn from N(0, 1). */
export const initialLoss: Rule = {
  ...about,
  check: (context) => {
    const { network, report } = context;
    const fault = gradientFault(context);
    if (report.confidence === 'low' || (fault && fault.severity !== 'information')) return [];
    const classified = network.losses.some(({ kind }) => /crossEntropy|negativeLog/.test(kind));
    return lastOperations(network).flatMap(({ node: last, factor }): readonly Finding[] => {
      const head = last.op.kind === 'softmax' ? network.nodes[last.inputs[0] ?? -1] : last;
      if (!isWeightNode(head)) return [];
      const table = tiedTable(head, network);
      const classes = head.op.kind === 'linear' ? head.op.outFeatures : head.op.outChannels;
      const [logits, into] = [report.signals[head.id], report.signals[head.inputs[0] ?? -1]];
      if ((!classified && !table) || !isKnown(classes) || classes < 2 || !logits || !into) return [];
      const variance = factor ** 2 * (logits.secondMoment - logits.mean ** 2);
      const loss = initialCrossEntropy(classes, Math.sqrt(variance));
      const excess = loss - Math.log(classes);
      if (!(excess >= INFORMATION) || into.secondMoment > MODERATE) return [];
      const cause = table
        ? `The head shares the table of ${moduleName(table)}, whose elements have size ${formatNumber(Math.sqrt(variance / fanOf(head, into.secondMoment)))}`
        : `The weights of ${moduleName(head)} are drawn too large`;
      return [
        predictedFinding(about, context, {
          severity: excess >= WARNING ? 'warning' : 'information',
          span: table ? table.span : head.span,
          related: table ? [head.span] : [],
          message: `${cause}: the logits start with size ${formatNumber(Math.sqrt(variance))}, and the loss at about ${formatNumber(loss)} instead of ln ${classes} = ${formatNumber(Math.log(classes))}. The first steps only shrink them again.`,
          label: `first loss about ${formatNumber(loss)}`,
          quantity: {
            name: 'loss before the first step',
            value: loss,
            unit: 'nats',
            expected: `about ${formatNumber(Math.log(classes))}`,
          },
          confidence: report.confidence,
          parameters: [head.op.weight],
          fixes: fixesOf(head, network),
        }),
      ];
    });
  },
};

/** fan_in·E[h²], so that the variance of the logits divided by it is that of one weight. */
function fanOf({ op }: WeightNode, secondMoment: number): number {
  return op.kind === 'linear' && isKnown(op.inFeatures) ? op.inFeatures * secondMoment : secondMoment;
}

/** The embedding whose table is the head's weight. */
function tiedTable({ op }: WeightNode, { nodes }: Network): Node | undefined {
  return nodes.find((node) => node.op.kind === 'embedding' && node.op.weight === op.weight);
}

function fixesOf({ op }: WeightNode, network: Network): readonly Fix[] {
  const edits = drawEdits(network, op.weight, (weight) => `normal_(${weight}, std=${DEVIATION})`);
  return edits.length === 0 ? [] : [{ title: `N(0, ${DEVIATION}²) for ${op.weight}`, edits }];
}
