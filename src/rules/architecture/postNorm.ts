import type { Network, Node } from '../../network';
import type { Finding } from '../finding';
import { predictedFinding } from '../predicted';
import type { Rule } from '../rule';
import { consumersOf, isNormalization } from '../structure';
import { residualsOf } from './residuals';

const about = {
  id: 'post-norm-depth',
  title: 'Deep post-norm without warm-up',
  defaultSeverity: 'information',
  citation: 'Xiong et al. 2020, §3 (post-LN needs a learning-rate warm-up); Wang et al. 2022, DeepNet',
} as const;

/** Sub-layers: six transformer layers of attention and feed-forward. */
const DEEP = 12;

/** Each residual sum is normalised before it is carried on: at the start the gradients of the last sub-layers are large, whatever the depth. */
export const postNorm: Rule = {
  ...about,
  check: (context): readonly Finding[] => {
    const norms = deepPostNorms(context.network);
    const [first] = norms;
    if (!first) return [];
    return [
      predictedFinding(about, context, {
        span: first.span,
        message: `The norm stands behind the sum in ${norms.length} residual sub-layers (post-norm): without a warm-up of the learning rate the first steps are too large for the last of them. Warm up over some thousand steps, or put the norm at the beginning of each branch (pre-norm).`,
        label: `${norms.length} post-norm sub-layers`,
        quantity: {
          name: 'post-norm sub-layers',
          value: norms.length,
          unit: 'sub-layers',
          expected: `fewer than ${DEEP}, or a warm-up`,
        },
        confidence: 'medium',
      }),
    ];
  },
};

/** The norms behind residual sums whose result is carried on, where there are as many as make training hard; else none. */
export function deepPostNorms(network: Network): readonly Node[] {
  const consumers = consumersOf(network);
  const joins = residualsOf(network);
  const carried = new Set(joins.map(({ skip }) => skip));
  const norms = joins.flatMap(({ skip, add }) => {
    const [norm, ...others] = consumers[add.id] ?? [];
    const layer = norm && others.length === 0 && norm.op.kind !== 'batchNorm' && isNormalization(norm);
    const from = network.nodes[skip];
    // The last of them goes to the head; one behind a pre-norm stack has a sum before its sum.
    const isLast = network.outputs.includes(norm?.id ?? -1) || (from !== undefined && isNormalization(from));
    return layer && (carried.has(norm.id) || isLast) ? [norm] : [];
  });
  return norms.length < DEEP ? [] : norms;
}
