/**
 * How many of n keys a softmax attends to. Of weights a = softmax(s) of n independent Gaussian scores of variance v, H = E[Σ aⱼ²] is 1/n where
 * all keys count alike, near e^v/n for many keys (Kedia et al. 2024, "Transformers Get Stable", table 1), and 1 where one key wins.
 */
export function participation(keys: number, variance: number): number {
  if (keys <= 1) return 1;
  if (variance <= 0) return 1 / keys;
  if (!Number.isFinite(variance)) return 1;
  return Math.min(1, Math.max(1 / keys, laplaceOf(variance).participation(keys)));
}

/** The mean of H over the queries of a causal mask, of which the t-th sees t keys. */
export function causalParticipation(keys: number, variance: number): number {
  const exact = Math.min(keys, 8);
  let sum = 0;
  for (let seen = 1; seen <= exact; seen += 1) sum += participation(seen, variance);
  // Beyond, H falls like a power of t: the trapezoidal rule on ln t of t·H(t), which hardly bends.
  const [from, to] = [exact + 0.5, keys + 0.5];
  if (to <= from) return sum / keys;
  const steps = Math.max(2, Math.ceil(2 * Math.log(to / from)));
  const width = Math.log(to / from) / steps;
  for (let step = 0; step <= steps; step += 1) {
    const seen = from * Math.exp(step * width);
    sum += (step === 0 || step === steps ? width / 2 : width) * seen * participation(seen, variance);
  }
  return sum / keys;
}

interface Laplace {
  participation(keys: number): number;
}

const STEP = 0.35;
const remembered = new Map<number, Laplace>();

/**
 * 1/S² = ∫ t e^{−tS} dt for S = Σ e^{sⱼ} makes the mean over independent scores exact: H = n ∫ t·E[e^{2s} e^{−t e^s}]·E[e^{−t e^s}]^{n−1} dt. Both
 * expectations are of one Gaussian and serve every n; t runs over powers of e.
 */
function laplaceOf(exactVariance: number): Laplace {
  // Layers differ by less than matters: to a thousandth they share what is integrated.
  const variance = Math.exp(Math.round(Math.log(exactVariance) * 1000) / 1000);
  const known = remembered.get(variance);
  if (known) return known;
  const deviation = Math.sqrt(variance);
  // For n from 2 to millions of keys, S lies between these.
  const [low, high] = [-18 - 4 * deviation, 5 + 7 * deviation];
  const count = Math.ceil((high - low) / STEP);
  const squares = new Float64Array(count);
  const logs = new Float64Array(count);
  for (let k = 0; k < count; k += 1) {
    const t = Math.exp(low + k * STEP);
    let [plain, twice] = [0, 0];
    for (const [z, weight] of normal) {
      const e = Math.exp(deviation * z);
      const kept = weight * Math.exp(-t * e);
      plain += kept;
      twice += kept * e * e;
    }
    squares[k] = STEP * t * t * twice;
    logs[k] = plain > 0 ? Math.log(plain) : -Infinity;
  }
  const result: Laplace = {
    participation: (keys) => {
      let sum = 0;
      for (let k = 0; k < count; k += 1) sum += (squares[k] ?? 0) * Math.exp((keys - 1) * (logs[k] ?? 0));
      return keys * sum;
    },
  };
  if (remembered.size >= 512) remembered.clear();
  remembered.set(variance, result);
  return result;
}

/** The trapezoidal rule for a standard normal, far enough out for e^{2s}. */
const normal: readonly (readonly [z: number, weight: number])[] = (() => {
  const width = 0.4;
  const grid = Array.from({ length: 51 }, (_, k) => (k - 25) * width);
  return grid.map((z) => [z, (width * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)] as const);
})();
