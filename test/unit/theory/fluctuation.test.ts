import type { Activation } from '../../../src/network';
import { propagate } from '../../../src/theory';
import { near } from '../moments/expect';
import { Draft, he, mlp, scaled } from './build';
import { Random } from './random';

const [width, layers, draws] = [32, 7, 300];

/** ln of the squared gradient's gain over a stack at Gaussian weights, drawn anew each time: its mean and deviation. */
function simulated(
  activation: Activation,
  weightVariance: number,
): { readonly mean: number; readonly deviation: number } {
  const random = new Random(3);
  const slope = (z: number): number => (activation.kind === 'relu' ? Number(z > 0) : 1 - Math.tanh(z) ** 2);
  const value = (z: number): number => (activation.kind === 'relu' ? Math.max(0, z) : Math.tanh(z));
  const logs: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    let [x] = random.matrix(1, width) as [Float64Array];
    const weights = Array.from({ length: layers }, () => random.matrix(width, width, weightVariance / width));
    const slopes: Float64Array[] = [];
    for (const weight of weights) {
      const z = Float64Array.from(weight, (row) => row.reduce((sum, w, j) => sum + w * (x[j] ?? 0), 0));
      slopes.push(z.map(slope));
      x = z.map(value);
    }
    let [g] = random.matrix(1, width) as [Float64Array];
    const before = g.reduce((sum, v) => sum + v * v, 0);
    for (let layer = layers - 1; layer > 0; layer -= 1) {
      const next = new Float64Array(width);
      for (const [i, row] of (weights[layer] ?? []).entries())
        for (let j = 0; j < width; j += 1) next[j] = (next[j] ?? 0) + (row[j] ?? 0) * (g[i] ?? 0);
      g = next.map((v, j) => v * (slopes[layer - 1]?.[j] ?? 0));
    }
    logs.push(Math.log(g.reduce((sum, v) => sum + v * v, 0) / before));
  }
  const mean = logs.reduce((sum, log) => sum + log, 0) / draws;
  return { mean, deviation: Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / draws) };
}

describe('what finite width leaves of a prediction (methods B0.2)', () => {
  it('He and ReLU: ln of the squared gain is nearly normal of variance 5·L/n and mean −5·L/(2n)', () => {
    const depth = propagate(mlp(layers, width, { kind: 'relu' }, he, 'none')).depth;
    near(depth?.logGainDeviation, Math.sqrt((5 * (layers - 1)) / width), 1e-9);
    const { mean, deviation } = simulated({ kind: 'relu' }, 2);
    near(deviation / (depth?.logGainDeviation ?? NaN), 1, 0.15);
    near(mean, (depth?.logGain ?? NaN) - (depth?.logGainDeviation ?? NaN) ** 2 / 2, 0.25);
  });

  it('tanh: (3·D4/D2² − 1)/n a layer', () => {
    const depth = propagate(mlp(layers, width, { kind: 'tanh' }, scaled(1.5), 'none')).depth;
    const { deviation } = simulated({ kind: 'tanh' }, 1.5);
    // What the fluctuation of q adds to it by way of φ′ is left out.
    near(deviation / (depth?.logGainDeviation ?? NaN), 1.1, 0.1);
  });

  it('counts L/n of the layers on the way, and only the share that a branch has', () => {
    near(propagate(mlp(21, 100, { kind: 'relu' })).depth?.depthToWidth, 0.2, 1e-12);
    const draft = new Draft();
    let x = draft.linear(draft.input(64), 64, 64, he, 'none');
    for (let block = 0; block < 10; block += 1) {
      const f = draft.linear(draft.act(x, { kind: 'relu' }), 64, 64, scaled(0.02), 'none');
      x = draft.add(x, f);
    }
    const small = propagate(draft.build(draft.linear(x, 64, 10, he, 'none'))).depth;
    near(small?.logGainDeviation, Math.sqrt(2 / 64 + (10 * 5 * 0.01) / 64), 0.02);
  });
});
