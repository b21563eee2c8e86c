import assert from 'node:assert/strict';
import { jacobianSpectrum, largestSquare, type DenseStack } from '../../../src/theory';
import { near } from '../moments/expect';

const linear: DenseStack = { activation: { kind: 'linear' }, weightVariance: 1, biasVariance: 0 };
const he: DenseStack = { activation: { kind: 'relu' }, weightVariance: 2, biasVariance: 0 };
const tanh: DenseStack = { activation: { kind: 'tanh' }, weightVariance: 1.05 ** 2, biasVariance: 2.01e-5 };

describe('the spectrum of the Jacobian (methods B0.7, golden 12)', () => {
  it('of linear Gaussian layers: variance L, and an end at (L + 1)^(L + 1)/L^L', () => {
    for (const [depth, largest] of [
      [8, 23.09],
      [32, 88.34],
      [64, 175.33],
    ] as const) {
      near(jacobianSpectrum(linear, depth, 'gaussian', 1).relativeVariance, depth, 1e-12);
      near(largestSquare(linear, depth, 'gaussian', 1), largest, 6e-3);
      near(largestSquare(linear, depth, 'gaussian', 1), (depth + 1) ** (depth + 1) / depth ** depth, 1e-6 * largest);
    }
  });

  it('of linear orthogonal layers: exactly 1', () => {
    near(jacobianSpectrum(linear, 64, 'orthogonal', 1).relativeVariance, 0, 1e-12);
    near(largestSquare(linear, 64, 'orthogonal', 1), 1, 1e-4);
  });

  it('of ReLU layers: 2L and L, so that they are never isometric', () => {
    for (const depth of [2, 8, 16]) {
      near(jacobianSpectrum(he, depth, 'gaussian').mean, 1, 1e-12);
      near(jacobianSpectrum(he, depth, 'gaussian').relativeVariance, 2 * depth, 1e-9);
      near(jacobianSpectrum(he, depth, 'orthogonal').relativeVariance, depth, 1e-9);
    }
  });

  it('of tanh layers: as simulated at 128 units, from inputs of second moment 1 on', () => {
    for (const [depth, gaussian, orthogonal] of [
      [32, 38.9, 2.1],
      [64, 81.7, 2.6],
    ] as const) {
      const from = tanh.weightVariance;
      // Few units and one draw; of orthogonal weights the simulation is much closer.
      near(jacobianSpectrum(tanh, depth, 'gaussian', from).relativeVariance / gaussian, 1, 0.2);
      near(jacobianSpectrum(tanh, depth, 'orthogonal', from).relativeVariance, orthogonal, 0.15);
    }
    // At its fixed point (0.0535, not the 1/64 of methods.md) such a stack would be isometric to depth 64.
    near(jacobianSpectrum(tanh, 64, 'orthogonal').relativeVariance, 0.953, 1e-3);
  });

  it('ends where φ′ does', () => {
    assert.equal(largestSquare({ ...he, activation: { kind: 'exp' } }, 2, 'gaussian', 1), Infinity);
    // One layer of tanh stretches by less than σ_w² times the end of Marchenko and Pastur's law.
    const one = largestSquare(tanh, 1, 'gaussian');
    near(one / (4 * tanh.weightVariance), 0.95, 0.05);
  });
});
