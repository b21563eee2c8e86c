import type { Optimizer } from '../../network';
import type { Finding } from '../finding';
import { formatNumber } from '../numbers';
import type { TrainingContext, TrainingRule } from '../rule';

const id = 'decayed-norms';
const citation =
  'Loshchilov & Hutter 2019 (decoupled weight decay); the practice of GPT-3, LLaMA and Goyal et al. 2017, §5.3 (no decay of norms and biases)';

/** Decay that is strong enough to be felt. */
const fromDecay = 0.05;

/** One group of parameters decays all: scales of norms, which are to stay at 1, and biases too. */
export const decayedNorms: TrainingRule = {
  id,
  title: 'Weight decay on norms and biases',
  defaultSeverity: 'information',
  citation,
  checkTraining: (context) => context.script.optimizers.flatMap((optimizer) => findingFor(optimizer, context) ?? []),
};

function findingFor(
  { weightDecay: decay, groups, models, span, name }: Optimizer,
  { networkOf }: TrainingContext,
): Finding | undefined {
  const [model] = models;
  if (decay === undefined || decay < fromDecay || groups !== 1 || model === undefined) return undefined;
  const parameters = models.flatMap((one) => networkOf(one)?.network.parameters ?? []);
  const norms = parameters.filter(({ role }) => role === 'normScale' || role === 'normShift');
  const biases = parameters.filter(({ role }) => role === 'bias');
  if (norms.length === 0) return undefined;
  const count = norms.length + biases.length;
  return {
    rule: id,
    severity: 'information',
    network: '',
    span,
    related: [],
    message: `${name} decays all parameters by ${formatNumber(decay)}: also ${norms.length} scales and shifts of norms and ${biases.length} biases, which hold no more than what the data ask for. Two groups, with a decay of 0 for what has fewer than two axes, are usual.`,
    label: `${count} norms and biases decay`,
    quantity: { name: 'norms and biases that decay', value: count, unit: 'tensors', expected: '0' },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: [],
  };
}
