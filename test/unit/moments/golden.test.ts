import assert from 'node:assert/strict';
import type { Activation } from '../../../src/network';
import {
  activationVariance,
  covariance,
  derivativeCovariance,
  derivativeFourthMoment,
  derivativeSup,
  gaussianExpectation,
  moments,
  quadratureMoments,
  SELU_ALPHA,
  SELU_LAMBDA,
  pointwise,
  secondMomentSlope,
} from '../../../src/network/moments';
import { closedCovariance, closedDerivativeCovariance, closedMoments } from '../../../src/network/moments/closedForms';
import { hermiteSpectrum, spectrumCovariance, spectrumSlope } from '../../../src/network/moments/hermite';
import { gelu, geluTanh, hardtanh, near } from './expect';

/** methods.md B0.1 and E.1, at q = 1: M1, M2, V, D2, D4/D2². */
const table: readonly (readonly [string, Activation, number, number, number, number, number])[] = [
  ['linear', { kind: 'linear' }, 0, 1, 1, 1, 1],
  ['relu', { kind: 'relu' }, 0.398942, 0.5, 0.340845, 0.5, 2],
  ['leaky 0.01', { kind: 'leakyRelu', slope: 0.01 }, 0.394953, 0.50005, 0.344062, 0.50005, 1.9996],
  ['leaky 0.2', { kind: 'leakyRelu', slope: 0.2 }, 0.319154, 0.52, 0.418141, 0.52, 1.852071],
  ['leaky 0.3', { kind: 'leakyRelu', slope: 0.3 }, 0.27926, 0.545, 0.467014, 0.545, 1.696995],
  ['prelu 0.25', { kind: 'prelu', slope: 0.25 }, 0.299207, 0.53125, 0.441725, 0.53125, 1.778547],
  ['gelu', gelu, 0.282095, 0.425221, 0.345644, 0.455851, 2.088334],
  ['gelu tanh', geluTanh, 0.282039, 0.425194, 0.345648, 0.455818, 2.088374],
  ['silu', { kind: 'silu' }, 0.206621, 0.355776, 0.313083, 0.379482, 1.990048],
  ['mish', { kind: 'mish' }, 0.240404, 0.452342, 0.394548, 0.479084, 1.837461],
  ['tanh', { kind: 'tanh' }, 0, 0.394294, 0.394294, 0.464403, 1.58348],
  ['sigmoid', { kind: 'sigmoid' }, 0.5, 0.293379, 0.043379, 0.044836, 1.136977],
  ['hard sigmoid (Keras)', { kind: 'hardSigmoid', slope: 1 / 5 }, 0.5, 0.289102, 0.039102, 0.039503, 1.012576],
  ['hard sigmoid (PyTorch)', { kind: 'hardSigmoid', slope: 1 / 6 }, 0.5, 0.277639, 0.027639, 0.027703, 1.002707],
  ['hardswish', { kind: 'hardswish' }, 0.166217, 0.331567, 0.303939, 0.358532, 2.010688],
  ['elu', { kind: 'elu', alpha: 1 }, 0.160521, 0.644945, 0.619179, 0.668102, 1.331684],
  ['selu', { kind: 'selu' }, 0, 1, 1, 1.071575, 1.316197],
  ['softplus', { kind: 'softplus', beta: 1 }, 0.806059, 0.921246, 0.271515, 0.293379, 1.5289],
  ['erf', { kind: 'erf' }, 0, 0.464559, 0.464559, 0.56941, 1.666667],
  ['softsign', { kind: 'softsign' }, 0, 0.183014, 0.183014, 0.227671, 2.136455],
  ['hardtanh', hardtanh, 0, 0.516059, 0.516059, 0.682689, 1.464795],
  ['sin', { kind: 'sin' }, 0, 0.432332, 0.432332, 0.567668, 1.373823],
  ['arctan', { kind: 'arctan' }, 0, 0.449701, 0.449701, 0.5, 1.43712],
];

describe('Gaussian moments of activations at q = 1 (methods B0.1, golden 1)', () => {
  for (const [name, activation, m1, m2, v, d2, spread] of table)
    it(name, () => {
      const digits = 6e-7;
      const got = moments(activation, 1);
      near(got.mean, m1, digits);
      near(got.secondMoment, m2, digits);
      near(activationVariance(activation, 1), v, digits);
      near(got.derivativeSecondMoment, d2, digits);
      near(derivativeFourthMoment(activation, 1) / got.derivativeSecondMoment ** 2, spread, 6e-7);
    });
});

const fourth: readonly Activation[] = [
  { kind: 'relu' },
  { kind: 'leakyRelu', slope: 0.2 },
  { kind: 'abs' },
  { kind: 'erf' },
  { kind: 'sin' },
  { kind: 'square' },
  { kind: 'exp' },
];

const closed: readonly Activation[] = [
  { kind: 'linear' },
  { kind: 'relu' },
  { kind: 'leakyRelu', slope: 0.2 },
  { kind: 'abs' },
  { kind: 'erf' },
  { kind: 'sin' },
  { kind: 'cos' },
  { kind: 'square' },
  gelu,
  { kind: 'elu', alpha: 1 },
  { kind: 'elu', alpha: 0.5 },
  { kind: 'celu', alpha: 2 },
  { kind: 'selu' },
  hardtanh,
];

describe('powers of a Gaussian grow beyond any scale: (2p − 1)!!·qᵖ (methods B1, paper 3)', () => {
  for (const [exponent, factor] of [
    [1, 1],
    [2, 3],
    [3, 15],
    [4, 105],
  ] as const)
    it(`x^${exponent}`, () => {
      for (const q of [0.3, 1, 2.5])
        near(moments({ kind: 'power', exponent }, q).secondMoment / (factor * q ** exponent), 1, 1e-10);
    });
});

describe('closed forms', () => {
  for (const activation of closed)
    it(`${activation.kind} agrees with quadrature from q = 1e-6 to 400`, () => {
      for (const q of [1e-6, 1e-3, 0.04, 0.3, 1, 4, 30, 400]) {
        const exact = closedMoments(activation, q)!;
        const numeric = quadratureMoments(activation, q);
        for (const key of ['mean', 'secondMoment', 'derivativeMean', 'derivativeSecondMoment'] as const)
          near(numeric[key], exact[key], 1e-10 * Math.max(Math.abs(exact[key]), key === 'mean' ? Math.sqrt(q) : 1e-5));
      }
    });

  it("of E[φ'⁴] agree with quadrature", () => {
    for (const activation of fourth)
      for (const q of [0.01, 0.3, 1, 2]) {
        const { derivative, kinks } = pointwise(activation);
        const numeric = gaussianExpectation((x) => derivative(x) ** 4, Math.sqrt(q), 0, kinks);
        near(derivativeFourthMoment(activation, q) / numeric, 1, activation.kind === 'exp' ? 1e-4 : 1e-10);
      }
  });

  it('of exp hold where no quadrature reaches', () => {
    near(moments({ kind: 'exp' }, 0.5).secondMoment, Math.E, 1e-12);
    near(quadratureMoments({ kind: 'exp' }, 0.5).secondMoment, Math.E, 1e-12);
  });

  it('of ELU neither overflow at large q nor cancel at small', () => {
    near(moments({ kind: 'selu' }, 1e4).derivativeMean, (SELU_LAMBDA / 2) * (1 + SELU_ALPHA * 2 * 0.00398902), 1e-6);
    const q = 1e-12;
    near(moments({ kind: 'elu', alpha: 1 }, q).secondMoment / q, 1, 1e-5);
  });
});

describe('two inputs', () => {
  it('the ReLU correlation map (golden 11)', () => {
    const map = (c: number): number => 2 * covariance({ kind: 'relu' }, 1, c);
    near(map(0), 0.31831, 1e-6);
    near(map(0.5), 0.608998, 1e-6);
    near(map(0.9), 0.909538, 1e-6);
    near(map(0.99), 0.9903, 1e-6);
    let c = 0;
    const steps: number[] = [];
    for (let layer = 1; layer <= 100; layer += 1) steps.push((c = map(c)));
    near(steps[1], 0.493731, 1e-6);
    near(steps[2], 0.604826, 1e-6);
    near(steps[9], 0.871536, 1e-6);
    near(steps[99], 0.996423, 1e-6);
  });

  const series = (activation: Activation, q: number) => {
    const { secondMoment, derivativeSecondMoment } = closedMoments(activation, q)!;
    return hermiteSpectrum(pointwise(activation), Math.sqrt(q), 0, secondMoment, q * derivativeSecondMoment);
  };

  for (const [activation, tolerance] of [
    [{ kind: 'erf' }, 1e-9],
    [{ kind: 'sin' }, 1e-11],
    [{ kind: 'square' }, 1e-11],
    [{ kind: 'relu' }, 1e-5],
    [{ kind: 'leakyRelu', slope: 0.3 }, 1e-5],
    [gelu, 1e-11],
  ] as const)
    it(`Hermite series of ${activation.kind} agree with closed forms`, () => {
      for (const q of [0.01, 1, 3])
        for (const c of [-0.9, -0.3, 0, 0.2, 0.7, 0.99, 1]) {
          const spectrum = series(activation, q);
          near(spectrumCovariance(spectrum, c), closedCovariance(activation, q, c)!, tolerance * q);
          const slope = spectrumSlope(spectrum, c) / q;
          // Of the kinked ones the slope's series ends at degree 128 and its tail counts at one degree.
          near(slope, closedDerivativeCovariance(activation, q, c)!, tolerance === 1e-5 ? 1e-2 : 1e-6);
        }
    });

  it('meet the moments of one input at c = 1 and c = 0, with a mean too', () => {
    for (const activation of [{ kind: 'tanh' }, { kind: 'silu' }, hardtanh, { kind: 'hardswish' }] as const)
      for (const [q, mean] of [
        [0.4, 0],
        [2, 0.5],
      ] as const) {
        const one = moments(activation, q, mean);
        near(covariance(activation, q, 1, mean), one.secondMoment, 1e-12);
        near(derivativeCovariance(activation, q, 1, mean), one.derivativeSecondMoment, 1e-9);
        near(covariance(activation, q, (mean * mean) / q, mean), one.mean ** 2, 1e-12);
      }
  });

  it('a mean shifts ReLU as the rectified Gaussian does', () => {
    // E[max(0, 1 + z)] = Φ(1) + n(1)
    near(moments({ kind: 'relu' }, 2, 1).mean, 0.8413447460685429 + 0.24197072451914337, 1e-12);
    near(moments({ kind: 'relu' }, 2, 1).derivativeMean, 0.8413447460685429, 1e-12);
  });
});

describe('SELU (golden 7)', () => {
  it('has mean 0 and variance 1 as its fixed point', () => {
    const e = Math.E;
    const erfcHalf = 0.31731050786291415;
    const erfcTwo = 0.04550026389635842;
    const alpha = -Math.sqrt(2 / Math.PI) / (erfcHalf * Math.sqrt(e) - 1);
    const lambda =
      ((1 - erfcHalf * Math.sqrt(e)) * Math.sqrt(2 * Math.PI)) /
      Math.sqrt(
        2 * erfcTwo * e * e + Math.PI * erfcHalf ** 2 * e - 2 * (2 + Math.PI) * erfcHalf * Math.sqrt(e) + Math.PI + 2,
      );
    near(SELU_ALPHA, alpha, 1e-14);
    near(SELU_LAMBDA, lambda, 1e-14);
    near(moments({ kind: 'selu' }, 1).mean, 0, 1e-14);
    near(moments({ kind: 'selu' }, 1).secondMoment, 1, 1e-14);
  });

  it('attracts: 0.088834755 and 0.782647883', () => {
    const step = 1e-5;
    const mean = (q: number): number => moments({ kind: 'selu' }, q).mean;
    near((mean(1 + step) - mean(1 - step)) / (2 * step), 0.088834755, 1e-8);
    near(secondMomentSlope({ kind: 'selu' }, 1), 0.782647883, 1e-9);
  });
});

describe('sup |φ′| (methods B0.1)', () => {
  for (const [activation, sup] of [
    [{ kind: 'tanh' }, 1],
    [{ kind: 'sigmoid' }, 0.25],
    [{ kind: 'relu' }, 1],
    [gelu, 1.128904],
    [{ kind: 'silu' }, 1.099839],
    [{ kind: 'mish' }, 1.088498],
    [{ kind: 'selu' }, 1.758099],
    [{ kind: 'square' }, Infinity],
  ] as const)
    it(activation.kind, () => {
      const got = derivativeSup(activation);
      assert.ok(got === sup || Math.abs(got - sup) < 1e-6, `${got}`);
    });
});

describe('quadrature', () => {
  it('is exact where Gauss–Hermite fails: on kinks and at large variance', () => {
    near(
      gaussianExpectation((x) => (x > 0.3 ? 1 : 0), 1, 0, [0.3]),
      0.3820885778110474,
      1e-13,
    );
    // D2 of hardtanh and of tanh at q = 100; the latter by the closed form of erf, which has the same shape.
    near(quadratureMoments({ kind: 'erf' }, 1e4).derivativeSecondMoment, 4 / Math.PI / Math.sqrt(40001), 1e-12);
  });

  it('differentiates what it evaluates', () => {
    for (const [name, activation] of table) {
      const { value, derivative, kinks } = pointwise(activation);
      for (const x of [-4.1, -1.3, -0.2, 0.4, 1.7, 5.2]) {
        if (kinks.some((kink) => Math.abs(kink - x) < 1e-3)) continue;
        const numeric = (value(x + 1e-5) - value(x - 1e-5)) / 2e-5;
        assert.ok(Math.abs(numeric - derivative(x)) < 1e-8, `${name} at ${x}: ${numeric} ≠ ${derivative(x)}`);
      }
    }
  });
});
