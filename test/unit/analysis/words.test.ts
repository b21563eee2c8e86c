import assert from 'node:assert/strict';
import { applyEdits, formatCount, formatNumber } from '../../../src/analysis';

describe('numbers for people', () => {
  it('two digits, counts whole', () => {
    for (const [value, text] of [
      [0.5812, '0.58'],
      [6.14e-8, '6.1e-8'],
      [12, '12'],
      [15234.5, '1.5e+4'],
      [Infinity, '∞'],
      [NaN, 'NaN'],
    ] as const)
      assert.equal(formatNumber(value), text);
    assert.equal(formatCount(1_973_790), '1.97 M');
    assert.equal(formatCount(512), '512');
  });
});

describe('edits', () => {
  const at = (offset: number) => ({ line: 0, column: offset, offset });
  const edit = (start: number, end: number, newText: string) => ({
    span: { file: 'm.py', start: at(start), end: at(end) },
    newText,
  });

  it('are told in offsets of the text before, in any order', () => {
    assert.equal(applyEdits('one two three', [edit(8, 13, '3'), edit(0, 3, '1'), edit(3, 3, '!')]), '1! two 3');
  });

  it('that overlap are refused', () => {
    assert.throws(() => applyEdits('one two', [edit(0, 4, ''), edit(2, 5, '')]), RangeError);
  });
});
