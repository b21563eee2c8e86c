import type { Activation } from '../network';
import { moments } from '../network/moments';

/** Where the map ends: the largest σ_w and σ_b. */
export interface MapSize {
  readonly weight: number;
  readonly bias: number;
}

/**
 * The order-to-chaos map of an activation (Poole et al. 2016; Schoenholz et al. 2017): what a deep stack of dense layers does for every deviation of
 * its weights and its biases.
 */
export interface PhaseMap {
  /** σ_w of the columns and σ_b of the rows, rising. */
  readonly weightDeviations: readonly number[];
  readonly biasDeviations: readonly number[];
  /** ln χ₁ at q*, row by row: below 0 gradients vanish, above they explode. */
  readonly logChi: readonly (readonly number[])[];
  /** χ₁ = 1: σ_w by σ_b, rising in σ_b; empty where there is no edge of chaos. */
  readonly edge: readonly { readonly weightDeviation: number; readonly biasDeviation: number }[];
}

const steps = 240;
const [SMALLEST, LARGEST] = [1e-6, 1e4];

const maps = new Map<string, PhaseMap>();

export function phaseMap(activation: Activation, most: MapSize): PhaseMap {
  const key = JSON.stringify([activation, most]);
  const known = maps.get(key);
  if (known) return known;
  const made = mapOf(activation, most);
  maps.set(key, made);
  return made;
}

interface Sample {
  readonly q: number;
  /** E[φ²] and E[φ'²] of a Gaussian of variance q. */
  readonly second: number;
  readonly slope: number;
}

function mapOf(activation: Activation, most: MapSize): PhaseMap {
  const samples = Array.from({ length: steps + 1 }, (_, index): Sample => {
    const q = SMALLEST * (LARGEST / SMALLEST) ** (index / steps);
    const { secondMoment, derivativeSecondMoment } = moments(activation, q);
    return { q, second: secondMoment, slope: derivativeSecondMoment };
  });
  const columns = Array.from({ length: 61 }, (_, index) => (most.weight * (index + 0.5)) / 61);
  const rows = Array.from({ length: 31 }, (_, index) => (most.bias * (index + 0.5)) / 31);
  return {
    weightDeviations: columns,
    biasDeviations: rows,
    logChi: rows.map((bias) => columns.map((weight) => logChiOf(samples, weight ** 2, bias ** 2))),
    // On the edge σ_w² = 1/E[φ'²](q), and σ_b² is what is left of q.
    edge: samples
      .flatMap(({ q, second, slope }) => {
        const bias = q - second / slope;
        // Without biases, rounding decides the sign.
        if (slope <= 0 || bias < -1e-9 * q) return [];
        const point = { weightDeviation: 1 / Math.sqrt(slope), biasDeviation: Math.sqrt(Math.max(0, bias)) };
        return point.biasDeviation <= 1.05 * most.bias && point.weightDeviation <= 1.05 * most.weight ? [point] : [];
      })
      .sort((a, b) => a.biasDeviation - b.biasDeviation),
  };
}

/** At q*, which the length map runs to from q = 1, between two samples. */
function logChiOf(samples: readonly Sample[], weight: number, bias: number): number {
  const change = ({ q, second }: Sample): number => weight * second + bias - q;
  let at = Math.round((steps * Math.log(1 / SMALLEST)) / Math.log(LARGEST / SMALLEST));
  const first = samples[at];
  if (!first) return NaN;
  const direction = Math.sign(change(first));
  const chi = (slope: number): number => Math.log(weight * slope);
  if (Math.abs(change(first)) < 1e-9) return chi(first.slope);
  for (let before = first; ;) {
    at += direction;
    const next = samples[at];
    // It vanishes or explodes.
    if (!next) return chi(before.slope);
    if (change(next) * direction <= 0) {
      const share = change(before) / (change(before) - change(next));
      return chi(before.slope + share * (next.slope - before.slope));
    }
    before = next;
  }
}
