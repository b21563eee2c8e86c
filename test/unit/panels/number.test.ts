import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numberText, plainNumber } from '../../../src/panels/number';

describe('numbers of the panel', () => {
  it('survive JSON, whatever they are', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const back = Number(JSON.parse(JSON.stringify(plainNumber(value))));
        assert.ok(Object.is(back, value) || (value === 0 && back === 0));
      }),
    );
  });

  it('are written with three digits', () => {
    const cases = [
      [0.5711, '0.571'],
      [0.5, '0.500'],
      [-12.345, '−12.3'],
      [4.92e-8, '4.92e−8'],
      [0, '0'],
      [12799.6, '12,800'],
      [2.5e7, '2.50e7'],
      ['NaN', 'NaN'],
      ['-Infinity', '−∞'],
      [undefined, '–'],
    ] as const;
    for (const [value, text] of cases) assert.equal(numberText(value), text);
  });
});
