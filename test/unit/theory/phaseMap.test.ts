import assert from 'node:assert/strict';
import { edgeOfChaos, phaseMap } from '../../../src/theory';

const size = { weight: 3, bias: 1.5 };

describe('the order-to-chaos map', () => {
  it('has the edge of chaos where bisection finds it', () => {
    for (const kind of ['tanh', 'erf', 'softsign'] as const) {
      const { edge } = phaseMap({ kind }, size);
      for (const bias of [0.05, 0.2, 0.5]) {
        const after = edge.findIndex(({ biasDeviation }) => biasDeviation >= bias);
        const [low, high] = [edge[after - 1], edge[after]];
        assert.ok(low && high, `${kind} ${bias}`);
        const share = (bias - low.biasDeviation) / (high.biasDeviation - low.biasDeviation);
        const weight = low.weightDeviation + share * (high.weightDeviation - low.weightDeviation);
        const exact = Math.sqrt(edgeOfChaos({ kind }, bias)?.weightVariance ?? NaN);
        assert.ok(Math.abs(weight - exact) < 2e-3, `${kind} σ_b=${bias}: ${weight} for ${exact}`);
      }
    }
  });

  it('is ordered on one side of it and chaotic on the other', () => {
    const { weightDeviations, biasDeviations, logChi, edge } = phaseMap({ kind: 'tanh' }, size);
    for (const [row, bias] of biasDeviations.entries())
      for (const [column, weight] of weightDeviations.entries()) {
        const nearest = edge.find(({ biasDeviation }) => biasDeviation >= bias);
        if (!nearest || Math.abs(weight - nearest.weightDeviation) < 0.1) continue;
        assert.equal((logChi[row]?.[column] ?? NaN) > 0, weight > nearest.weightDeviation, `${weight}, ${bias}`);
      }
  });

  it('of ReLU is critical at σ_w = √2 for whatever bias, and its edge is a point', () => {
    const { weightDeviations, logChi, edge } = phaseMap({ kind: 'relu' }, size);
    for (const row of logChi)
      for (const [column, weight] of weightDeviations.entries())
        assert.ok(Math.abs((row[column] ?? NaN) - Math.log(weight ** 2 / 2)) < 1e-6);
    for (const { weightDeviation, biasDeviation } of edge) {
      assert.ok(Math.abs(weightDeviation - Math.SQRT2) < 1e-9);
      assert.ok(biasDeviation < 1e-3);
    }
  });

  it('of sigmoid has no edge within reach', () => {
    const { logChi } = phaseMap({ kind: 'sigmoid' }, size);
    assert.ok(logChi.every((row) => row.every((value) => value < 0)));
  });
});
