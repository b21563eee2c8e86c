/** What a softmax makes of n independent Gaussian scores of one variance: weights a with Σa = 1. */
export interface Participation {
  /**
   * H = E[Σ aⱼ²]: 1/n where all keys count alike, near e^v/n for many keys (Kedia et al. 2024, "Transformers Get Stable", table 1), 1 where
   * one key wins.
   */
  readonly own: number;
  /** E[Σ aⱼ²(1 − 2aⱼ + Σ aₖ²)]: what a softmax hands back of the squares of independent gradients of the n weights, per one of them. */
  readonly response: number;
}

export function participation(keys: number, variance: number): Participation {
  if (keys <= 1) return { own: 1, response: 0 };
  if (!(variance > 0)) return { own: 1 / keys, response: 1 / keys - 1 / keys ** 2 };
  if (variance > 1e4) return { own: 1, response: 0 };
  const { own, response } = laplaceOf(variance).participation(keys);
  return { own: Math.min(1, Math.max(1 / keys, own)), response: Math.min(1, Math.max(0, response)) };
}

/** The mean over the queries of a causal mask, of which the t-th sees t keys. */
export function causalParticipation(keys: number, variance: number): Participation {
  const exact = Math.min(Math.round(keys), 8);
  let [own, response] = [0, 0];
  const add = (seen: number, weight: number): void => {
    const one = participation(seen, variance);
    own += weight * one.own;
    response += weight * one.response;
  };
  for (let seen = 1; seen <= exact; seen += 1) add(seen, 1);
  // Beyond, both fall like a power of t: the trapezoidal rule on ln t of t·H(t), which hardly bends.
  const [from, to] = [exact + 0.5, keys + 0.5];
  const steps = Math.max(2, Math.ceil(2 * Math.log(to / from)));
  const width = Math.log(to / from) / steps;
  for (let step = 0; step <= steps && to > from; step += 1) {
    const seen = from * Math.exp(step * width);
    add(seen, (step === 0 || step === steps ? width / 2 : width) * seen);
  }
  return { own: own / keys, response: response / keys };
}

interface Laplace {
  participation(keys: number): Participation;
}

const STEP = 0.35;
const remembered = new Map<number, Laplace>();

/**
 * 1/Sᵏ = ∫ tᵏ⁻¹ e^{−tS} dt/(k − 1)! for S = Σ e^{sⱼ} makes means over independent scores exact:
 * H = n ∫ t·F₂(t)·F₀(t)^{n−1} dt with Fₖ(t) = E[e^{ks} e^{−t e^s}], and alike for Σa³ and (Σa²)². The expectations are of one Gaussian and
 * serve every n; t runs over powers of e.
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
  // dt·tᵏ⁻¹·Fₖ/(k − 1)! and ln F₀.
  const [second, third, fourth, pairs, logs] = Array.from({ length: 5 }, () => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let k = 0; k < count; k += 1) {
    const t = Math.exp(low + k * STEP);
    let [zeroth, two, three, four] = [0, 0, 0, 0];
    for (const [z, weight] of normal) {
      // Of t·e^s, so that powers of t come with it.
      const e = t * Math.exp(deviation * z);
      const kept = weight * Math.exp(-e);
      zeroth += kept;
      two += kept * e * e;
      three += kept * e ** 3;
      four += kept * e ** 4;
    }
    second[k] = STEP * two;
    third[k] = (STEP * three) / 2;
    fourth[k] = (STEP * four) / 6;
    pairs[k] = (STEP * two * two) / 6;
    logs[k] = zeroth > 0 ? Math.log(zeroth) : -Infinity;
  }
  const result: Laplace = {
    participation: (keys) => {
      let [own, cubes, squared] = [0, 0, 0];
      for (let k = 0; k < count; k += 1) {
        const log = logs[k] ?? 0;
        const others = keys * Math.exp((keys - 1) * log);
        own += others * (second[k] ?? 0);
        cubes += others * (third[k] ?? 0);
        squared += others * (fourth[k] ?? 0);
        if (keys > 1 && log > -Infinity) squared += keys * (keys - 1) * Math.exp((keys - 2) * log) * (pairs[k] ?? 0);
      }
      return { own, response: own - 2 * cubes + squared };
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
