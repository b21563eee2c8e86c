import { BATCH, isKnown, type Dim, type Shape } from '../../network';

/**
 * What the symbols of a network's sizes are in one run. They are learned from the tensors that its nodes came to; a size that
 * was computed of others (`16·H·W`, `⌊(T+1)/2⌋`) follows from them.
 */
export class Sizes {
  private readonly known = new Map<string, number>();
  /** Symbols that were seen to be different numbers. */
  private readonly ambiguous = new Set<string>();

  constructor(batch: number) {
    this.known.set(BATCH.symbol, batch);
  }

  /** Learns from a tensor of `actual` sizes whose shape was inferred as `shape`. */
  bind(shape: Shape | undefined, actual: readonly number[]): void {
    if (shape?.length !== actual.length) return;
    for (const [axis, dim] of shape.entries()) {
      if (isKnown(dim) || this.ambiguous.has(dim.symbol)) continue;
      const size = actual[axis] ?? 1;
      const before = this.known.get(dim.symbol);
      if (before === undefined || before === size) this.known.set(dim.symbol, size);
      else if (dim.symbol !== BATCH.symbol) {
        this.known.delete(dim.symbol);
        this.ambiguous.add(dim.symbol);
      }
    }
  }

  /** Undefined where it cannot be told. */
  value(dim: Dim): number | undefined {
    return isKnown(dim) ? dim : this.evaluate(dim.symbol);
  }

  private evaluate(text: string): number | undefined {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    if (/^\d+$/.test(text)) return Number(text);
    const sum = splitOutside(text, '+−');
    if (sum.length > 1) {
      let total = 0;
      for (const { part, sign } of sum) {
        const value = this.evaluate(part);
        if (value === undefined) return undefined;
        total += sign === '−' ? -value : value;
      }
      return total;
    }
    const factors = splitOutside(text, '·');
    if (factors.length > 1) {
      let result = 1;
      for (const { part } of factors) {
        const value = this.evaluate(part);
        if (value === undefined) return undefined;
        result *= value;
      }
      return result;
    }
    const quotient = /^([⌊⌈])(.+)\/(\d+)[⌋⌉]$/u.exec(text);
    if (quotient?.[2] !== undefined) {
      const above = this.evaluate(quotient[2]);
      const rounded = quotient[1] === '⌊' ? Math.floor : Math.ceil;
      return above === undefined ? undefined : rounded(above / Number(quotient[3]));
    }
    return text.startsWith('(') && text.endsWith(')') ? this.evaluate(text.slice(1, -1)) : undefined;
  }
}

/** The parts of a text between signs that stand in no brackets, each with the sign before it. */
function splitOutside(text: string, signs: string): { readonly part: string; readonly sign: string }[] {
  const parts: { part: string; sign: string }[] = [];
  let depth = 0;
  let sign = '';
  let part = '';
  for (const letter of text) {
    if ('([⌊⌈'.includes(letter)) depth++;
    if (')]⌋⌉'.includes(letter)) depth--;
    if (depth === 0 && signs.includes(letter)) {
      parts.push({ part, sign });
      [part, sign] = ['', letter];
    } else part += letter;
  }
  return [...parts, { part, sign }];
}
