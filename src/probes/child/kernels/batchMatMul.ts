/* eslint-disable @typescript-eslint/no-non-null-assertion -- indices are in range by construction */
import { BatchMatMul, broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, replaceKernel, type Call, type WasmHeap } from './wasmHeap';

/**
 * Matrix products on wasm. The stock kernel uses XNNPACK for a single product without transposition only, and a plain loop
 * for everything else, which is every gradient; and its cache of XNNPACK operators knows the right operand by its data
 * and not by its shape, so that the same data reshaped gives garbage. Here transposition is a copy in blocks, a batch is a row
 * of single products, and data seen with a second shape goes under a number of its own.
 */
export function repairBatchMatMul(heap: WasmHeap): void {
  const multiply = compiledProduct(heap);
  replaceKernel(BatchMatMul, (call) => batchMatMul(heap, multiply, call));
}

/** out (m×n) = a (m×k) · b (k×n), by the numbers of the three tensors. */
type Product = (a: number, b: number, out: number, m: number, k: number, n: number) => void;

function compiledProduct(heap: WasmHeap): Product {
  const kernel = heap.compiled(BatchMatMul, [
    'number',
    'array',
    'number',
    'number',
    'array',
    'number',
    'number',
    'number',
    'number',
  ]);
  const shape = (rows: number, columns: number) => new Uint8Array(new Int32Array([1, rows, columns]).buffer);
  return (a, b, out, m, k, n) => kernel(a, shape(m, k), 3, b, shape(k, n), 3, 0, 0, out);
}

/** The shape with which XNNPACK has packed this data as a right operand. */
const packedAs = new WeakMap<object, string>();

function batchMatMul(heap: WasmHeap, multiply: Product, call: Call): TensorInfo {
  const a = input(call, 'a');
  const b = input(call, 'b');
  if (a.dtype !== 'float32' || b.dtype !== 'float32') throw new Error('matrix products are of float32 only');
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = util.sizeFromShape(outer);
  const left = asMatrices(heap, a, call.attrs['transposeA'] === true);
  const right = asMatrices(heap, b, call.attrs['transposeB'] === true);
  const { rows: m, columns: k } = left;
  const n = right.columns;
  util.assert(k === right.rows, () => `inner sizes ${String(k)} and ${String(right.rows)} of a matrix product differ`);
  util.assert(
    Math.max(left.count, right.count) === batch,
    () => 'batches of matrices broadcast along one operand only',
  );
  const out = heap.output([...outer, m, n]);
  const target = heap.offset(out);
  if (m === 0 || n === 0 || k === 0 || batch === 0) {
    heap.floats().fill(0, target, target + batch * m * n);
  } else if (batch === 1) {
    const { dataId } = right.tensor;
    const shape = `${String(k)}x${String(n)}`;
    const first = packedAs.get(dataId);
    if (first === undefined) packedAs.set(dataId, shape);
    if (first === undefined || first === shape)
      multiply(heap.id(left.tensor), heap.id(right.tensor), heap.id(out), m, k, n);
    else heap.part(heap.offset(right.tensor), k * n, (id) => multiply(heap.id(left.tensor), id, heap.id(out), m, k, n));
  } else if (right.count === 1) {
    // One right operand for all: the batch is folded into the rows.
    heap.part(heap.offset(right.tensor), k * n, (id) =>
      multiply(heap.id(left.tensor), id, heap.id(out), batch * m, k, n),
    );
  } else {
    const leftOffset = heap.offset(left.tensor);
    const rightOffset = heap.offset(right.tensor);
    const step = left.count === 1 ? 0 : m * k;
    for (let i = 0; i < batch; i++)
      heap.part(leftOffset + i * step, m * k, (x) =>
        heap.part(rightOffset + i * k * n, k * n, (y) =>
          heap.part(target + i * m * n, m * n, (z) => multiply(x, y, z, m, k, n)),
        ),
      );
  }
  if (left.made) heap.free(left.tensor);
  if (right.made) heap.free(right.tensor);
  return out;
}

interface Matrices {
  readonly tensor: TensorInfo;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Whether `tensor` was allocated here. */
  readonly made: boolean;
}

function asMatrices(heap: WasmHeap, x: TensorInfo, transpose: boolean): Matrices {
  const count = util.sizeFromShape(x.shape.slice(0, -2));
  const rows = x.shape.at(-2) ?? 1;
  const columns = x.shape.at(-1) ?? 1;
  if (!transpose) return { tensor: x, count, rows, columns, made: false };
  const tensor = heap.output([count, columns, rows]);
  transposeEach(heap.floats(), heap.offset(x), heap.offset(tensor), count, rows, columns);
  return { tensor, count, rows: columns, columns: rows, made: true };
}

/** The side of the squares in which matrices are transposed, so that both sides of the copy stay in the cache. */
const BLOCK = 16;

function transposeEach(
  memory: Float32Array,
  from: number,
  to: number,
  count: number,
  rows: number,
  columns: number,
): void {
  for (let matrix = 0; matrix < count; matrix++) {
    const shift = matrix * rows * columns;
    for (let row = 0; row < rows; row += BLOCK)
      for (let column = 0; column < columns; column += BLOCK) {
        const lastRow = Math.min(row + BLOCK, rows);
        const lastColumn = Math.min(column + BLOCK, columns);
        for (let i = row; i < lastRow; i++) {
          const source = from + shift + i * columns;
          for (let j = column; j < lastColumn; j++) memory[to + shift + j * rows + i] = memory[source + j]!;
        }
      }
  }
}
