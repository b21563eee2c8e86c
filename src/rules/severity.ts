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
 * Where networks stop training, in nats of the squared gradient norm. Found by training MLPs of 64 to 128 units with Adam (10⁻³) and
 * with SGD (0.05, momentum 0.9) for 400 steps: from the warning on SGD stalls, from the error on Adam mostly does too. One synthetic
 * task of ten classes and one seed a depth: limits to a factor, no more. VGG-16 has S = −25; a narrow one (24 to 48 channels, 150 to
 * 400 steps, four rates) did not train with SGD in 10 of 10 runs on the defaults and in 7 of 10 with He, which Adam took to 1.0
 * twice, and the defaults to 0.65 and 0.34.
 */
const vanishing: { readonly relative: Limits; readonly plain: Limits } = {
  // Free of scale: what biases drown. 12 ReLU layers or 10 of tanh on PyTorch's defaults train (−8 to −9), AlexNet has −3.
  relative: { information: 8, warning: 11.5, error: 20 },
  // A chain that only shrinks its signal is rescaled by the first steps: AlexNet, −10, trains.
  plain: { information: 14, warning: 18, error: 26 },
};

/** The chaotic side is more tolerant: tanh with σ_w² = 4 trains to S = 12 (Schoenholz et al. 2017, reproduced). */
const exploding: Limits = { information: 8, warning: 12, error: 24 };
/**
 * Weights before a norm are free of scale, and their gradients shrink as they grow. Of plain batch norm and ReLU, trained as above with
 * two seeds, 20 layers (S = 7.7) reach 1.00 with Adam and SGD; SGD reaches 0.83 to 1.00 at 30 (11.5) and 0.89 to 0.99 at 40 (15.3).
 */
const explodingNormalised: Limits = { information: 10, warning: 16, error: 30 };
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
