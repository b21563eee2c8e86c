/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import type { Pace } from './pace';

/** A row-major matrix on the host. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** ‖x‖₂, in float64: the squares of small gradients would underflow in float32. */
export function norm(x: Float32Array | Float64Array): number {
  return Math.sqrt(sumOfSquares(x));
}

/** Four sums side by side: one alone would wait for each addition. */
export function sumOfSquares(x: Float32Array | Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < x.length; i += 4) {
    a += x[i]! * x[i]!;
    b += x[i + 1]! * x[i + 1]!;
    c += x[i + 2]! * x[i + 2]!;
    d += x[i + 3]! * x[i + 3]!;
  }
  for (; i < x.length; i++) a += x[i]! * x[i]!;
  return a + b + c + d;
}

/** a·b, four columns of `a` at a time. */
export async function multiply(a: Matrix, b: Matrix, pace: Pace): Promise<Matrix> {
  const { rows, columns: inner } = a;
  const { columns } = b;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const out = data.subarray(i * columns, (i + 1) * columns);
    let k = 0;
    for (; k + 3 < inner; k += 4) {
      const at = i * inner + k;
      const a0 = a.data[at]!;
      const a1 = a.data[at + 1]!;
      const a2 = a.data[at + 2]!;
      const a3 = a.data[at + 3]!;
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let j = 0; j < columns; j++)
        out[j]! += a0 * b.data[b0 + j]! + a1 * b.data[b1 + j]! + a2 * b.data[b2 + j]! + a3 * b.data[b3 + j]!;
    }
    for (; k < inner; k++) {
      const factor = a.data[i * inner + k]!;
      for (let j = 0; j < columns; j++) out[j]! += factor * b.data[k * columns + j]!;
    }
    await pace.breathe();
  }
  return { rows, columns, data };
}

export function transpose({ rows, columns, data }: Matrix): Matrix {
  const result = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j]!;
  return { rows: columns, columns: rows, data: result };
}
