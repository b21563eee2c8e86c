/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import type { Pace } from './pace';

/**
 * Makes the rows of a row-major rows×columns matrix orthonormal (rows ≤ columns), in place. Gram–Schmidt with a second
 * sweep, which is orthogonal to rounding; of a Gaussian matrix it gives one that is uniform over the orthogonal ones
 * (the diagonal of R is positive, which is the correction that a QR decomposition needs).
 */
export async function orthonormalizeRows(
  matrix: Float64Array,
  rows: number,
  columns: number,
  pace: Pace,
): Promise<void> {
  for (let i = 0; i < rows; i++) {
    const row = matrix.subarray(i * columns, (i + 1) * columns);
    for (let sweep = 0; sweep < 2; sweep++)
      for (let j = 0; j < i; j++) {
        const other = matrix.subarray(j * columns, (j + 1) * columns);
        let along = 0;
        for (let k = 0; k < columns; k++) along += row[k]! * other[k]!;
        for (let k = 0; k < columns; k++) row[k]! -= along * other[k]!;
      }
    let square = 0;
    for (let k = 0; k < columns; k++) square += row[k]! * row[k]!;
    const factor = 1 / Math.sqrt(square);
    for (let k = 0; k < columns; k++) row[k]! *= factor;
    await pace.breathe();
  }
}
