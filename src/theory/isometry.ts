import { derivativeFourthMoment, derivativeSup, gaussianExpectation, moments, pointwise } from '../network/moments';
import { chiAt, fixedPoint, lengthMap, type DenseStack } from './criticality';

export type WeightLaw = 'gaussian' | 'orthogonal';

/** The squared singular values s² of the Jacobian from the first pre-activation of a stack to its last (methods.md B0.7). */
export interface JacobianSpectrum {
  /** E[s²] = Π χ. */
  readonly mean: number;
  /** Var[s²]/E[s²]²: below 1 a stack counts as isometric. */
  readonly relativeVariance: number;
}

/**
 * At infinite width: each layer adds D4/D2² − 1 − s₁ to the relative variance, s₁ = −1 for Gaussian weights and 0 for orthogonal ones
 * (Pennington, Schoenholz & Ganguli 2017). From pre-activations of second moment `q` on; at q* where it is not told.
 */
export function jacobianSpectrum(
  stack: DenseStack,
  depth: number,
  weights: WeightLaw,
  q = fixedPoint(stack),
): JacobianSpectrum {
  let [mean, relativeVariance, here] = [1, 0, q];
  for (let layer = 0; layer < depth; layer += 1) {
    const spread =
      derivativeFourthMoment(stack.activation, here) / moments(stack.activation, here).derivativeSecondMoment ** 2;
    mean *= chiAt(stack, here);
    relativeVariance += spread - Number(weights === 'orthogonal');
    here = lengthMap(stack, here);
  }
  return { mean, relativeVariance };
}

/**
 * max s² of a stack at second moment q; infinite where φ' has no bound. By free probability it is the smallest z(u) over u > sup φ'², where
 * m(u) = E[φ'²/(u − φ'²)] and S-transforms multiply: z = (1 + m)/m · [m·u/(1 + m)·σ_w²·(1 + m)]ᴸ, the last factor of Gaussian weights alone.
 */
export function largestSquare(stack: DenseStack, depth: number, weights: WeightLaw, q = fixedPoint(stack)): number {
  const { activation, weightVariance, keep = 1 } = stack;
  const bound = derivativeSup(activation) ** 2;
  if (!Number.isFinite(bound)) return Infinity;
  const { derivative, kinks } = pointwise(activation);
  const gain = weightVariance / keep;
  const logEdge = (logDistance: number): number => {
    const u = bound * (1 + Math.exp(logDistance));
    const m = gaussianExpectation((x) => derivative(x) ** 2 / (u - derivative(x) ** 2), Math.sqrt(q), 0, kinks);
    const layer = m * u * gain * (weights === 'gaussian' ? 1 : 1 / (1 + m));
    return Math.log((1 + m) / m) + depth * Math.log(layer);
  };
  return Math.exp(minimum(logEdge, -12, 12));
}

/** Of a function with one valley: golden section. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [left, right] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [atLeft, atRight] = [f(left), f(right)];
  for (let round = 0; round < 60; round += 1) {
    if (atLeft < atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - ratio * (b - a);
      atLeft = f(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + ratio * (b - a);
      atRight = f(right);
    }
  }
  return Math.min(atLeft, atRight);
}
