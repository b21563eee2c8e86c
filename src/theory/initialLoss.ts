import erfc from '@stdlib/math-base-special-erfc';
import { axisOf, isKnown, type LossKind, type Network, type Shape } from '../network';
import { moments } from '../network/moments';
import { unitAxesOf } from './axes';
import { varianceOf, type State } from './state';

/** The loss before the first step (methods.md B0.10), and what it is of a model that knows nothing: ln K of K classes. */
export interface InitialLoss {
  readonly kind: LossKind;
  readonly expected: number;
  readonly chance: number;
}

/**
 * Of the loss that the source applies to the network's only output; undefined where there is not just one kind, or its logits are not known.
 * Targets are independent of the output: classes, one bit, or numbers of variance 1.
 */
export function initialLoss(network: Network, states: readonly (State | undefined)[]): InitialLoss | undefined {
  const [output, ...others] = network.outputs;
  const [kind, ...more] = new Set(network.losses.map((loss) => loss.kind));
  if (output === undefined || kind === undefined || others.length > 0 || more.length > 0) return undefined;
  const node = network.nodes[output];
  const takesLogits = kind === 'crossEntropy' || kind === 'binaryCrossEntropyWithLogits' || kind === 'meanSquaredError';
  const before = node?.op.kind === 'softmax' || node?.op.kind === 'activation' ? node.inputs[0] : undefined;
  const logits = takesLogits ? output : before;
  const state = logits === undefined ? undefined : states[logits];
  if (logits === undefined || !state) return undefined;
  const said = lossOf(kind, state, network.nodes[logits]?.shape);
  return said && { kind, ...said };
}

function lossOf(kind: LossKind, logits: State, shape: Shape | undefined): Omit<InitialLoss, 'kind'> | undefined {
  switch (kind) {
    case 'crossEntropy':
    case 'crossEntropyOfProbabilities':
    case 'negativeLogLikelihood': {
      const classes = classesOf(logits, shape);
      if (classes === undefined) return undefined;
      return { expected: expectedLogSumExp(classes, varianceOf(logits)), chance: Math.log(classes) };
    }
    case 'binaryCrossEntropy':
    case 'binaryCrossEntropyWithLogits': {
      const { secondMoment, mean } = logits;
      return {
        expected: moments({ kind: 'softplus', beta: 1 }, secondMoment, mean).mean - mean / 2,
        chance: Math.LN2,
      };
    }
    case 'meanSquaredError':
      return { expected: 1 + logits.secondMoment, chance: 1 };
  }
}

function classesOf(logits: State, shape: Shape | undefined): number | undefined {
  if (!shape) return undefined;
  const [axis, ...others] = unitAxesOf(logits, shape);
  const size = axis === undefined ? undefined : shape[axisOf(axis, shape.length) ?? -1];
  return others.length === 0 && isKnown(size) && size > 0 ? size : undefined;
}

const EULER = 0.5772156649015329;
const STEP = 0.25;

/**
 * E[ln Σ eˢ] of K independent Gaussians of mean zero: the expected cross-entropy of such logits. ln S = −γ − E[ln E/S] of an exponential E, and
 * P(E > t·S) = F(t)ᴷ with F(t) = E[exp(−t·eˢ)]: an integral over ln t, by the trapezoidal rule.
 */
export function expectedLogSumExp(count: number, variance: number): number {
  const deviation = Math.sqrt(variance);
  if (deviation === 0) return Math.log(count);
  const survival = deviation <= 1 ? narrowSurvival(deviation) : wideSurvival(deviation);
  const reach = Math.min(Math.log(count) + variance / 2, deviation * (Math.sqrt(2 * Math.log(count)) + 8)) + 28;
  const step = STEP * Math.max(1, deviation / 8);
  let sum = step / 2;
  for (let x = -reach + step; ; x += step) {
    const share = Math.exp(count * Math.log(survival(x)));
    sum += step * share;
    if (share < 1e-13) return reach - EULER - sum;
  }
}

const grid = (low: number, high: number): readonly number[] =>
  Array.from({ length: Math.round((high - low) / STEP) + 1 }, (_, k) => low + k * STEP);

/** F(eˣ) as an expectation over the Gaussian. */
function narrowSurvival(deviation: number): (x: number) => number {
  const places = grid(-9, 9).map(
    (z) => [deviation * z, (STEP * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)] as const,
  );
  // One less what fails keeps the digits of what is near one.
  return (x) => 1 + places.reduce((sum, [s, weight]) => sum + weight * Math.expm1(-Math.exp(x + s)), 0);
}

/** The same over the exponential, for Gaussians that are wider than its logarithm. */
function wideSurvival(deviation: number): (x: number) => number {
  const places = grid(-32, 4).map((y) => [y, STEP * Math.exp(y - Math.exp(y))] as const);
  return (x) =>
    1 - places.reduce((sum, [y, weight]) => sum + (weight * erfc((y - x) / (deviation * Math.SQRT2))) / 2, 0);
}
