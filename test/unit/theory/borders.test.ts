import assert from 'node:assert/strict';
import type { Convolution } from '../../../src/network';
import { propagate } from '../../../src/theory';
import { evenness, gathered, mixedProfile, pairShare, scattered } from '../../../src/theory/borders';
import { SourceSet } from '../../../src/theory/sourceSet';
import { near } from '../moments/expect';
import { Draft, scaled } from './build';

const same: Convolution = {
  inChannels: 1,
  outChannels: 1,
  kernel: [3],
  stride: [1],
  padding: [1],
  dilation: [1],
  groups: 1,
};
const shape = (size: number) => [2, 1, size];

describe('zero padding on small maps', () => {
  it('thins the borders, and the next layer sees them thinned', () => {
    const first = gathered(same, shape(4), shape(4), []);
    near(first.share, 10 / 12, 1e-12);
    const second = gathered(same, shape(4), shape(4), first.profile);
    // Taps of one third: (2 3 3 2)/3, then (5 8 8 5)/9, of mean 26/36.
    near(first.share * second.share, 26 / 36, 1e-12);
    near(second.profile?.[0]?.[0], 5 / 6.5, 1e-12);
  });

  it('grows by the largest eigenvalue of its taps in the end: (1 + 2·cos(π/(H + 1)))/3', () => {
    let over = gathered(same, shape(8), shape(8), []);
    for (let layer = 0; layer < 60; layer += 1) over = gathered(same, shape(8), shape(8), over.profile);
    near(over.share, (1 + 2 * Math.cos(Math.PI / 9)) / 3, 1e-9);
    let back = scattered(same, shape(8), shape(8), []);
    for (let layer = 0; layer < 60; layer += 1) back = scattered(same, shape(8), shape(8), back.profile);
    near(back.share, over.share, 1e-9);
  });

  it('is the adjoint of itself: what a strided layer gathers it scatters', () => {
    const strided: Convolution = { ...same, stride: [2] };
    const forward = gathered(strided, shape(8), shape(4), []);
    const back = scattered(strided, shape(8), shape(4), []);
    // Eleven of twelve taps lie inside, seen from either side.
    near(forward.share, 11 / 12, 1e-12);
    near(back.share, 11 / 12, 1e-12);
    // Each input is looked at by two outputs or by one.
    near(back.profile?.[0]?.[1], (2 * 8) / 11, 1e-12);
    near(back.profile?.[0]?.[2], 8 / 11, 1e-12);
  });

  it('two places share the taps at which both look inside', () => {
    near(pairShare(same, shape(4), shape(4), []), (9 / 16 + 1 + 9 / 16) / 3, 1e-12);
    near(evenness([Float64Array.of(0.5, 1.5)]), ((Math.sqrt(0.5) + Math.sqrt(1.5)) / 2) ** 2, 1e-12);
  });

  it('weighs profiles of a sum by what they are of', () => {
    const mixed = mixedProfile([
      [[Float64Array.of(0.5, 1.5)], 3],
      [undefined, 1],
    ]);
    near(mixed[0]?.[0], (3 * 0.5 + 1) / 4, 1e-12);
  });

  it('does nothing to a kernel of one and to what is circular', () => {
    const draft = new Draft();
    const y = draft.conv(draft.input(8, 6, 6), 8, 8, { kernel: 1, weight: scaled(1) });
    near(propagate(draft.build(y)).signals[y]?.secondMoment, 1, 1e-12);
  });
});

describe('sources of randomness', () => {
  it('overlap where a node, or the same part of one, is in both', () => {
    const [a, b] = [SourceSet.of(1), SourceSet.of(5)];
    const both = SourceSet.union([a, b]);
    assert.ok(both.overlaps(a) && b.overlaps(both) && both.overlaps(SourceSet.union([both, SourceSet.of(9)])));
    assert.ok(!both.overlaps(SourceSet.of(3)) && !SourceSet.none.overlaps(both));
    assert.ok(!SourceSet.of(5, '[0:2]').overlaps(SourceSet.of(5, '[2:4]')));
    assert.ok(SourceSet.union([]).isEmpty && SourceSet.union([a, a]) === a);
  });
});

describe('gradients that positions share', () => {
  it('add up behind an average over them: of values under uniform attention', () => {
    const draft = new Draft();
    const x = draft.input(16, 64);
    const [q, k, v] = [0, 0, 1].map((gain) => draft.linear(x, 64, 64, scaled(gain), 'none')) as [
      number,
      number,
      number,
    ];
    const attended = draft.op({ kind: 'attention', causal: false, dropout: 0, mask: 'none' }, q, k, v);
    const pooled = draft.op({ kind: 'reduce', how: 'mean', axes: [1], keepDims: false }, attended);
    const { signals } = propagate(draft.build(pooled));
    // A mean hands g/16 to each of 16 positions; all of them hand the mean of that to every value.
    near(signals[attended]?.gradient, 1 / 16, 1e-12);
    near(signals[v]?.gradient, 1 / 16, 1e-9);
  });
});
