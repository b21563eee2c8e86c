import type { Initializer } from '../../network';
import type { TensorValues } from './elements';

/** What a pass over a tensor's numbers tells. NaNs and infinities are counted and otherwise left out. */
export interface TensorStatistics {
  /** Finite numbers. */
  readonly count: number;
  readonly nonFinite: number;
  readonly zeros: number;
  /** NaN where no number is finite, as the three below. */
  readonly mean: number;
  /** Of the population: divided by `count`. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Mean, spread and range in one pass and bounded memory. Pieces are joined by the pairwise update of Chan, Golub & LeVeque
 * (1979), in float64.
 */
export async function measureTensor(pieces: AsyncIterable<TensorValues>): Promise<TensorStatistics> {
  let count = 0;
  let nonFinite = 0;
  let zeros = 0;
  let mean = 0;
  /** The sum of the squared distances from the mean. */
  let spread = 0;
  let min = Infinity;
  let max = -Infinity;
  for await (const piece of pieces) {
    let finite = 0;
    let sum = 0;
    for (const entry of piece) {
      const value = Number(entry);
      if (!Number.isFinite(value)) continue;
      finite++;
      sum += value;
      if (value === 0) zeros++;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    nonFinite += piece.length - finite;
    if (finite === 0) continue;
    const pieceMean = sum / finite;
    let pieceSpread = 0;
    for (const entry of piece) {
      const value = Number(entry);
      if (Number.isFinite(value)) pieceSpread += (value - pieceMean) ** 2;
    }
    const shift = pieceMean - mean;
    const total = count + finite;
    spread += pieceSpread + (shift * shift * count * finite) / total;
    mean += (shift * finite) / total;
    count = total;
  }
  if (count === 0) return { count, nonFinite, zeros, mean: NaN, std: NaN, min: NaN, max: NaN };
  return { count, nonFinite, zeros, mean, std: Math.sqrt(spread / count), min, max };
}

/**
 * A trained tensor as the distribution that theory takes it for: a normal of the measured moments, or the one value that all
 * its numbers have.
 */
export function initializerFrom(statistics: TensorStatistics, file: string): Initializer {
  const { count, nonFinite, mean, std, min, max } = statistics;
  const origin = { kind: 'checkpoint', file } as const;
  if (nonFinite > 0)
    return { distribution: { kind: 'unknown', reason: `${nonFinite} of its numbers are not finite` }, origin };
  if (count === 0) return { distribution: { kind: 'unknown', reason: 'it has no numbers' }, origin };
  if (min === max) return { distribution: { kind: 'constant', value: min }, origin };
  return { distribution: { kind: 'normal', mean, std }, origin };
}
