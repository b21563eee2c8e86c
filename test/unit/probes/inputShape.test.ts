import assert from 'node:assert/strict';
import { parseInputShape } from '../../../src/probes/inputShape';
import { BATCH } from '../../../src/network';

describe('parseInputShape', () => {
  it('takes the ways in which people write shapes', () => {
    for (const text of ['3, 32, 32', '3 32 32', '3×32×32', '3x32x32', ' (3, 32, 32) ', '[3,32,32]'])
      assert.deepEqual(parseInputShape(text, undefined), { shape: [3, 32, 32] }, text);
    assert.deepEqual(parseInputShape('784', undefined), { shape: [784] });
    assert.deepEqual(parseInputShape('(784,)', undefined), { shape: [784] });
  });

  it('says what is wrong', () => {
    for (const text of ['', '()', '3, 32.5', '0', '-1, 3', 'cat', '1e9e'])
      assert.ok('problem' in parseInputShape(text, undefined), text);
  });

  it('holds against what the source tells', () => {
    const declared = [BATCH, 3, { symbol: 'H' }, { symbol: 'W' }];
    assert.deepEqual(parseInputShape('3, 8, 8', declared), { shape: [3, 8, 8] });
    assert.deepEqual(parseInputShape('1, 8, 8', declared), { problem: 'The model takes B×3×H×W, the batch B first.' });
    assert.ok('problem' in parseInputShape('3, 8', declared));
  });
});
