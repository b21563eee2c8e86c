import { isKnown, type Activation, type Op, type Shape } from '../network';
import { activationKey, derivativeFourthMoment, moments } from '../network/moments';
import { varianceOf, type State } from './state';

/** Where no size is known. */
export const UNKNOWN_WIDTH = 256;

/**
 * By how much the variance of ln‖g‖² between draws of the weights grows on the way back through an operation, for the gradient of one input. A
 * dense layer makes Gaussian entries, whose n squares sum with relative variance 2/n; an activation then weighs them by φ'²: together (3·D4/D2² − 1)/n,
 * 5/n of ReLU (Hanin & Nica 2020, "Products of many large random matrices").
 */
export function logVarianceGain(op: Op, input: State | undefined, shape: Shape | undefined): number {
  switch (op.kind) {
    case 'linear':
    case 'conv':
    case 'convTranspose':
    case 'recurrent':
      return 2 / elementsOf(shape);
    case 'activation':
      return input ? (3 * (slopeSpread(op.activation, input) - 1)) / elementsOf(shape) : 0;
    case 'dropout':
      return op.rate < 1 ? (3 * op.rate) / (1 - op.rate) / elementsOf(shape) : 0;
    default:
      return 0;
  }
}

/** Of one sample, as far as sizes are known. */
function elementsOf(shape: Shape | undefined): number {
  const known = (shape ?? []).slice(1).filter(isKnown);
  return known.length === 0
    ? UNKNOWN_WIDTH
    : Math.max(
        1,
        known.reduce((product, size) => product * size, 1),
      );
}

/** D4/D2², to the digits that a correction is worth. */
function slopeSpread(activation: Activation, x: State): number {
  const deviation = Math.sqrt(varianceOf(x));
  if (deviation === 0) return 1;
  const [size, offset] = [Math.round(16 * Math.log(deviation)), Math.round((8 * x.mean) / deviation)];
  const key = activationKey(activation);
  let known = spreads.get(key);
  if (!known) spreads.set(key, (known = new Map<number, number>()));
  const at = 4096 * size + offset;
  let spread = known.get(at);
  if (spread === undefined) {
    const near = Math.exp(size / 16);
    const mean = (near * offset) / 8;
    const q = near ** 2 + mean ** 2;
    const square = moments(activation, q, mean).derivativeSecondMoment ** 2;
    const exact = square > 0 ? derivativeFourthMoment(activation, q, mean) / square : 1;
    spread = Number.isFinite(exact) ? Math.max(1, exact) : 1;
    if (known.size >= 1024) known.clear();
    known.set(at, spread);
  }
  return spread;
}

const spreads = new Map<string, Map<number, number>>();
