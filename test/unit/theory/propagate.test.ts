import assert from 'node:assert/strict';
import type { Activation, Distribution, Network } from '../../../src/network';
import { SELU_ALPHA, SELU_LAMBDA } from '../../../src/network/moments';
import { propagate } from '../../../src/theory';
import { alphaDropoutFactor } from '../../../src/theory/forward';
import { gelu, near } from '../moments/expect';
import { Draft, he, mlp, scaled, torchDefault, zero } from './build';

const relu: Activation = { kind: 'relu' };
const tanh: Activation = { kind: 'tanh' };
const silu: Activation = { kind: 'silu' };
const log10Gain = (network: Network): number => (propagate(network).depth?.logGain ?? NaN) / Math.LN10;

describe('gradient over 20 hidden layers (golden 5 and the table of B0.4)', () => {
  const normal = (std: number): Distribution => ({ kind: 'normal', mean: 0, std });
  for (const [name, weight, bias, activation, expected, width] of [
    ['torch', torchDefault, undefined, relu, -15.563, 256],
    ['torch', torchDefault, undefined, tanh, -9.8278, 256],
    ['torch', torchDefault, undefined, gelu, -21.3335, 256],
    ['torch', torchDefault, undefined, silu, -21.459, 256],
    ['torch', torchDefault, undefined, { kind: 'sigmoid' }, -34.025, 256],
    ['torch', torchDefault, undefined, { kind: 'linear' }, -9.542, 256],
    ['torch', torchDefault, undefined, { kind: 'selu' }, -4.274, 256],
    ['Keras', scaled(1), zero, relu, -6.0206, 256],
    ['Keras', scaled(1), zero, tanh, -1.444, 256],
    ['Keras', scaled(1), zero, gelu, -11.4017, 256],
    ['tfjs', scaled(0.7737413), 'none', relu, -8.2487, 256],
    ['tfjs', scaled(0.7737413), 'none', tanh, -2.9994, 256],
    ['He', he, zero, relu, 0, 256],
    ['He', he, zero, tanh, 0.5051, 256],
    ['He', he, zero, gelu, -2.414, 256],
    ['LeCun', scaled(1), zero, { kind: 'selu' }, 0.6005, 256],
    ['N(0, 0.02)', normal(0.02), zero, relu, -16.272, 768],
    ['N(0, 1)', normal(1), zero, relu, 42.144, 256],
  ] as const)
    it(`${name} with ${activation.kind}`, () => {
      const network = mlp(21, width, activation, weight, bias);
      near(log10Gain(network), expected, 6e-4);
      assert.equal(propagate(network).depth?.steps, 20);
      const ranged = propagate(network).depth?.logGainRange !== undefined;
      assert.equal(propagate(network).confidence, ranged ? 'medium' : 'high');
    });

  it('second moments too', () => {
    const last = (network: Network): number => propagate(network).layers[19]?.secondMoment ?? NaN;
    near(last(mlp(21, 256, tanh)), 0.00194935, 6e-9);
    near(last(mlp(21, 256, relu, he, zero)), 2, 1e-12);
    near(last(mlp(21, 256, { kind: 'sigmoid' })), 0.0863613, 6e-8);
  });

  it('the remedies of B0.11 over 50 layers', () => {
    const biased = (activation: Activation, weight: number, bias: number): number =>
      log10Gain(mlp(51, 256, activation, scaled(weight), { kind: 'normal', mean: 0, std: Math.sqrt(bias) }));
    near(biased(gelu, 1.98305826, 0.17292239), -0.5177, 2e-4);
    near(biased(silu, 1.98800468, 0.55514317), -1.6618, 2e-4);
    near(biased(tanh, 1.260094, 0.0025), -0.7252, 2e-4);
    near(biased({ kind: 'elu', alpha: 1 }, 1.383325, 0.01), -0.381, 2e-4);
    near(biased(relu, 2, 0), 0, 1e-9);
  });

  it('is free of scale as a relative gain: of a chain that only shrinks its signal, not where biases drown it', () => {
    near(propagate(mlp(21, 256, relu, scaled(1), 'none')).depth?.relativeLogGain, 0, 1e-9);
    const drowned = propagate(mlp(21, 256, relu)).depth;
    near((drowned?.relativeLogGain ?? NaN) / Math.LN10, -15.563 + Math.log10((1 / 3 + 1 / 768) / 0.0015625), 1e-3);
  });

  it('needs no width where σ_w² is free of it, and says that it took the bias for zero', () => {
    const n = { symbol: 'width' };
    const report = propagate(mlp(21, n, relu, he, zero));
    near(report.depth?.logGain, 0, 1e-9);
    assert.equal(report.confidence, 'high');
    const assumed = propagate(mlp(21, n, relu));
    near((assumed.depth?.logGain ?? NaN) / Math.LN10, -15.563, 1e-3);
    assert.equal(assumed.confidence, 'low');
  });

  it('is not known where a fixed deviation meets an unknown width', () => {
    const report = propagate(mlp(5, { symbol: 'width' }, relu, { kind: 'normal', mean: 0, std: 0.02 }, zero));
    assert.equal(report.depth, undefined);
    assert.deepEqual(report.layers, []);
  });
});

describe('a range instead of a number (B0.2)', () => {
  it('for He with GELU, whose fixed point is unstable', () => {
    const depth = propagate(mlp(21, 256, gelu, he, zero)).depth;
    assert.ok(depth?.logGainRange);
    const [low, high] = depth.logGainRange;
    // Measured with PyTorch, 5 seeds at n = 256: χ = 0.918 a layer; mean field: 0.757.
    assert.ok(low < depth.logGain && high > 20 * Math.log(0.9), `${low} to ${high}`);
  });

  it('not for ReLU, tanh or GELU at its half-stable point', () => {
    assert.equal(propagate(mlp(21, 256, tanh, he, zero)).depth?.logGainRange, undefined);
    const bias: Distribution = { kind: 'normal', mean: 0, std: Math.sqrt(0.17292239) };
    assert.equal(propagate(mlp(21, 256, gelu, scaled(1.98305826), bias)).depth?.logGainRange, undefined);
  });
});

describe('normalisation (B0.6)', () => {
  const chis = (activation: Activation, norm: (draft: Draft, x: number) => number): readonly number[] => {
    const draft = new Draft();
    let x = draft.input(64);
    for (let layer = 0; layer < 12; layer += 1) {
      if (layer > 0) x = draft.act(norm(draft, x), activation);
      x = draft.linear(x, 64, 64, scaled(3), 'none');
    }
    // The first factor has the input's own variance, which no activation shaped.
    return propagate(draft.build(x))
      .layers.slice(2)
      .map(({ chi }) => chi ?? NaN);
  };

  it('batch norm explodes by D2/V a layer: π/(π − 1) for ReLU (golden 9)', () => {
    for (const [activation, expected] of [
      [relu, Math.PI / (Math.PI - 1)],
      [tanh, 1.177807],
      [gelu, 1.318845],
      [silu, 1.212081],
      [{ kind: 'elu', alpha: 1 }, 1.079013],
      [{ kind: 'linear' }, 1],
    ] as const)
      for (const chi of chis(activation, (draft, x) => draft.batchNorm(x, 64))) near(chi, expected, 3e-5);
  });

  it('layer norm by D2/M2, whatever σ_w²', () => {
    for (const [activation, expected] of [
      [relu, 1],
      [gelu, 1.072032],
      [silu, 1.066634],
      [tanh, 1.177807],
    ] as const)
      for (const chi of chis(activation, (draft, x) => draft.layerNorm(x, 64))) near(chi, expected, 3e-5);
  });

  it('one channel a group is instance norm, one group is layer norm', () => {
    const group = (groups: number) => (draft: Draft, x: number) =>
      draft.op({ kind: 'groupNorm', groups, channels: 64, epsilon: 1e-5 }, x);
    for (const chi of chis(relu, group(64))) near(chi, Math.PI / (Math.PI - 1), 3e-5);
    // Up to the 1/64 of a variance that 64 units take off with their mean.
    for (const chi of chis(relu, group(1))) near(chi, 1, 1 / 64);
  });
});

describe('residual joins (B0.5, golden 10)', () => {
  /** Stem, `blocks` blocks x + factor·f(x) with f = two He layers after a ReLU each, head. */
  const residual = (
    blocks: number,
    join: (draft: Draft, branch: number, block: number) => number,
    last = he,
  ): Network => {
    const draft = new Draft();
    let x = draft.linear(draft.input(64), 64, 64, scaled(1), 'none');
    for (let block = 1; block <= blocks; block += 1) {
      let f = draft.linear(draft.act(x, relu), 64, 64, he, 'none');
      f = draft.linear(draft.act(f, relu), 64, 64, last, 'none');
      x = draft.add(x, join(draft, f, block));
    }
    return draft.build(draft.linear(x, 64, 64, scaled(1), 'none'));
  };
  const gain = (network: Network): number => Math.exp(propagate(network).depth?.logGain ?? NaN);

  it('plain He branches double: 2^L', () => {
    near(gain(residual(10, (_draft, f) => f)) / 1024, 1, 1e-9);
    near(gain(residual(50, (_draft, f) => f)) / 2 ** 50, 1, 1e-9);
    near(propagate(residual(10, (_draft, f) => f)).depth?.largestSecondMoment, 1024, 1e-6);
  });

  it('branches scaled by 1/√L: (1 + 1/L)^L', () => {
    for (const [blocks, expected] of [
      [10, 2.593742],
      [50, 2.691588],
      [100, 2.704814],
    ] as const) {
      const affine = (draft: Draft, f: number) =>
        draft.op({ kind: 'affine', factor: 1 / Math.sqrt(blocks), offset: 0 }, f);
      near(gain(residual(blocks, affine)), expected, 1e-6);
    }
  });

  it('decreasing scales 1/(√l·ln(l + 1)) stay bounded', () => {
    const decreasing = (draft: Draft, f: number, block: number) =>
      draft.op({ kind: 'affine', factor: 1 / (Math.sqrt(block) * Math.log(block + 1)), offset: 0 }, f);
    near(gain(residual(100, decreasing)), 8.371, 1e-3);
  });

  it('ReZero and a last layer of zeros are the identity; what is behind the zero has no gradient yet', () => {
    near(gain(residual(30, (draft, f) => draft.scalar(f, 0))), 1, 1e-12);
    const fixup = residual(30, (_draft, f) => f, zero);
    near(gain(fixup), 1, 1e-12);
    assert.equal(propagate(fixup).signals[3]?.gradient, 0);
  });

  it('the default of PyTorch is benign: 1 + (1/6)² a block', () => {
    const draft = new Draft();
    let x = draft.linear(draft.input(64), 64, 64, scaled(1), 'none');
    for (let block = 0; block < 10; block += 1) {
      let f = draft.linear(draft.act(x, relu), 64, 64, torchDefault, 'none');
      f = draft.linear(draft.act(f, relu), 64, 64, torchDefault, 'none');
      x = draft.add(x, f);
    }
    near(gain(draft.build(draft.linear(x, 64, 64, scaled(1), 'none'))) ** 0.1, 1 + 1 / 36, 1e-9);
  });

  it('adds one tensor to itself as a whole, and independent ones by their squares', () => {
    const draft = new Draft();
    const x = draft.input(8);
    const twice = draft.add(x, x);
    const y = draft.linear(twice, 8, 8, scaled(1), 'none');
    const report = propagate(draft.build(y));
    near(report.signals[y]?.secondMoment, 4, 1e-12);
    near(report.signals[x]?.gradient, 4, 1e-12);
  });

  it('counts shared means: a sum of two ReLUs', () => {
    const draft = new Draft();
    const x = draft.input(8);
    const parts = [1, 2].map(() => draft.act(draft.linear(x, 8, 8, scaled(1), 'none'), relu));
    const join = draft.add(...parts);
    near(propagate(draft.build(join)).signals[join]?.secondMoment, 1 + 2 / (2 * Math.PI), 1e-12);
  });

  it('does not guess a sum of dependent tensors', () => {
    const draft = new Draft();
    const x = draft.linear(draft.input(8), 8, 8);
    const join = draft.add(x, draft.act(x, relu));
    const report = propagate(draft.build(draft.linear(join, 8, 8)));
    assert.equal(report.signals[join], undefined);
    assert.equal(report.depth, undefined);
  });
});

describe('convolution, pooling, dropout (B0.8)', () => {
  it('zero padding takes ((3H − 2)/(3H))² of 3×3 `same`, both ways', () => {
    for (const [size, share] of [
      [8, 0.840278],
      [16, 0.918403],
      [32, 0.958767],
    ] as const) {
      const draft = new Draft();
      const x = draft.input(16, size, size);
      const z = draft.conv(x, 16, 16, { weight: scaled(1) });
      const report = propagate(draft.build(z));
      near(report.signals[z]?.secondMoment, share, 1e-6);
      near(report.signals[x]?.gradient, share, 1e-6);
    }
  });

  it('averages K positions: 1/K of independent ones, all of equal ones', () => {
    const pooled = (correlation: number): number | undefined => {
      const draft = new Draft();
      const x = draft.input(16, 8, 8);
      const y = draft.op({ kind: 'adaptivePool', reduce: 'average', output: [1, 1] }, x);
      const report = propagate(draft.build(y), { correlation });
      near(report.signals[x]?.gradient, 1 / 64, 1e-12);
      return report.signals[y]?.secondMoment;
    };
    near(pooled(0), 1 / 64, 1e-12);
    near(pooled(1), 1, 1e-12);
    near(pooled(0.5), 0.5 + 0.5 / 64, 1e-12);
  });

  it('takes the largest of K: E[max²] of four normals is 1.5513', () => {
    const draft = new Draft();
    const x = draft.input(16, 8, 8);
    const shape = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], ceil: false, countPadding: true };
    const y = draft.op({ kind: 'pool', reduce: 'max', ...shape }, x);
    const { signals } = propagate(draft.build(y));
    // 1 + √3/π (David & Nagaraja 2003, table 3.2), and the mean 1.02938.
    near(signals[y]?.secondMoment, 1 + Math.sqrt(3) / Math.PI, 1e-4);
    near(signals[y]?.mean, 1.02938, 1e-4);
    near(signals[x]?.gradient, 1, 1e-12);
  });

  it('hands the gradient to a largest position, where ReLU is open more often', () => {
    const draft = new Draft();
    const x = draft.input(16, 8, 8);
    const shape = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], ceil: false, countPadding: true };
    const y = draft.op({ kind: 'pool', reduce: 'max', ...shape }, draft.act(x, relu));
    const { signals } = propagate(draft.build(y));
    near(signals[x]?.gradient, 1 - 1 / 16, 1e-4);
  });

  it('drops with 1/p each way in training mode', () => {
    const draft = new Draft();
    const x = draft.input(8);
    const y = draft.op({ kind: 'dropout', rate: 0.2, variant: 'element' }, x);
    const { signals } = propagate(draft.build(y), { correlation: 0.4 });
    near(signals[y]?.secondMoment, 1.25, 1e-12);
    near(signals[y]?.correlation, 0.32, 1e-12);
    near(signals[x]?.gradient, 1.25, 1e-12);
  });

  it('alpha dropout keeps mean 0 and variance 1', () => {
    const draft = new Draft();
    const y = draft.op({ kind: 'dropout', rate: 0.05, variant: 'alpha' }, draft.input(8));
    const { signals } = propagate(draft.build(y));
    near(signals[y]?.mean, 0, 1e-12);
    near(signals[y]?.secondMoment, 1, 1e-12);
    // y = a·(x or −λα) + b with b = −a·0.05·(−λα) (methods B1, paper 8).
    near(alphaDropoutFactor(0.05), 0.954844, 6e-7);
    near(alphaDropoutFactor(0.05) * 0.05 * SELU_ALPHA * SELU_LAMBDA, 0.083936, 6e-7);
  });
});

describe('what is not understood', () => {
  it('leaves all that depends on it unjudged, forward and backward', () => {
    const draft = new Draft();
    const a = draft.linear(draft.input(8), 8, 8);
    const dark = draft.op({ kind: 'opaque', reason: 'custom kernel' }, a);
    const b = draft.linear(dark, 8, 8);
    const report = propagate(draft.build(b));
    assert.deepEqual([report.signals[a], report.signals[dark], report.signals[b]], [undefined, undefined, undefined]);
    assert.equal(report.depth, undefined);
  });

  it('does not follow weights whose mean is not zero, or which are unknown', () => {
    for (const distribution of [
      { kind: 'uniform', low: 0, high: 1 },
      { kind: 'unknown', reason: 'a function' },
    ] as const)
      assert.equal(propagate(mlp(3, 8, relu, distribution)).depth, undefined);
  });

  it('takes the gradient from the logits where the output is a softmax', () => {
    const draft = new Draft();
    const x = draft.act(draft.linear(draft.input(8), 8, 8, he, 'none'), relu);
    const logits = draft.linear(x, 8, 8, he, 'none');
    const report = propagate(draft.build(draft.op({ kind: 'softmax', axis: -1, log: false }, logits)));
    near(report.depth?.gain, 1, 1e-12);
    near(report.signals[logits]?.gradient, 1, 1e-12);
  });

  it('stands an empty network and a single layer', () => {
    const draft = new Draft();
    const x = draft.input(8);
    assert.equal(propagate(draft.build(x)).depth, undefined);
    assert.equal(propagate(draft.build(draft.linear(x, 8, 8))).depth, undefined);
  });
});
