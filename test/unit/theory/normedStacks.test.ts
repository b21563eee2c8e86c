import type { Activation } from '../../../src/network';
import { batchNormGrowth, layerNormGrowth, linearBatchNormGrowth } from '../../../src/theory';
import { gelu, near } from '../moments/expect';

describe('growth of gradients in normed stacks (methods B0.6, golden 9)', () => {
  /** The last two columns of the table of B0.1: D2/M2 and D2/V. */
  const table: readonly (readonly [Activation, number, number])[] = [
    [{ kind: 'linear' }, 1, 1],
    [{ kind: 'relu' }, 1, 1.466942],
    [{ kind: 'leakyRelu', slope: 0.01 }, 1, 1.453371],
    [{ kind: 'leakyRelu', slope: 0.2 }, 1, 1.2436],
    [{ kind: 'leakyRelu', slope: 0.3 }, 1, 1.166988],
    [{ kind: 'prelu', slope: 0.25 }, 1, 1.20267],
    [gelu, 1.072032, 1.318845],
    [{ kind: 'gelu', approximate: 'tanh' }, 1.072024, 1.318734],
    [{ kind: 'silu' }, 1.066634, 1.212081],
    [{ kind: 'mish' }, 1.059118, 1.214259],
    [{ kind: 'tanh' }, 1.177807, 1.177807],
    [{ kind: 'sigmoid' }, 0.152827, 1.033592],
    [{ kind: 'hardSigmoid', slope: 1 / 5 }, 0.136641, 1.010251],
    [{ kind: 'hardSigmoid', slope: 1 / 6 }, 0.09978, 1.002304],
    [{ kind: 'hardswish' }, 1.081323, 1.179615],
    [{ kind: 'elu', alpha: 1 }, 1.035905, 1.079013],
    [{ kind: 'selu' }, 1.071575, 1.071575],
    [{ kind: 'softplus', beta: 1 }, 0.318459, 1.080528],
    [{ kind: 'erf' }, 1.2257, 1.2257],
    [{ kind: 'softsign' }, 1.24401, 1.24401],
    [{ kind: 'hardtanh', low: -1, high: 1 }, 1.322892, 1.322892],
    [{ kind: 'sin' }, 1.313035, 1.313035],
    [{ kind: 'arctan' }, 1.11185, 1.11185],
  ];
  for (const [activation, layer, batch] of table)
    it(Object.values(activation).join(' '), () => {
      near(layerNormGrowth(activation), layer, 6e-7);
      near(batchNormGrowth(activation), batch, 6e-7);
    });

  it('π/(π − 1) of ReLU, and what it comes to over depth', () => {
    const growth = batchNormGrowth({ kind: 'relu' });
    near(growth, Math.PI / (Math.PI - 1), 1e-12);
    near(growth ** 10, 46.1, 0.06);
    near(growth ** 20, 2129, 0.6);
    near(growth ** 50 / 1e8, 2.1, 0.06);
  });

  it('(B − 2)/(B − 3) of linear layers', () => {
    near(linearBatchNormGrowth(8), 1.2, 1e-12);
    near(linearBatchNormGrowth(32), 1.03448, 6e-6);
    near(linearBatchNormGrowth(64), 1.016, 6e-4);
    near(linearBatchNormGrowth(128), 1.008, 6e-6);
  });
});
