import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded draws for simulations in float64. */
export class Random {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** rows × columns of N(0, variance). */
  matrix(rows: number, columns: number, variance = 1): Matrix {
    const std = Math.sqrt(variance);
    return Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => std * this.normal()));
  }
}

export type Matrix = readonly Float64Array[];

/** a·bᵀ */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => Float64Array.from(b, (other) => row.reduce((sum, x, k) => sum + x * (other[k] ?? 0), 0)));
}

export function transposed(a: Matrix): Matrix {
  return Array.from(a[0] ?? [], (_, column) => Float64Array.from(a, (row) => row[column] ?? 0));
}

export function meanSquare(a: Matrix): number {
  let [sum, count] = [0, 0];
  for (const row of a) for (const x of row) [sum, count] = [sum + x * x, count + 1];
  return sum / count;
}
