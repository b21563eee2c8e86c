import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { onEveryBackend } from './backends';
import { kernelCases, type KernelCase } from './kernelCases';
import type { Dense } from './oracle';

/** Holds every kernel that the executor uses against plain float64 loops, on every backend. */

const TOLERANCE = 1e-6;

function close(actual: tf.Tensor, { expected, tolerance = TOLERANCE, everyDigit = false }: KernelCase): void {
  assert.deepEqual(actual.shape, expected.shape);
  const values = actual.dataSync();
  const largest = expected.data.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  const floor = everyDigit ? 1e-37 : largest;
  expected.data.forEach((want, i) => {
    const bound = tolerance * Math.max(Math.abs(want), floor);
    assert.ok(Math.abs(values[i]! - want) <= bound, `at ${String(i)}: ${String(values[i])}, not ${String(want)}`);
  });
}

function run(kernel: string, { inputs, attrs = {}, bool = [] }: KernelCase): tf.Tensor {
  const tensor = (name: string, { shape, data }: Dense) =>
    bool.includes(name)
      ? tf.tensor(
          data.map((x) => x === 1),
          [...shape],
          'bool',
        )
      : tf.tensor(Float32Array.from(data), [...shape]);
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, tensor(name, x)]));
  // Only a concatenation takes a list; its type hides that.
  const arguments_ = kernel === tf.Concat ? (Object.values(tensors) as unknown as tf.NamedTensorMap) : tensors;
  return tf.engine().runKernel(kernel, arguments_, attrs as tf.NamedAttrMap);
}

describe('kernels', () => {
  onEveryBackend((name) => {
    for (const [kernel, cases] of Object.entries(kernelCases))
      for (const one of cases)
        it(`${kernel} ${one.title}`, () => {
          tf.tidy(() => close(run(kernel, one), one));
        });

    it('multiplies the same data in another shape', () => {
      tf.tidy(() => {
        const a = tf.ones<tf.Rank.R2>([2, 3]);
        const b = tf.reshape<tf.Rank.R2>(tf.range(0, 12), [3, 4]);
        assert.deepEqual([...tf.matMul(a, b).dataSync()].slice(0, 4), [12, 15, 18, 21]);
        const wide = tf.reshape<tf.Rank.R2>(b, [2, 6]);
        assert.deepEqual([...tf.matMul(tf.ones<tf.Rank.R2>([1, 2]), wide).dataSync()], [6, 8, 10, 12, 14, 16]);
        assert.deepEqual([...tf.matMul(a, b).dataSync()].slice(0, 4), [12, 15, 18, 21]);
      });
    });

    if (name === 'wasm')
      it('refuses a tensor for which the heap has no room', () => {
        const { wasm: heap } = tf.backend() as unknown as { wasm: { _malloc: (bytes: number) => number } };
        const malloc = heap._malloc;
        const before = tf.memory().numTensors;
        // What the real one answers at 4 GB, which a test had better not reach.
        heap._malloc = () => 0;
        try {
          assert.throws(() => tf.tidy(() => tf.zeros([2, 3]).dataSync()), /no room for a tensor of 2×3/);
        } finally {
          heap._malloc = malloc;
        }
        assert.equal(tf.memory().numTensors, before);
      });

    it('passes on what is not a number', () => {
      tf.tidy(() => {
        const x = tf.tensor1d([NaN, Infinity, -Infinity]);
        assert.deepEqual([...tf.tanh(x).dataSync()], [NaN, 1, -1]);
        const matrix = tf.tensor2d([NaN, 1], [1, 2]);
        assert.ok(Number.isNaN(tf.matMul(matrix, tf.ones<tf.Rank.R2>([2, 1])).dataSync()[0]));
        assert.ok(Number.isNaN(tf.sum(tf.tensor2d([1, NaN], [2, 1]), 0).dataSync()[0]));
      });
    });
  });
});
