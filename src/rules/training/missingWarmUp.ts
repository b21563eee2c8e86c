import type { Optimizer } from '../../network';
import { deepPostNorms } from '../architecture/postNorm';
import type { Finding } from '../finding';
import { formatNumber } from '../numbers';
import type { TrainingContext, TrainingRule } from '../rule';
import { isChanged } from './learningRate';

const id = 'missing-warm-up';
const citation =
  'Xiong et al. 2020, §3.2 (post-LN with Adam, six layers: at 5·10⁻⁴ and above it trains with warm-up only); Liu et al. 2020, "Understanding the Difficulty of Training Transformers"';

/** The rate at which the paper's post-LN transformer did not train without warm-up. */
const fromRate = 5e-4;

/** A deep post-norm transformer is trained with Adam at its full rate from the first step on. */
export const missingWarmUp: TrainingRule = {
  id,
  title: 'Deep post-norm model trained without warm-up',
  defaultSeverity: 'warning',
  citation,
  checkTraining: (context) => context.script.optimizers.flatMap((optimizer) => findingFor(optimizer, context) ?? []),
};

function findingFor(optimizer: Optimizer, context: TrainingContext): Finding | undefined {
  const { family, learningRate: rate, models, span, learningRateSpan, name } = optimizer;
  const [model] = models;
  if (family !== 'adam' || rate === undefined || rate < fromRate || model === undefined || models.length !== 1)
    return undefined;
  const network = context.networkOf(model)?.network;
  if (!network || context.modelOf(model)?.pretrained === true || isChanged(optimizer, context)) return undefined;
  const norms = deepPostNorms(network);
  const [first] = norms;
  if (!first) return undefined;
  return {
    rule: id,
    severity: 'warning',
    network: '',
    span: learningRateSpan ?? span,
    related: [first.span],
    message: `${name} begins with its full learning rate of ${formatNumber(rate)} on a model of ${norms.length} post-norm sub-layers: the gradients of the last of them are large at the start, and Adam’s estimates of their size are still wrong. Warm the rate up over some thousand steps, or put the norms at the beginning of the branches.`,
    label: 'no warm-up',
    quantity: { name: 'steps of warm-up', value: 0, unit: 'steps', expected: 'some thousand' },
    evidence: ['predicted'],
    confidence: 'medium',
    citation,
    parameters: [],
    fixes: [],
  };
}
