import assert from 'node:assert/strict';
import {
  addSizes,
  dimText,
  divideSizes,
  evaluateSize,
  floorDivideSize,
  moduloSize,
  multiplySizes,
  type Dim,
} from '../../../src/network';

const [B, T, H, W] = ['B', 'T', 'H', 'W'].map((symbol): Dim => ({ symbol })) as [Dim, Dim, Dim, Dim];
const text = (dim: Dim | 'unknown' | undefined): string =>
  typeof dim === 'object' || typeof dim === 'number' ? dimText(dim) : String(dim);

describe('arithmetic of unknown sizes', () => {
  it('gives one name to what is equal', () => {
    assert.equal(text(multiplySizes([multiplySizes([B, W]), H])), 'B·H·W');
    assert.equal(text(multiplySizes([W, multiplySizes([H, B])])), 'B·H·W');
    assert.equal(text(addSizes([H, 1, H])), '2·H+1');
    assert.equal(text(multiplySizes([addSizes([T, -1]), 2])), '2·T−2');
    assert.equal(text(addSizes([T, multiplySizes([-1, T])])), '0');
  });

  it('divides what comes out even, and names what does not', () => {
    assert.equal(text(divideSizes([B, T, 64], [multiplySizes([B, T]), 8])), '8');
    assert.equal(text(divideSizes([addSizes([multiplySizes([H, T]), T])], [T])), 'H+1');
    assert.equal(text(divideSizes([B, 30], [8])), 'undefined');
    assert.equal(text(divideSizes([T, 30], [8])), 'unknown');
    assert.equal(text(floorDivideSize(addSizes([multiplySizes([4, H]), 5]), 2)), '2·H+2');
    assert.equal(text(floorDivideSize(floorDivideSize(H, 2), 2)), '⌊H/4⌋');
    assert.equal(text(moduloSize(addSizes([multiplySizes([8, H]), 3]), 4)), '3');
    assert.equal(text(moduloSize(H, 7)), '(H mod 7)');
  });

  it('computes sizes once the names stand for numbers', () => {
    const bindings = new Map([
      ['B', 2],
      ['H', 15],
    ]);
    const half = floorDivideSize(addSizes([H, 1]), 2);
    assert.equal(text(half), '⌊(H+1)/2⌋');
    assert.equal(evaluateSize(multiplySizes([B, half, 3]), bindings), 48);
    assert.equal(evaluateSize(moduloSize(H, 7), bindings), 1);
    assert.equal(evaluateSize(multiplySizes([B, T]), bindings), undefined);
  });
});
