import { weightLayers, type Network, type Optimizer, type OptimizerFamily } from '../../network';
import type { Finding, Fix } from '../finding';
import { formatNumber } from '../numbers';
import type { TrainingContext, TrainingRule } from '../rule';
import { isNormalizing } from '../structure';
import { actionsIn } from './rounds';

const id = 'learning-rate';
const citation =
  'Cohen et al. 2021 (gradient descent is stable to η·λ = 2, with momentum to 2(1 + μ)); limits measured on small networks, see the page';

/** A learning rate at which networks of this kind were measured not to train. */
export const learningRate: TrainingRule = {
  id,
  title: 'Learning rate too large for the optimiser',
  defaultSeverity: 'warning',
  citation,
  checkTraining: (context) => context.script.optimizers.flatMap((optimizer) => findingFor(optimizer, context) ?? []),
};

/** Rates from which on networks were measured to end at chance; with momentum μ that of SGD is η/(1 − μ). */
interface Limits {
  readonly plain: number;
  readonly normalised: number;
  readonly attention: number;
  /** What people begin with. */
  readonly usual: number;
}

const limits: Readonly<Partial<Record<OptimizerFamily, Limits>>> = {
  sgd: { plain: 3, normalised: 30, attention: 30, usual: 0.1 },
  // Of a tiny pre-LN transformer: attention logits of 1461 at 0.03, no learning at 0.1.
  adam: { plain: 0.3, normalised: Infinity, attention: 0.03, usual: 1e-3 },
  rmsprop: { plain: 0.3, normalised: Infinity, attention: 0.03, usual: 1e-3 },
};

function findingFor(optimizer: Optimizer, context: TrainingContext): Finding | undefined {
  const { family, learningRate: rate, momentum = 0, models, framework } = optimizer;
  const limit = limits[family];
  const [model] = models;
  if (rate === undefined || !limit || model === undefined || models.length !== 1 || framework !== 'pytorch')
    return undefined;
  const network = context.networkOf(model)?.network;
  // A single layer is a convex problem: it bears far more.
  if (!network || weightLayers(network).length < 2 || isChanged(optimizer, context)) return undefined;
  const effective = family === 'sgd' ? rate / (1 - Math.min(momentum, 0.999)) : rate;
  const most = limitFor(network, limit);
  if (effective < most) return undefined;
  return findingOf(
    optimizer,
    { rate, effective, most, usual: limit.usual, momentum: family === 'sgd' ? momentum : 0 },
    context,
  );
}

function limitFor({ nodes }: Network, { plain, normalised, attention }: Limits): number {
  if (nodes.some(({ op }) => op.kind === 'attention')) return attention;
  return nodes.some(isNormalizing) ? normalised : plain;
}

/** The rate is another at the start, the steps are clipped, or somebody else may change it. */
export function isChanged({ id: optimizer }: Optimizer, { script, text }: TrainingContext): boolean {
  const actions = script.runs.flatMap(({ steps }) => actionsIn(steps));
  return (
    /['"]lr['"]\]\s*[*/+-]?=/.test(text) ||
    script.schedulers.some(({ optimizers, warmsUp }) => optimizers.includes(optimizer) && warmsUp !== false) ||
    actions.some(
      (action) => action.kind === 'clip' || (action.kind === 'handedOver' && action.targets.includes(optimizer)),
    )
  );
}

interface Rates {
  readonly rate: number;
  readonly effective: number;
  readonly most: number;
  readonly usual: number;
  readonly momentum: number;
}

function findingOf(
  { name, span, learningRateSpan }: Optimizer,
  { rate, effective, most, usual, momentum }: Rates,
  { text }: TrainingContext,
): Finding {
  const withMomentum =
    momentum > 0 ? ` (with momentum ${formatNumber(momentum)}, in effect ${formatNumber(effective)})` : '';
  return {
    rule: id,
    severity: 'warning',
    network: '',
    span: learningRateSpan ?? span,
    related: [],
    message: `${name} begins with a learning rate of ${formatNumber(rate)}${withMomentum}, without warm-up and without clipping. Networks like this one were measured to end at chance, or in NaN, from ${formatNumber(most)} on. Begin at ${formatNumber(usual * (1 - momentum))}.`,
    label: `learning rate ${formatNumber(effective)}`,
    quantity: {
      name: momentum > 0 ? 'learning rate, by 1 − momentum' : 'learning rate',
      value: effective,
      unit: '',
      expected: `below ${formatNumber(most)}, mostly ${formatNumber(usual)}`,
    },
    evidence: ['predicted'],
    confidence: 'medium',
    citation,
    parameters: [],
    fixes: fixesOf(learningRateSpan, usual * (1 - momentum), text),
  };
}

function fixesOf(span: Optimizer['learningRateSpan'], usual: number, text: string): readonly Fix[] {
  if (!span || Number.isNaN(Number(text.slice(span.start.offset, span.end.offset)))) return [];
  const newText = String(Number(usual.toPrecision(2)));
  return [{ title: `Learning rate ${newText}`, edits: [{ span, newText }] }];
}
