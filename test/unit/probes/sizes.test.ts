import assert from 'node:assert/strict';
import { addSizes, BATCH, multiplySizes } from '../../../src/network';
import { Sizes } from '../../../src/probes/child/sizes';

describe('sizes of a run', () => {
  const time = { symbol: 'T' };
  const width = { symbol: 'args.width' };

  it('are learned from tensors, and those computed of them follow', () => {
    const sizes = new Sizes(4);
    sizes.bind([BATCH, time, width], [4, 7, 6]);
    assert.equal(sizes.value(BATCH), 4);
    assert.equal(sizes.value(12), 12);
    for (const [dim, expected] of [
      [multiplySizes([16, time, width]), 16 * 42],
      [addSizes([multiplySizes([2, time]), width, -3]), 17],
      [{ symbol: '⌊(T+1)/2⌋' }, 4],
      [{ symbol: '⌈args.width/4⌉' }, 2],
      [multiplySizes([{ symbol: '⌊T/2⌋' }, { symbol: '⌊T/3⌋' }]), 6],
    ] as const)
      assert.equal(sizes.value(dim), expected, JSON.stringify(dim));
  });

  it('are not guessed', () => {
    const sizes = new Sizes(1);
    assert.equal(sizes.value(time), undefined);
    assert.equal(sizes.value({ symbol: '2·T' }), undefined);
    sizes.bind([{ symbol: '?' }, { symbol: '?' }], [3, 5]);
    assert.equal(sizes.value({ symbol: '?' }), undefined);
    sizes.bind([{ symbol: '?' }], [3]);
    assert.equal(sizes.value({ symbol: '?' }), undefined);
    sizes.bind([time], [3, 4]);
    assert.equal(sizes.value(time), undefined);
  });
});
