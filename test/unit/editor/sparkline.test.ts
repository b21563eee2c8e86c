import assert from 'node:assert/strict';
import { sparkline } from '../../../src/editor/sparkline';

describe('sparkline', () => {
  it('is logarithmic, from the smallest to the largest', () => {
    assert.equal(sparkline([1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]), '▁▂▃▄▅▆▇█');
  });

  it('draws a healthy profile flat', () => {
    assert.equal(sparkline([1, 1.2, 0.9, 1.1]), '▅▅▅▅');
  });

  it('shows zero, overflow and the unknown as events', () => {
    assert.equal(sparkline([0, 1, Infinity, undefined, NaN, 1000]), '_▁!··█');
  });

  it('keeps a spike among very many values', () => {
    const values = Array.from({ length: 1000 }, () => 1);
    values[517] = 1e6;
    const line = sparkline(values);
    assert.equal(line.length, 32);
    assert.equal(line.indexOf('█'), Math.floor((517 / 1000) * 32));
    assert.equal(line.replaceAll('▁', ''), '█');
  });

  it('takes no values at all', () => {
    assert.equal(sparkline([]), '');
    assert.equal(sparkline([undefined]), '·');
  });
});
