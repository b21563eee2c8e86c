import assert from 'node:assert/strict';
import { initializerFrom, measureTensor, type TensorValues } from '../../../src/readers/checkpoints';

async function* pieces(...values: readonly TensorValues[]): AsyncIterable<TensorValues> {
  for (const piece of values) {
    await Promise.resolve();
    yield piece;
  }
}

describe('the statistics of a tensor', () => {
  it('are the same in one piece and in many, and exact far from zero', async () => {
    const all = Float64Array.from({ length: 1000 }, (_, index) => 1e9 + (index % 10));
    const whole = await measureTensor(pieces(all));
    const parts = await measureTensor(pieces(all.subarray(0, 7), all.subarray(7, 500), all.subarray(500)));
    for (const { count, mean, std, min, max } of [whole, parts]) {
      assert.deepEqual([count, min, max], [1000, 1e9, 1e9 + 9]);
      assert.ok(Math.abs(mean - (1e9 + 4.5)) < 1e-6);
      assert.ok(Math.abs(std - Math.sqrt(8.25)) < 1e-6);
    }
  });

  it('count what is not finite and leave it out', async () => {
    const measured = await measureTensor(pieces(Float32Array.of(NaN, 1, 0, -1), Float32Array.of(Infinity)));
    assert.deepEqual(measured, { count: 3, nonFinite: 2, zeros: 1, mean: 0, std: Math.sqrt(2 / 3), min: -1, max: 1 });
    const { distribution, origin } = initializerFrom(measured, 'a.pt');
    assert.deepEqual(distribution, { kind: 'unknown', reason: '2 of its numbers are not finite' });
    assert.deepEqual(origin, { kind: 'checkpoint', file: 'a.pt' });
  });

  it('make an initialiser: a constant, a normal, or nothing', async () => {
    const distribution = async (values: TensorValues): Promise<unknown> =>
      initializerFrom(await measureTensor(pieces(values)), 'a.pt').distribution;
    assert.deepEqual(await distribution(Float32Array.of(1, 1)), { kind: 'constant', value: 1 });
    assert.deepEqual(await distribution(BigInt64Array.of(-1n, 3n)), { kind: 'normal', mean: 1, std: 2 });
    assert.deepEqual(await distribution(new Float32Array(0)), { kind: 'unknown', reason: 'it has no numbers' });
  });
});
