import type { RuleContext } from './rule';
import type { Severity } from './finding';
import { isNormalizing } from './structure';

/** A gradient that does not survive the depth. */
export interface GradientFault {
  readonly direction: 'vanishing' | 'exploding';
  readonly severity: Severity;
}

type Limits = Readonly<Record<Severity, number>>;

/**
 * Where networks stop training, in nats of the squared gradient norm: by the tuning half of the stability bench (test/bench/stability), whose
 * models are trained with SGD (momentum 0.9) and Adam for 400 steps at two rates and two seeds. From the warning on SGD stalls, from the
 * error on Adam does too. Small models and synthetic tasks of ten classes: limits to a factor, no more. VGG-16 has S = −25; a narrow one
 * (24 to 48 channels, 150 to 400 steps, four rates) did not train with SGD in 10 of 10 runs on the defaults and in 7 of 10 with He, which
 * Adam took to 1.0 twice, and the defaults to 0.65 and 0.34.
 */
const vanishing: { readonly relative: Limits; readonly plain: Limits } = {
  // Free of scale: what biases drown. On PyTorch's defaults 10 layers of tanh (−7) and 8 of leaky ReLU (−8.5) train, 8 of GELU (−13)
  // only with Adam, as a CNN of 16 tanh layers still does (−20.4); 24 of tanh (−22) do not.
  relative: { information: 8, warning: 11.5, error: 21.5 },
  // A chain that only shrinks its signal is rescaled by the first steps: AlexNet, −10, trains. 24 GELU layers on Keras' defaults (−32)
  // train with Adam only, 8 of ReLU drawn with a deviation of 0.01 (−40) with neither.
  plain: { information: 14, warning: 18, error: 36 },
};

/** The chaotic side is more tolerant: tanh with σ_w² = 4 trains to S = 12 (Schoenholz et al. 2017, reproduced). */
const exploding: Limits = { information: 8, warning: 12, error: 24 };
/**
 * Weights before a norm are free of scale, and their gradients shrink as they grow. Of plain batch norm and ReLU, trained as above with
 * two seeds, 20 layers (S = 7.7) reach 1.00 with Adam and SGD; SGD reaches 0.83 to 1.00 at 30 (11.5) and 0.89 to 0.99 at 40 (15.3). At 60 (21.5) neither
 * trains.
 */
const explodingNormalised: Limits = { information: 10, warning: 16, error: 21 };
/** Norms with skip connections: ResNet-152, which trains, has 20. */
const explodingResidual: Limits = { information: 30, warning: 46, error: 69 };

/** Undefined where the gradient is healthy, unknown, or predicted from assumed sizes. Of a range, the milder end counts. */
export function gradientFault({ network, report }: RuleContext): GradientFault | undefined {
  const { depth, confidence } = report;
  if (!depth || confidence === 'low') return undefined;
  const [low, high] = depth.logGainRange ?? [depth.logGain, depth.logGain];
  if (high < 0) {
    const relative = depth.relativeLogGain + (high - depth.logGain);
    const severity = worse(reached(vanishing.plain, -high), reached(vanishing.relative, -relative));
    return severity && { direction: 'vanishing', severity };
  }
  const kinds = new Set(network.nodes.map(({ op }) => op.kind));
  const normalised = network.nodes.some(isNormalizing);
  const joined = kinds.has('add') || kinds.has('concat');
  const limits = !normalised ? exploding : joined ? explodingResidual : explodingNormalised;
  const severity = reached(limits, low);
  return severity && { direction: 'exploding', severity };
}

/** The worst severity whose limit `value` reaches. */
export function reached(limits: Limits, value: number): Severity | undefined {
  return order.find((severity) => value >= limits[severity]);
}

const order = ['error', 'warning', 'information'] as const;

function worse(a: Severity | undefined, b: Severity | undefined): Severity | undefined {
  return order.find((severity) => severity === a || severity === b);
}
