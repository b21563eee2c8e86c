import assert from 'node:assert/strict';
import { propagate } from '../../../src/theory';
import { causalParticipation, participation } from '../../../src/theory/participation';
import { near } from '../moments/expect';
import { Draft, scaled } from './build';
import { meanSquare, Random, timesTransposed, transposed, type Matrix } from './random';

describe('participation: how many keys a softmax attends to', () => {
  it('is 1/n of equal scores, e^v/n of many, and E[Σ softmax²] of simulated ones', () => {
    near(participation(64, 0).own, 1 / 64, 1e-12);
    near((participation(1_000_000, 1).own * 1_000_000) / Math.E, 1, 0.01);
    const random = new Random(1);
    for (const [keys, variance] of [
      [2, 1],
      [8, 0.25],
      [32, 4],
    ] as const) {
      let sum = 0;
      for (let draw = 0; draw < 8000; draw += 1) {
        let [total, squares] = [0, 0];
        for (let key = 0; key < keys; key += 1) {
          const e = Math.exp(Math.sqrt(variance) * random.normal());
          [total, squares] = [total + e, squares + e * e];
        }
        sum += squares / total ** 2;
      }
      near(participation(keys, variance).own, sum / 8000, 0.015 * (sum / 8000));
    }
  });

  it('is the mean of 1/t under a causal mask', () => {
    const harmonic = Array.from({ length: 1024 }, (_, t) => 1 / (t + 1)).reduce((a, b) => a + b) / 1024;
    near(causalParticipation(1024, 0).own, harmonic, 1e-3 * harmonic);
    const exact = Array.from({ length: 100 }, (_, t) => participation(t + 1, 1).own).reduce((a, b) => a + b) / 100;
    near(causalParticipation(100, 1).own, exact, 2e-3 * exact);
  });
});

/** What is left of finite width is of the order of tokens/width. */
const [tokens, width] = [8, 160];
const [queryGain, valueGain] = [1, 0.8];

/** One head over tokens of correlation c, run forward and back by hand: mean squares of the output, and of the gradients by input. */
function simulated(correlation: number, draws: number): readonly [number, number, number, number] {
  const random = new Random(7);
  const sums = [0, 0, 0, 0];
  for (let draw = 0; draw < draws; draw += 1) {
    const [common] = random.matrix(1, width, correlation);
    const x = random
      .matrix(tokens, width, 1 - correlation)
      .map((row) => row.map((value, k) => value + (common?.[k] ?? 0)));
    const [q, k, v] = [queryGain, queryGain, valueGain].map((gain) =>
      timesTransposed(x, random.matrix(width, width, gain / width)),
    ) as [Matrix, Matrix, Matrix];
    const scale = 1 / Math.sqrt(width);
    const a = timesTransposed(q, k).map((row) => {
      const e = row.map((score) => Math.exp(scale * score));
      const total = e.reduce((sum, value) => sum + value, 0);
      return e.map((value) => value / total);
    });
    const output = timesTransposed(a, transposed(v));
    const g = random.matrix(tokens, width);
    const atValues = timesTransposed(transposed(a), transposed(g));
    const atWeights = timesTransposed(g, v);
    const atScores = a.map((row, i) => {
      const mean = row.reduce((sum, weight, j) => sum + weight * (atWeights[i]?.[j] ?? 0), 0);
      return row.map((weight, j) => scale * weight * ((atWeights[i]?.[j] ?? 0) - mean));
    });
    const atQueries = timesTransposed(atScores, transposed(k));
    const atKeys = timesTransposed(transposed(atScores), transposed(q));
    for (const [index, result] of [output, atQueries, atKeys, atValues].entries())
      sums[index] = (sums[index] ?? 0) + meanSquare(result) / draws;
  }
  return sums as [number, number, number, number];
}

/** The same as a graph: fused, or written out with matmul and softmax. */
function predicted(correlation: number, fused: boolean): readonly [number, number, number, number] {
  const draft = new Draft();
  const x = draft.input(tokens, width);
  const [q = 0, k = 0, v = 0] = [queryGain, queryGain, valueGain].map((gain) =>
    draft.linear(x, width, width, scaled(gain), 'none'),
  );
  let output: number;
  if (fused) output = draft.op({ kind: 'attention', causal: false, dropout: 0, mask: 'none' }, q, k, v);
  else {
    const keys = draft.op({ kind: 'permute', axes: [0, 2, 1] }, k);
    const scores = draft.op(
      { kind: 'affine', factor: 1 / Math.sqrt(width), offset: 0 },
      draft.op({ kind: 'matmul' }, q, keys),
    );
    output = draft.op({ kind: 'matmul' }, draft.op({ kind: 'softmax', axis: -1, log: false }, scores), v);
  }
  const { signals } = propagate(draft.build(output), { correlation });
  const gradient = (id: number): number => signals[id]?.gradient ?? NaN;
  return [signals[output]?.secondMoment ?? NaN, gradient(q), gradient(k), gradient(v)];
}

describe('attention against a simulation of one head (B0.9)', () => {
  for (const correlation of [0, 0.6])
    it(`of tokens that correlate by ${correlation}`, () => {
      const measured = simulated(correlation, 16);
      for (const fused of [true, false])
        for (const [index, value] of predicted(correlation, fused).entries())
          near(value / (measured[index] ?? NaN), 1, 0.12);
    });

  it('has the same moments fused and written out', () => {
    for (const [index, value] of predicted(0.3, true).entries()) near(value, predicted(0.3, false)[index] ?? NaN, 1e-9);
  });

  it('is not guessed where queries and keys are one tensor', () => {
    const draft = new Draft();
    const x = draft.linear(draft.input(tokens, width), width, width);
    const y = draft.op({ kind: 'attention', causal: false, dropout: 0, mask: 'none' }, x, x, x);
    assert.equal(propagate(draft.build(y)).signals[y], undefined);
  });
});

describe('queries, keys and values of one layer', () => {
  it('are independent parts of its units', () => {
    const draft = new Draft();
    const packed = draft.linear(draft.input(tokens, width), width, 3 * width, scaled(1), 'none');
    const part = (start: number): number =>
      draft.op({ kind: 'slice', axis: 2, start, end: start + width, step: 1 }, packed);
    const y = draft.op(
      { kind: 'attention', causal: true, dropout: 0, mask: 'none' },
      part(0),
      part(width),
      part(2 * width),
    );
    // At scores of variance 1, q = E[Σ a²] of values of second moment 1.
    near(propagate(draft.build(y)).signals[y]?.secondMoment, causalParticipation(tokens, 1).own, 1e-9);
  });
});
