import assert from 'node:assert/strict';
import type { Activation } from '../../../src/network';
import { depthScales, graphScales } from '../../../src/theory';
import { near } from '../moments/expect';
import { Draft, he, mlp, scaled, zero } from './build';

const tanh: Activation = { kind: 'tanh' };

describe('depth scales of a graph', () => {
  it('are those of a stack, where it is one and at its fixed point', () => {
    for (const weightVariance of [0.5, 2, 4]) {
      const stack = { activation: tanh, weightVariance, biasVariance: 0.0025 };
      const bias = { kind: 'normal', mean: 0, std: 0.05 } as const;
      const scales = depthScales(stack);
      assert.ok(scales);
      // An input that leaves the first layer at the fixed point.
      const secondMoment = (scales.q - 0.0025) / weightVariance;
      const cross = (scales.correlation * scales.q - 0.0025) / weightVariance;
      const found = graphScales(mlp(11, 128, tanh, scaled(weightVariance), bias), {
        secondMoment,
        correlation: Math.min(1, cross / secondMoment),
      });
      near((found?.correlationDepth ?? NaN) / scales.correlationDepth, 1, 1e-3);
      near((found?.lengthDepth ?? NaN) / scales.length, 1, 1e-3);
      near(found?.trainable, 6 * (found?.correlationDepth ?? NaN), 1e-9);
    }
  });

  it('multiply the slopes of the arc-cosine map on the way', () => {
    const found = graphScales(mlp(3, 128, { kind: 'relu' }, he, zero), { correlation: 0 });
    // f′(0) = 1/2 and f′(0.31831) = (π − acos 0.31831)/π.
    near(found?.correlationGain, 0.5 * (1 - Math.acos(1 / Math.PI) / Math.PI), 1e-6);
    near(found?.lengthGain, 1, 1e-9);
  });

  it('reach farther with a skip around each branch', () => {
    const draft = new Draft();
    let x = draft.linear(draft.input(64), 64, 64, scaled(1), 'none');
    for (let block = 0; block < 10; block += 1)
      x = draft.add(x, draft.linear(draft.act(x, tanh), 64, 64, scaled(0.1), 'none'));
    const residual = graphScales(draft.build(draft.linear(x, 64, 64, scaled(1), 'none')));
    const plain = graphScales(mlp(12, 64, tanh, scaled(0.9), zero));
    assert.ok((residual?.lengthDepth ?? 0) > 3 * (plain?.lengthDepth ?? Infinity));
  });

  it('are not told of a network that cannot be followed', () => {
    const draft = new Draft();
    const dark = draft.op({ kind: 'opaque', reason: 'a kernel' }, draft.linear(draft.input(8), 8, 8));
    assert.equal(graphScales(draft.build(draft.linear(dark, 8, 8))), undefined);
  });
});
