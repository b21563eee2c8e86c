import { BATCH, isKnown } from '../../network';
import type { Finding, Fix } from '../finding';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { textOf, withKeyword } from '../source';
import { lastOperations } from './lastOperation';

const about = {
  id: 'softmax-axis',
  title: 'Softmax over the wrong axis',
  defaultSeverity: 'error',
  citation: 'Goodfellow, Bengio & Courville 2016, §6.2.2.3 (softmax sums to one over the classes)',
} as const;

/** The output's softmax runs over the samples of a batch, or over one element, where it is 1 whatever it is given. */
export const softmaxAxis: Rule = {
  ...about,
  check: (context) =>
    lastOperations(context.network).flatMap(({ node }): readonly Finding[] => {
      const { op, shape, span } = node;
      if (op.kind !== 'softmax' || !shape) return [];
      const axis = op.axis < 0 ? op.axis + shape.length : op.axis;
      const size = shape[axis];
      const name = op.log ? 'Log-softmax' : 'Softmax';
      if (isKnown(size) && size === 1)
        return [
          predictedFinding(about, context, {
            span,
            message: `${name} over one element is always ${op.log ? 0 : 1}: the output does not depend on the input, and no parameter gets a gradient. Use a sigmoid, or one unit for each class.`,
            label: `always ${op.log ? 0 : 1}`,
            quantity: { name: 'elements that the softmax runs over', value: 1, unit: '', expected: '2 or more' },
          }),
        ];
      if (axis !== 0 || shape.length < 2 || isKnown(size) || size?.symbol !== BATCH.symbol) return [];
      return [
        predictedFinding(about, context, {
          severity: 'warning',
          span,
          message: `${name} runs over the samples of the batch, not over the classes: each answer depends on the other samples, and none sums to one.`,
          label: `${op.log ? 'log-softmax' : 'softmax'} over the batch`,
          quantity: { name: 'axis of the softmax', value: 0, unit: '', expected: '1 or −1' },
          fixes: axisFixes(context, span),
        }),
      ];
    }),
};

function axisFixes({ network, text }: RuleContext, span: Finding['span']): readonly Fix[] {
  const call = text === undefined ? undefined : textOf(span, text);
  if (network.framework !== 'pytorch' || call === undefined || !/\bdim\s*=/.test(call)) return [];
  const newText = withKeyword(call, 'dim', '-1');
  return newText === undefined ? [] : [{ title: 'Over the last axis: dim=-1', edits: [{ span, newText }] }];
}
