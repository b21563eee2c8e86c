import type { Network, OpOf, Shape } from '../network';
import { usual, type Assumptions } from './assumptions';
import { isUnitAxis, sizeAt } from './axes';
import { causalParticipation, participation, type Participation } from './participation';
import type { AttentionSignal } from './report';
import { correlationOf, type Averaging, type State } from './state';

/**
 * Attention in the mean field: softmax(s)·V with sᵢⱼ = scale·qᵢ·kⱼ (methods.md B0.9; Kedia et al. 2024, table 1, in the limit of many
 * features). Queries, keys and values come from different weights and are independent. What all keys share moves every score of a
 * query alike and is lost by the softmax: the scores spread with v = scale²·d·E[q²]·(E[k²] − E[kⱼ kₗ]). Two positions of a state are as
 * correlated as two inputs, and gradients at different positions are taken to be independent.
 */
export interface Attention {
  /** Of the weights. */
  readonly weights: Averaging & Participation;
  /** E[s²] of a score, and what the scores of one query do not share. */
  readonly scoreVariance: number;
  readonly scoreSpread: number;
  readonly scale: number;
  /** Features of a query. */
  readonly features: number;
}

/** What the softmax over scores of this spread makes; `shared` is the correlation of two queries' scores. */
export function softmaxWeights(
  keys: number,
  variance: number,
  shared: number,
  causal: boolean,
): Averaging & Participation {
  const { own, response } = causal ? causalParticipation(keys, variance) : participation(keys, variance);
  // Two queries agree on what their scores have in common; under a causal mask they see 1/max(i, k) of the keys together.
  const common = (Math.exp(Math.max(0, shared) * variance) * (causal ? 2 : 1)) / keys;
  return { own, response, shared: Math.min(own, common) };
}

/** Undefined where queries and keys share their randomness. */
export function attentionOf(
  op: OpOf<'attention'>,
  [query, key]: readonly (State | undefined)[],
  [queryShape, keyShape]: readonly (Shape | undefined)[],
  assumptions: Assumptions,
): Attention | undefined {
  if (!query || !key) return undefined;
  if (query.sources.overlaps(key.sources)) return undefined;
  const features = sizeAt(queryShape, -1);
  if (features === undefined) return undefined;
  const keys = assumptions.sizeOf(keyShape?.[keyShape.length - 2], usual.keys);
  const scale = op.scale ?? 1 / Math.sqrt(features);
  const perKey = scale ** 2 * features * query.secondMoment;
  const scoreSpread = perKey * ownMoment(key);
  const weights = softmaxWeights(keys, scoreSpread, correlationOf(query), op.causal);
  return { weights, scoreVariance: perKey * key.secondMoment, scoreSpread, scale, features };
}

/** The average of values by independent weights: oᵢ = Σⱼ aᵢⱼ vⱼ. Dropout of weights counts where a value meets itself. */
export function averagedValues(
  { own, shared }: Averaging,
  values: State,
  overUnits: boolean,
  keep = 1,
): Pick<State, 'secondMoment' | 'mean' | 'crossMoment'> {
  const { secondMoment, mean, crossMoment } = values;
  const common = overUnits ? mean * mean : crossMoment;
  return {
    secondMoment: (own / keep) * secondMoment + (1 - own) * common,
    mean,
    crossMoment: shared * (overUnits ? crossMoment : secondMoment) + (1 - shared) * common,
  };
}

/** The state of an `attention` node. */
export function attended(
  op: OpOf<'attention'>,
  inputs: readonly (State | undefined)[],
  shapes: readonly (Shape | undefined)[],
  assumptions: Assumptions,
): State | undefined {
  const attention = attentionOf(op, inputs, shapes, assumptions);
  const values = inputs[2];
  if (!attention || !values || op.dropout >= 1) return undefined;
  const { unitAxes, sources } = values;
  const overUnits = shapes[2] !== undefined && isUnitAxis(values, -2, shapes[2]);
  return { ...averagedValues(attention.weights, values, overUnits, 1 - op.dropout), unitAxes, sources };
}

/** What the report says of attentions, and of softmaxes whose weights are multiplied with values. */
export function attentionSignals(
  { nodes }: Network,
  states: readonly (State | undefined)[],
  assumptions: Assumptions,
): readonly AttentionSignal[] {
  const weighing = new Set(nodes.flatMap(({ op, inputs }) => (averages.has(op.kind) ? inputs : [])));
  return nodes.flatMap(({ id, op, inputs }): AttentionSignal[] => {
    const before = inputs.map((input) => states[input]);
    const shapes = inputs.map((input) => nodes[input]?.shape);
    if (op.kind === 'attention') {
      const attention = attentionOf(op, before, shapes, assumptions);
      if (!attention) return [];
      const { scoreVariance, scoreSpread, weights } = attention;
      return [{ node: id, scoreVariance, scoreSpread, attendedKeys: 1 / weights.own }];
    }
    const [scores, weights] = [before[0], states[id]?.averaging];
    if (op.kind !== 'softmax' || !scores || !weights || !weighing.has(id)) return [];
    const scoreSpread = Math.max(0, scores.secondMoment - commonOf(op, scores, shapes[0]));
    return [{ node: id, scoreVariance: scores.secondMoment, scoreSpread, attendedKeys: 1 / weights.own }];
  });
}

const averages: ReadonlySet<string> = new Set(['matmul', 'einsum', 'dropout']);

/**
 * Of gradients that are independent from query to query: a value gets Σᵢ aᵢⱼ gᵢ. A score gets aᵢⱼ·gᵢ·(vⱼ − oᵢ), whose squares sum to the
 * softmax's response times |g|² and what values do not share, and hands it on with what queries, and keys, bring.
 */
export function attentionGradient(
  op: OpOf<'attention'>,
  index: number,
  inputs: readonly (State | undefined)[],
  shapes: readonly (Shape | undefined)[],
  assumptions: Assumptions,
): number | undefined {
  // A mask is not trained through.
  if (index > 2) return 0;
  const attention = attentionOf(op, inputs, shapes, assumptions);
  const [query, key, values] = inputs;
  if (!attention || !query || !key || !values || op.dropout >= 1) return undefined;
  const { weights, scale, features } = attention;
  if (index === 2) return weights.own / (1 - op.dropout);
  const score = weights.response * ownMoment(values);
  return score * scale ** 2 * features * (index === 0 ? ownMoment(key) : query.secondMoment);
}

/** What one position does not share with the others. */
export function ownMoment({ secondMoment, crossMoment }: State): number {
  return Math.max(0, secondMoment - crossMoment);
}

/** Softmax over an axis of n elements, which share what they have in common: all of it is in how much they differ. */
export function softmaxState(
  op: OpOf<'softmax'>,
  scores: State,
  shape: Shape | undefined,
  assumptions: Assumptions,
): State | undefined {
  const { secondMoment, mean, crossMoment, unitAxes, sources, causal } = scores;
  const [keys, common] = [keysOf(op, shape, assumptions), commonOf(op, scores, shape)];
  const variance = Math.max(0, secondMoment - common);
  if (op.log) {
    // ln aⱼ = sⱼ − ln Σ e^s, and the sum is near its mean n·e^{v/2}.
    const shift = -(Math.log(keys) + mean + variance / 2);
    const rest = shift * shift + 2 * shift * mean;
    return {
      secondMoment: secondMoment + rest,
      mean: mean + shift,
      crossMoment: crossMoment + rest,
      unitAxes,
      sources,
    };
  }
  const agreement = common > 0 ? Math.max(0, Math.min(1, crossMoment / common)) : 0;
  const weights = softmaxWeights(keys, variance, agreement, causal === true);
  return {
    secondMoment: weights.own / keys,
    mean: 1 / keys,
    crossMoment: weights.shared / keys,
    unitAxes,
    sources,
    averaging: weights,
  };
}

/** ∂aⱼ/∂sₖ = aⱼ(δⱼₖ − aₖ): of independent gradients of the n weights. */
export function softmaxGradient(
  op: OpOf<'softmax'>,
  scores: State,
  shape: Shape | undefined,
  assumptions: Assumptions,
): number {
  const keys = keysOf(op, shape, assumptions);
  const variance = Math.max(0, scores.secondMoment - commonOf(op, scores, shape));
  const { own, response } = softmaxWeights(keys, variance, 0, scores.causal === true);
  // Through the logarithm g − a·Σg: |g|²·(1 − 2/n + H).
  return op.log ? 1 - 2 / keys + own : response / keys;
}

const keysOf = (op: OpOf<'softmax'>, shape: Shape | undefined, assumptions: Assumptions): number =>
  assumptions.sizeOf(sizeAt(shape, op.axis), usual.keys);

/** E[sⱼ sₖ] of two elements that are weighed against each other. */
function commonOf(
  op: OpOf<'softmax'>,
  { mean, crossMoment, rowMoment, ...rest }: State,
  shape: Shape | undefined,
): number {
  if (rowMoment !== undefined) return rowMoment;
  return isUnitAxis({ mean, crossMoment, ...rest }, op.axis, shape) ? mean * mean : crossMoment;
}
