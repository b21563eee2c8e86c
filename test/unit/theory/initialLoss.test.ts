import assert from 'node:assert/strict';
import type { LossKind, Network } from '../../../src/network';
import { expectedLogSumExp, propagate } from '../../../src/theory';
import { near } from '../moments/expect';
import { Draft, scaled } from './build';
import { Random } from './random';

/** One layer to `outputs` logits of second moment `variance`, under a loss. */
function headed(kind: LossKind, outputs: number, variance: number, softmax = false): Network {
  const draft = new Draft();
  const logits = draft.linear(draft.input(64), 64, outputs, scaled(variance), 'none');
  const network = draft.build(softmax ? draft.op({ kind: 'softmax', axis: -1, log: true }, logits) : logits);
  return { ...network, losses: [{ kind, span: network.span }] };
}
const expected = (network: Network): number => propagate(network).loss?.expected ?? NaN;

describe('the loss before the first step (methods B0.10, golden 18)', () => {
  it('is ln K of logits near zero', () => {
    for (const [classes, chance] of [
      [10, 2.302585],
      [100, 4.60517],
      [1000, 6.907755],
      [32000, 10.373491],
      [50257, 10.824905],
    ] as const) {
      near(expectedLogSumExp(classes, 0), chance, 6e-7);
      near(propagate(headed('crossEntropy', classes, 1e-8)).loss?.expected, chance, 1e-6);
      near(propagate(headed('crossEntropy', classes, 1)).loss?.chance, chance, 6e-7);
    }
  });

  it('grows with the deviation of logits as the Monte Carlo of methods.md does', () => {
    for (const [classes, deviation, loss] of [
      [50257, 1, 11.323],
      [50257, 2, 12.82],
      [50257, 5, 22.3],
      [50257, 10, 42.7],
      [50257, 27.7, 117.2],
      [10, 1, 2.736],
      [10, 5, 8.01],
    ] as const)
      near(expectedLogSumExp(classes, deviation ** 2) / loss, 1, 1e-2);
    // A tied head with an embedding of N(0, 1) behind a layer norm: √768.
    near(expectedLogSumExp(50257, 768), 117, 0.5);
  });

  it('is exact: 0 of one logit, and a softplus of the difference of two', () => {
    for (const variance of [0.04, 1, 9]) near(expectedLogSumExp(1, variance), 0, 1e-9);
    const random = new Random(11);
    for (const [classes, deviation] of [
      [2, 0.7],
      [7, 1.5],
      [30, 4],
    ] as const) {
      let sum = 0;
      for (let draw = 0; draw < 20_000; draw += 1) {
        let total = 0;
        for (let k = 0; k < classes; k += 1) total += Math.exp(deviation * random.normal());
        sum += Math.log(total) / 20_000;
      }
      near(expectedLogSumExp(classes, deviation ** 2) / sum, 1, 0.01);
    }
  });

  it('of probabilities is that of the logits before, of one bit ln 2, of numbers 1 and what the output adds', () => {
    near(expected(headed('negativeLogLikelihood', 10, 1, true)), expected(headed('crossEntropy', 10, 1)), 1e-12);
    near(expected(headed('binaryCrossEntropyWithLogits', 1, 1e-9)), 0.693147, 1e-6);
    near(expected(headed('meanSquaredError', 1, 0.25)), 1.25, 1e-12);
  });

  it('is not told without a loss', () => {
    const network = { ...headed('crossEntropy', 10, 1), losses: [] };
    assert.equal(propagate(network).loss, undefined);
  });
});
