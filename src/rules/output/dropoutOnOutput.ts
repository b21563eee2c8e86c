import { isKnown } from '../../network';
import type { Finding } from '../finding';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import { removalOf } from '../removal';
import type { Rule } from '../rule';
import { isWeightNode } from '../structure';

const about = {
  id: 'dropout-on-output',
  title: 'Dropout on the output',
  defaultSeverity: 'warning',
  citation: 'Srivastava et al. 2014, §4 (dropout is of the inputs of a layer and its hidden units)',
} as const;

/** Dropout behind the last layer, where a loss reads it: the right answer itself is set to zero now and then. */
export const dropoutOnOutput: Rule = {
  ...about,
  check: (context) => {
    const { network, text } = context;
    if (network.losses.length === 0) return [];
    return network.outputs.flatMap((output): readonly Finding[] => {
      let node = network.nodes[output];
      while (node && isPassing(node.op.kind)) node = network.nodes[node.inputs[0] ?? -1];
      if (node?.op.kind !== 'dropout' || node.op.variant === 'sample' || node.op.rate === 0) return [];
      const head = network.nodes[node.inputs[0] ?? -1];
      if (!isWeightNode(head)) return [];
      const { rate } = node.op;
      const units = head.op.kind === 'linear' ? head.op.outFeatures : head.op.outChannels;
      const edit = network.framework === 'pytorch' && text !== undefined ? removalOf(node, network, text) : undefined;
      const many = isKnown(units) && units > 1;
      return [
        predictedFinding(about, context, {
          span: node.span,
          related: [head.span],
          message: `Dropout of ${rate} stands behind the last layer: in training ${formatNumber(100 * rate)} % of the ${many ? `${units} ` : ''}outputs are 0 whatever the network says, and the loss punishes it for them. Put it before the layer.`,
          label: `${formatNumber(100 * rate)} % of outputs dropped`,
          quantity: { name: 'share of outputs set to zero', value: rate, unit: '', expected: '0' },
          fixes: edit ? [{ title: 'Remove the dropout', edits: [edit] }] : [],
        }),
      ];
    });
  },
};

function isPassing(kind: string): boolean {
  return kind === 'identity' || kind === 'flatten' || kind === 'reshape' || kind === 'squeeze';
}
