import type { Network, Node } from '../../network';
import type { Finding } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule } from '../rule';
import { isQuiet, isWeightNode } from '../structure';

const about = {
  id: 'batch-norm-after-dropout',
  title: 'Batch norm behind dropout',
  defaultSeverity: 'information',
  citation: 'Li, Chen, Hu & Yang 2019, §3 (variance shift between training and inference)',
} as const;

/** Batch norm learns the variance of what dropout has made larger, and in inference meets it without. */
export const normAfterDropout: Rule = {
  ...about,
  check: (context) => {
    const seen = new Set<number>();
    return context.network.nodes.flatMap((norm): readonly Finding[] => {
      const dropout = norm.op.kind === 'batchNorm' ? dropoutBefore(norm, context.network) : undefined;
      if (dropout?.op.kind !== 'dropout' || seen.has(dropout.span.start.offset)) return [];
      seen.add(dropout.span.start.offset);
      const shift = 1 / (1 - dropout.op.rate);
      return [
        predictedFinding(about, context, {
          span: dropout.span,
          related: [norm.span],
          message: `Dropout of ${dropout.op.rate} multiplies the variance of what follows by ${formatNumber(shift)} in training; the batch norm behind it records that, and in inference divides by too much. Put dropout behind the last batch norm.`,
          label: `variance shift ×${formatNumber(shift)}`,
          quantity: { name: 'variance in training over that in inference', value: shift, unit: '×', expected: '1' },
        }),
      ];
    });
  },
};

/** The dropout whose effect reaches the norm through one chain of layers. */
function dropoutBefore(norm: Node, { nodes }: Network): Node | undefined {
  let node = nodes[norm.inputs[0] ?? -1];
  while (node) {
    const { op, inputs } = node;
    if (op.kind === 'dropout' && op.rate > 0 && (op.variant === 'element' || op.variant === 'channel')) return node;
    const passes = isQuiet(node) || isWeightNode(node) || op.kind === 'activation' || op.kind === 'pool';
    if (!passes || inputs.length !== 1) return undefined;
    node = nodes[inputs[0] ?? -1];
  }
  return undefined;
}
