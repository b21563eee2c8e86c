/**
 * Gaussian expectations by composite Gauss–Legendre quadrature with break points at kinks. Plain Gauss–Hermite is wrong by
 * percents on kinked functions and on saturating ones at large variance.
 */

/** Beyond 12 standard deviations the normal density is below 1e-31. */
const REACH = 12;
const NODES = 20;

/** Nodes z and weights w·n(z) of one composite rule: E[f(z)] ≈ Σ weight·f(node), z ~ N(0, 1). */
export interface GaussianRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** The steps of the trapezoidal rule, of which each rule is made once. */
const steps = [1 / 4, 1 / 6, 1 / 8, 1 / 12, 1 / 16, 1 / 24] as const;
const trapezoids = new Map<number, GaussianRule>();

/**
 * For smooth functions the trapezoidal rule converges faster than any power: its error is e^{−2πd/h} for a distance d of the nearest singularity from
 * the real line, which for all activations (the arctangent's ±i is the nearest) is at least 1/deviation.
 */
function trapezoid(deviation: number): GaussianRule | undefined {
  const step = steps.find((size) => size * deviation <= 0.17);
  if (step === undefined) return undefined;
  const known = trapezoids.get(step);
  if (known) return known;
  const half = Math.round(REACH / step);
  const nodes = Float64Array.from({ length: 2 * half + 1 }, (_, k) => (k - half) * step);
  const rule = { nodes, weights: nodes.map((z) => (step * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)) };
  trapezoids.set(step, rule);
  return rule;
}

/**
 * A rule for functions of mean + deviation·z with the given kinks, exact to about 1e-13 relative. Intervals are at most one wide
 * in z, and near the origin of x also about one wide in x, since that is where activations bend.
 */
export function gaussianRule(deviation: number, mean = 0, kinks: readonly number[] = []): GaussianRule {
  const smooth = kinks.length === 0 ? trapezoid(deviation) : undefined;
  if (smooth) return smooth;
  const breaks = breakPoints(deviation, mean, kinks);
  const count = (breaks.length - 1) * NODES;
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  let at = 0;
  for (let interval = 1; interval < breaks.length; interval += 1) {
    const low = breaks[interval - 1] ?? 0;
    const half = ((breaks[interval] ?? 0) - low) / 2;
    for (let k = 0; k < NODES; k += 1) {
      const z = low + half * (1 + (legendre.nodes[k] ?? 0));
      nodes[at] = z;
      weights[at] = (half * (legendre.weights[k] ?? 0) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
      at += 1;
    }
  }
  return { nodes, weights };
}

/** E[f(mean + deviation·z)], z ~ N(0, 1). */
export function gaussianExpectation(
  f: (x: number) => number,
  deviation: number,
  mean = 0,
  kinks: readonly number[] = [],
): number {
  const { nodes, weights } = gaussianRule(deviation, mean, kinks);
  let sum = 0;
  for (let k = 0; k < nodes.length; k += 1) sum += (weights[k] ?? 0) * f(mean + deviation * (nodes[k] ?? 0));
  return sum;
}

function breakPoints(deviation: number, mean: number, kinks: readonly number[]): readonly number[] {
  const points: number[] = [];
  for (let z = -REACH; z <= REACH; z += 1) points.push(z);
  const addAt = (x: number): void => {
    const z = (x - mean) / deviation;
    if (z > -REACH && z < REACH) points.push(z);
  };
  if (deviation > 0) {
    kinks.forEach(addAt);
    if (deviation > 1) {
      addAt(0);
      const farthest = Math.abs(mean) + REACH * deviation;
      for (let x = 1; x < farthest; x *= x < 8 ? (x + 1) / x : 1.5) {
        addAt(x);
        addAt(-x);
      }
    }
  }
  points.sort((a, b) => a - b);
  return points.filter((z, index) => index === 0 || z - (points[index - 1] ?? 0) > 1e-12);
}

const legendre = gaussLegendre(NODES);

/** Nodes and weights on [−1, 1] by Newton's method on P_n (Press et al., Numerical Recipes, §4.6). */
function gaussLegendre(count: number): GaussianRule {
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let k = 0; k < count; k += 1) {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let round = 0; round < 100; round += 1) {
      let value = 1;
      let before = 0;
      for (let degree = 1; degree <= count; degree += 1)
        [value, before] = [((2 * degree - 1) * x * value - (degree - 1) * before) / degree, value];
      slope = (count * (x * value - before)) / (x * x - 1);
      const step = value / slope;
      x -= step;
      if (Math.abs(step) < 1e-16) break;
    }
    nodes[k] = x;
    weights[k] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
