/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { transpose, type Matrix } from './float64';
import type { Pace } from './pace';

/**
 * All singular values in descending order, in float64: Householder bidiagonalisation, then the implicitly shifted QR
 * iteration (Golub and Van Loan, Matrix Computations, 5.4 and 8.6). All NaN where the matrix is not finite.
 */
export async function singularValues(matrix: Matrix, pace: Pace): Promise<Float64Array> {
  const tall = matrix.rows >= matrix.columns ? { ...matrix, data: matrix.data.slice() } : transpose(matrix);
  if (!tall.data.every(Number.isFinite)) return new Float64Array(tall.columns).fill(NaN);
  const scale = tall.data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  if (scale === 0) return new Float64Array(tall.columns);
  // Jacobians of deep networks leave the range in which squares are safe.
  for (let i = 0; i < tall.data.length; i++) tall.data[i]! /= scale;
  const { diagonal, above } = await bidiagonalize(tall, pace);
  await diagonalize(diagonal, above, pace);
  return diagonal
    .map((x) => Math.abs(x) * scale)
    .sort()
    .reverse();
}

interface Bidiagonal {
  readonly diagonal: Float64Array;
  /** above[i] stands right of diagonal[i]; the last is zero. */
  readonly above: Float64Array;
}

/**
 * Reflections from the left and the right in turn. Both updates of a step go over the rest of the matrix in one sweep, after
 * one sweep that collects the left products. Overwrites the matrix.
 */
async function bidiagonalize({ rows, columns, data }: Matrix, pace: Pace): Promise<Bidiagonal> {
  const diagonal = new Float64Array(columns);
  const above = new Float64Array(columns);
  const left = new Float64Array(rows);
  const right = new Float64Array(columns);
  const products = new Float64Array(columns);
  for (let k = 0; k < columns; k++) {
    for (let i = k; i < rows; i++) left[i] = data[i * columns + k]!;
    const leftScale = reflector(left, k, rows, diagonal, k);
    collectProducts(data, columns, k, rows, left, leftScale, products);
    for (let j = k + 1; j < columns; j++) right[j] = data[k * columns + j]! - left[k]! * products[j]!;
    const rightScale = k + 1 < columns ? reflector(right, k + 1, columns, above, k) : 0;
    reflectRows(data, columns, k + 1, rows, left, products, right, rightScale);
    await pace.breathe();
  }
  return { diagonal, above };
}

/** products[j] = scale · Σ_i left[i]·a[i][j] over the rows from `k` and the columns behind it, four rows at a time. */
function collectProducts(
  data: Float64Array,
  columns: number,
  k: number,
  rows: number,
  left: Float64Array,
  scale: number,
  products: Float64Array,
): void {
  products.fill(0, k + 1);
  let i = k;
  for (; i + 3 < rows; i += 4) {
    const [f0, f1, f2, f3] = [left[i]! * scale, left[i + 1]! * scale, left[i + 2]! * scale, left[i + 3]! * scale];
    const r0 = i * columns;
    const r1 = r0 + columns;
    const r2 = r1 + columns;
    const r3 = r2 + columns;
    for (let j = k + 1; j < columns; j++)
      products[j]! += f0 * data[r0 + j]! + f1 * data[r1 + j]! + f2 * data[r2 + j]! + f3 * data[r3 + j]!;
  }
  for (; i < rows; i++) {
    const factor = left[i]! * scale;
    for (let j = k + 1; j < columns; j++) products[j]! += factor * data[i * columns + j]!;
  }
}

/**
 * Both reflections of a step on the rows and columns from `from`: a − left·productsᵀ, then a − scale·(a·right)·rightᵀ. Four
 * rows at a time, whose inner products do not wait for each other.
 */
function reflectRows(
  data: Float64Array,
  columns: number,
  from: number,
  rows: number,
  left: Float64Array,
  products: Float64Array,
  right: Float64Array,
  scale: number,
): void {
  let i = from;
  for (; i + 3 < rows; i += 4) {
    const [f0, f1, f2, f3] = [left[i]!, left[i + 1]!, left[i + 2]!, left[i + 3]!];
    const r0 = i * columns;
    const r1 = r0 + columns;
    const r2 = r1 + columns;
    const r3 = r2 + columns;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let j = from; j < columns; j++) {
      const product = products[j]!;
      const direction = right[j]!;
      const x0 = data[r0 + j]! - f0 * product;
      const x1 = data[r1 + j]! - f1 * product;
      const x2 = data[r2 + j]! - f2 * product;
      const x3 = data[r3 + j]! - f3 * product;
      data[r0 + j] = x0;
      data[r1 + j] = x1;
      data[r2 + j] = x2;
      data[r3 + j] = x3;
      s0 += x0 * direction;
      s1 += x1 * direction;
      s2 += x2 * direction;
      s3 += x3 * direction;
    }
    [s0, s1, s2, s3] = [s0 * scale, s1 * scale, s2 * scale, s3 * scale];
    for (let j = from; j < columns; j++) {
      const direction = right[j]!;
      data[r0 + j]! -= s0 * direction;
      data[r1 + j]! -= s1 * direction;
      data[r2 + j]! -= s2 * direction;
      data[r3 + j]! -= s3 * direction;
    }
  }
  for (; i < rows; i++) {
    const row = i * columns;
    let along = 0;
    for (let j = from; j < columns; j++) {
      const x = data[row + j]! - left[i]! * products[j]!;
      data[row + j] = x;
      along += x * right[j]!;
    }
    along *= scale;
    for (let j = from; j < columns; j++) data[row + j]! -= along * right[j]!;
  }
}

/** Beside entries near 1, what rank-deficient matrices leave of a column; its reciprocal would overflow. */
const NOTHING = 1e-200;

/**
 * Turns x[from…to) into the vector v of the reflection 1 − scale·v·vᵀ that sends it to a multiple of the first axis, writes
 * that multiple to image[at], and gives the scale (0 where nothing needs reflecting).
 */
function reflector(x: Float64Array, from: number, to: number, image: Float64Array, at: number): number {
  let square = 0;
  for (let i = from; i < to; i++) square += x[i]! * x[i]!;
  const first = x[from]!;
  if (square < NOTHING) {
    image[at] = 0;
    return 0;
  }
  const alpha = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
  image[at] = alpha;
  x[from] = first - alpha;
  return 1 / (alpha * (alpha - first));
}

/** At most this many QR sweeps a value; three are usual. */
const SWEEPS = 100;

/** QR iteration with the implicit Wilkinson shift on a bidiagonal matrix; leaves ± the singular values in `diagonal`. */
async function diagonalize(diagonal: Float64Array, above: Float64Array, pace: Pace): Promise<void> {
  let size = 0;
  for (let i = 0; i < diagonal.length; i++) size = Math.max(size, Math.abs(diagonal[i]!) + Math.abs(above[i]!));
  const negligible = size * Number.EPSILON * 0.5;
  let end = diagonal.length - 1;
  for (let sweeps = 0; end > 0;) {
    let start = end;
    while (start > 0 && Math.abs(above[start - 1]!) > negligible) start--;
    if (start === end) {
      end--;
      sweeps = 0;
      continue;
    }
    above.fill(0, Math.max(0, start - 1), start);
    if (sweeps++ > SWEEPS * diagonal.length) throw new Error('the singular values did not converge');
    const zero = firstNegligible(diagonal, start, end, negligible);
    if (zero !== undefined) chase(diagonal, above, zero, start, end);
    else sweep(diagonal, above, start, end);
    await pace.breathe();
  }
}

function firstNegligible(diagonal: Float64Array, start: number, end: number, bound: number): number | undefined {
  for (let i = end; i >= start; i--) if (Math.abs(diagonal[i]!) <= bound) return i;
  return undefined;
}

/** A zero on the diagonal splits the matrix: rotations clear the entry beside it, and above it. */
function chase(diagonal: Float64Array, above: Float64Array, zero: number, start: number, end: number): void {
  diagonal[zero] = 0;
  if (zero < end) {
    let f = above[zero]!;
    above[zero] = 0;
    for (let i = zero + 1; i <= end && f !== 0; i++) {
      const g = diagonal[i]!;
      const h = Math.hypot(f, g);
      const sine = f / h;
      diagonal[i] = h;
      f = -sine * above[i]!;
      above[i] = (g / h) * above[i]!;
    }
  }
  if (zero > start) {
    let f = above[zero - 1]!;
    above[zero - 1] = 0;
    for (let i = zero - 1; i >= start && f !== 0; i--) {
      const g = diagonal[i]!;
      const h = Math.hypot(f, g);
      const sine = f / h;
      diagonal[i] = h;
      if (i === start) break;
      f = -sine * above[i - 1]!;
      above[i - 1] = (g / h) * above[i - 1]!;
    }
  }
}

/** One Golub–Kahan step on the block start…end. */
function sweep(diagonal: Float64Array, above: Float64Array, start: number, end: number): void {
  const shift = wilkinsonShift(diagonal, above, start, end);
  let y = diagonal[start]! - shift / diagonal[start]!;
  let z = above[start]!;
  for (let k = start; k < end; k++) {
    let radius = Math.hypot(y, z);
    let cosine = radius === 0 ? 1 : y / radius;
    let sine = radius === 0 ? 0 : z / radius;
    if (k > start) above[k - 1] = radius;
    const d = diagonal[k]!;
    const e = above[k]!;
    const next = diagonal[k + 1]!;
    y = cosine * d + sine * e;
    above[k] = cosine * e - sine * d;
    z = sine * next;
    diagonal[k + 1] = cosine * next;
    radius = Math.hypot(y, z);
    cosine = radius === 0 ? 1 : y / radius;
    sine = radius === 0 ? 0 : z / radius;
    diagonal[k] = radius;
    const right = above[k]!;
    const below = diagonal[k + 1]!;
    above[k] = cosine * right + sine * below;
    diagonal[k + 1] = cosine * below - sine * right;
    y = above[k]!;
    if (k + 1 < end) {
      z = sine * above[k + 1]!;
      above[k + 1] = cosine * above[k + 1]!;
    }
  }
}

/** The eigenvalue of the last 2×2 block of BᵀB that is nearer to its last entry. */
function wilkinsonShift(diagonal: Float64Array, above: Float64Array, start: number, end: number): number {
  const before = end - 1 > start ? above[end - 2]! : 0;
  const d1 = diagonal[end - 1]!;
  const d2 = diagonal[end]!;
  const e1 = above[end - 1]!;
  const t11 = d1 * d1 + before * before;
  const t22 = d2 * d2 + e1 * e1;
  const t12 = d1 * e1;
  const half = (t11 - t22) / 2;
  if (t12 === 0) return t22;
  return t22 - (t12 * t12) / (half + (half >= 0 ? 1 : -1) * Math.hypot(half, t12));
}
