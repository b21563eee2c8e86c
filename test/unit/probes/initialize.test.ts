import assert from 'node:assert/strict';
import { parametersByPath, type AxisRole, type Distribution, type Parameter } from '../../../src/network';
import { ProbeError } from '../../../src/probes/failure';
import { draw } from '../../../src/probes/child/initialize';
import { Pace } from '../../../src/probes/child/pace';

const pace = new Pace({ isCancellationRequested: false });
const place = { line: 6, column: 0, offset: 0 };
const span = { file: 'net.py', start: place, end: place };

function parameter(
  distribution: Distribution,
  shape: Parameter['shape'],
  axes: readonly AxisRole[],
  path = 'w',
): Parameter {
  return {
    path,
    role: 'weight',
    shape,
    axes,
    span,
    initializer: { distribution, origin: { kind: 'frameworkDefault' } },
  };
}

function matrix(distribution: Distribution, out = 300, into = 200): Parameter {
  return parameter(distribution, [out, into], ['out', 'in']);
}

const drawn = (p: Parameter, seed = 1, siblings: readonly Parameter[] = []) =>
  draw(p, parametersByPath([p, ...siblings]), seed, pace);

function moments(x: Float32Array) {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  return { mean, variance, low: Math.min(...x), high: Math.max(...x) };
}

function near(actual: number, expected: number, relative = 0.02): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${String(actual)}, not ${String(expected)}`);
}

describe('initialisers', () => {
  it('draws the same from the same seed, and something else from another seed or path', async () => {
    const normal = matrix({ kind: 'normal', mean: 0, std: 1 });
    assert.deepEqual(await drawn(normal), await drawn(normal));
    assert.notDeepEqual(await drawn(normal), await drawn(normal, 2));
    assert.notDeepEqual(await drawn(normal), await drawn({ ...normal, path: 'v' }));
    assert.notDeepEqual(await drawn(normal, 0), await drawn(normal, 1));
  });

  it('draws constants, uniforms and normals', async () => {
    assert.deepEqual([...new Set(await drawn(matrix({ kind: 'constant', value: 0.5 })))], [0.5]);
    const uniform = moments(await drawn(matrix({ kind: 'uniform', low: -1, high: 3 })));
    near(uniform.mean, 1);
    near(uniform.variance, 16 / 12);
    assert.ok(uniform.low >= -1 && uniform.high < 3);
    const normal = moments(await drawn(matrix({ kind: 'normal', mean: 2, std: 0.5 })));
    near(normal.mean, 2);
    near(normal.variance, 0.25);
  });

  it('cuts normals, with the variance that the cut leaves', async () => {
    const cut = moments(await drawn(matrix({ kind: 'truncatedNormal', mean: 0, std: 1, low: -2, high: 2 })));
    near(cut.variance, 0.7737413);
    assert.ok(cut.low >= -2 && cut.high <= 2);
    const tail = moments(await drawn(matrix({ kind: 'truncatedNormal', mean: 0, std: 1, low: 4, high: 1e9 })));
    // The mean of a normal beyond 4: φ(4)/(1 − Φ(4)).
    near(tail.mean, 4.2256, 1e-3);
    assert.ok(tail.low >= 4);
    const narrow = moments(await drawn(matrix({ kind: 'truncatedNormal', mean: 0, std: 1, low: -0.1, high: 0.1 })));
    near(narrow.variance, 0.01 / 3);
    const point = await drawn(matrix({ kind: 'truncatedNormal', mean: 5, std: 0, low: -1, high: 1 }));
    assert.equal(point[0], 1);
  });

  it('scales the variance by the fan, for every family', async () => {
    for (const shape of ['normal', 'uniform', 'truncatedNormal'] as const) {
      const weight = (mode: 'fanIn' | 'fanOut' | 'fanAvg') =>
        matrix({ kind: 'varianceScaling', scale: 2, mode, shape });
      near(moments(await drawn(weight('fanIn'))).variance, 2 / 200);
      near(moments(await drawn(weight('fanOut'))).variance, 2 / 300);
      near(moments(await drawn(weight('fanAvg'))).variance, 2 / 250);
    }
    const kernel: Distribution = { kind: 'varianceScaling', scale: 1, mode: 'fanIn', shape: 'normal' };
    const conv = parameter(kernel, [64, 16, 3, 3], ['out', 'in', 'kernel', 'kernel']);
    near(moments(await drawn(conv)).variance, 1 / 144, 0.05);
  });

  it('scales a bias by the fan-in of its weight', async () => {
    const weight = matrix({ kind: 'constant', value: 0 });
    const bias = parameter({ kind: 'biasScaling', scale: 1 / 3, weight: 'w' }, [20000], ['out'], 'b');
    const { variance, low, high } = moments(await drawn(bias, 1, [weight]));
    near(variance, 1 / 600, 0.05);
    assert.ok(Math.max(-low, high) <= 1 / Math.sqrt(200));
    await assert.rejects(drawn(bias), /cannot draw b \(line 7\): the fan-in of w is not known/);
  });

  it('draws semi-orthogonal matrices, wide, tall and of kernels', async () => {
    const shapes: [number[], AxisRole[]][] = [
      [
        [20, 50],
        ['out', 'in'],
      ],
      [
        [50, 20],
        ['out', 'in'],
      ],
      [
        [8, 3, 3, 3],
        ['out', 'in', 'kernel', 'kernel'],
      ],
    ];
    for (const [shape, axes] of shapes) {
      const values = await drawn(parameter({ kind: 'orthogonal', gain: 1.5 }, shape, axes));
      const rows = shape[0]!;
      const columns = values.length / rows;
      const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
      const entry = (vector: number, i: number) =>
        values[rows <= columns ? vector * columns + i : i * columns + vector]!;
      for (let a = 0; a < count; a++)
        for (let b = 0; b <= a; b++) {
          let product = 0;
          for (let i = 0; i < length; i++) product += entry(a, i) * entry(b, i);
          assert.ok(Math.abs(product - (a === b ? 2.25 : 0)) < 1e-5);
        }
    }
  });

  it('draws identities, of a kernel at its centre', async () => {
    const square = await drawn(matrix({ kind: 'identity', gain: 2 }, 2, 3));
    assert.deepEqual([...square], [2, 0, 0, 0, 2, 0]);
    const kernel = await drawn(parameter({ kind: 'identity', gain: 1 }, [1, 1, 3], ['out', 'in', 'kernel']));
    assert.deepEqual([...kernel], [0, 1, 0]);
  });

  it('draws parts along an axis, each in its own way', async () => {
    const rows = await drawn(
      matrix(
        {
          kind: 'partitioned',
          axis: 0,
          parts: [
            { size: 1, distribution: { kind: 'constant', value: 0 } },
            { size: 2, distribution: { kind: 'orthogonal', gain: 2 } },
            { size: 1, distribution: { kind: 'constant', value: -1 } },
          ],
        },
        4,
        3,
      ),
    );
    assert.deepEqual([...rows.subarray(0, 3)], [0, 0, 0]);
    assert.deepEqual([...rows.subarray(9)], [-1, -1, -1]);
    const product = (a: number, b: number) =>
      [0, 1, 2].reduce((sum, i) => sum + rows[3 * a + i]! * rows[3 * b + i]!, 0);
    near(product(1, 1), 4, 1e-6);
    near(product(2, 2), 4, 1e-6);
    assert.ok(Math.abs(product(1, 2)) < 1e-6);
    const columns = await drawn(
      matrix(
        {
          kind: 'partitioned',
          axis: 1,
          parts: [
            { size: 1, distribution: { kind: 'constant', value: 5 } },
            { size: 2, distribution: { kind: 'uniform', low: 0, high: 1 } },
          ],
        },
        3,
        3,
      ),
    );
    columns.forEach((value, i) => assert.ok(i % 3 === 0 ? value === 5 : value >= 0 && value < 1, String(i)));
  });

  it('scales a part by the fans of the part, and draws each anew', async () => {
    const scaled: Distribution = { kind: 'varianceScaling', scale: 1, mode: 'fanOut', shape: 'normal' };
    const gates = await drawn(
      matrix({ kind: 'partitioned', axis: 0, parts: [1, 2].map(() => ({ size: 100, distribution: scaled })) }, 200, 80),
    );
    const [first, second] = [gates.subarray(0, 8000), gates.subarray(8000)];
    near(moments(first).variance, 1 / 100, 0.05);
    near(moments(second).variance, 1 / 100, 0.05);
    assert.notDeepEqual(first, second);
    await assert.rejects(
      drawn(
        matrix({
          kind: 'partitioned',
          axis: 0,
          parts: [{ size: 300, distribution: { kind: 'unknown', reason: 'my_init' } }],
        }),
      ),
      /cannot draw w \(line 7\): my_init/,
    );
  });

  it('says what it cannot draw', async () => {
    const refusal = (pattern: RegExp) => (error: unknown) =>
      error instanceof ProbeError && error.failure.kind === 'notProbeable' && pattern.test(error.message);
    const unknown = matrix({ kind: 'unknown', reason: 'my_init() is not known' });
    await assert.rejects(drawn(unknown), refusal(/cannot draw w \(line 7\): my_init\(\) is not known/));
    const sizeless = parameter({ kind: 'constant', value: 0 }, [{ symbol: 'd' }, 3], ['out', 'in']);
    await assert.rejects(drawn(sizeless), refusal(/its size d×3 is not known/));
  });
});
