import assert from 'node:assert/strict';
import {
  biasVariance,
  fanIn,
  fanOut,
  mean,
  parametersByPath,
  variance,
  weightVariance,
  type Distribution,
  type Parameter,
  type Shape,
} from '../../../src/network';

const nowhere = { line: 0, column: 0, offset: 0 };
function weight(shape: Shape, distribution: Distribution): Parameter {
  return {
    path: 'fc.weight',
    role: 'weight',
    shape,
    axes: shape.map((_, axis) => (axis === 0 ? 'out' : axis === 1 ? 'in' : 'kernel')),
    initializer: { distribution, origin: { kind: 'frameworkDefault' } },
    span: { file: 'm.py', start: nowhere, end: nowhere },
  };
}
const torchDefault: Distribution = { kind: 'varianceScaling', scale: 1 / 3, mode: 'fanIn', shape: 'uniform' };
const none = new Map<string, Parameter>();
const near = (actual: number | undefined, expected: number): void =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) < 1e-12 * Math.max(1, expected),
    `${actual} ≠ ${expected}`,
  );

describe('variance of an initialiser', () => {
  it('counts fans as PyTorch does, kernels included', () => {
    const conv = weight([64, 3, 5, 5], torchDefault);
    assert.equal(fanIn(conv), 75);
    assert.equal(fanOut(conv), 1600);
  });

  it('gives 1/3 for the default of PyTorch without knowing the width', () => {
    near(weightVariance(weight([{ symbol: 'm' }, { symbol: 'n' }], torchDefault)), 1 / 3);
    near(variance(weight([10, 64], torchDefault), none), 1 / 192);
  });

  it('lets equal unknown widths cancel in Xavier, and leaves unequal ones unknown', () => {
    const xavier: Distribution = { kind: 'varianceScaling', scale: 1, mode: 'fanAvg', shape: 'normal' };
    const n = { symbol: 'n' };
    near(weightVariance(weight([n, n, { symbol: 'k' }], xavier)), 1);
    assert.equal(weightVariance(weight([n, { symbol: 'm' }], xavier)), undefined);
    near(weightVariance(weight([10, 30], xavier)), (2 * 30) / 40);
  });

  it('takes a normal cut at two deviations as 0.7737413 of its variance (methods B0.4)', () => {
    const cut = weight([1, 1], { kind: 'truncatedNormal', mean: 0, std: 1, low: -2, high: 2 });
    assert.ok(Math.abs(variance(cut, none)! - 0.7737413) < 5e-8);
    const wide = weight([1, 1], { kind: 'truncatedNormal', mean: 0, std: 0.02, low: -2, high: 2 });
    near(variance(wide, none), 0.0004);
    const oneSided: Distribution = { kind: 'truncatedNormal', mean: 0, std: 1, low: 0, high: Infinity };
    near(mean({ distribution: oneSided, origin: { kind: 'frameworkDefault' } }), Math.sqrt(2 / Math.PI));
  });

  it('gives an orthogonal matrix its gain when it is square or narrows, less when it widens', () => {
    const orthogonal: Distribution = { kind: 'orthogonal', gain: 2 };
    near(weightVariance(weight([50, 100], orthogonal)), 4);
    near(weightVariance(weight([100, 50], orthogonal)), 2);
    near(variance(weight([100, 50], orthogonal), none), 0.04);
    near(weightVariance(weight([{ symbol: 'n' }, { symbol: 'n' }], orthogonal)), 4);
  });

  it('says nothing where weights are not centred or not understood', () => {
    assert.equal(weightVariance(weight([4, 4], { kind: 'uniform', low: 0, high: 1 })), undefined);
    assert.equal(weightVariance(weight([4, 4], { kind: 'unknown', reason: 'my_init_' })), undefined);
    assert.equal(weightVariance(weight([4, 4], { kind: 'constant', value: 0 })), 0);
  });

  it('scales a bias by the fan-in of the weight beside it', () => {
    const conv = weight([8, 4, 3, 3], torchDefault);
    const bias: Parameter = {
      ...weight([8], { kind: 'biasScaling', scale: 1 / 3, weight: 'fc.weight' }),
      path: 'fc.bias',
      role: 'bias',
    };
    near(biasVariance(bias, parametersByPath([conv, bias])), 1 / 108);
    assert.equal(biasVariance(bias, none), undefined);
    near(
      biasVariance(
        { ...bias, initializer: { ...bias.initializer, distribution: { kind: 'constant', value: 2 } } },
        none,
      ),
      4,
    );
  });
});
