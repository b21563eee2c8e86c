import { BATCH, dimText, isKnown, sameDim, type Dim, type Shape } from './shape';
import { dividedParts, expressionOf, product, quotient, sizeOf, sum, withReason } from './sizeExpression';

/** Arithmetic of sizes, known or not. An unknown result is named after its operands, so that equal computations give equal names. */

/** a·b·…, with the known factors first: `16·H·W`. */
export function multiplySizes(dims: readonly Dim[]): Dim {
  let result = expressionOf(1);
  for (const dim of dims) {
    const next = product(result, expressionOf(dim));
    if (!next) return multiplyAsAtoms(dims);
    result = next;
  }
  return sizeOf(result, dims);
}

/** Sums of many terms are not multiplied out: `(H+W)·(D+E)`. */
function multiplyAsAtoms(dims: readonly Dim[]): Dim {
  const symbols = dims.map((dim) => {
    const text = dimText(dim);
    return expressionOf(dim).size > 1 ? `(${text})` : text;
  });
  return withReason(symbols.sort().join('·'), dims);
}

export function addSizes(dims: readonly Dim[]): Dim {
  return sizeOf(
    dims.reduce((total, dim) => sum(total, expressionOf(dim)), expressionOf(0)),
    dims,
  );
}

/** ⌊a/b⌋ */
export function floorDivideSize(a: Dim, b: Dim): Dim {
  return divideRounded(a, b, '⌊', '⌋');
}

/** ⌈a/b⌉ */
export function ceilDivideSize(a: Dim, b: Dim): Dim {
  return divideRounded(a, b, '⌈', '⌉');
}

function divideRounded(a: Dim, b: Dim, open: '⌊' | '⌈', close: '⌋' | '⌉'): Dim {
  if (b === 1) return a;
  const exact = quotient(expressionOf(a), expressionOf(b));
  if (exact) return sizeOf(exact, [a, b]);
  if (!isKnown(b) || b < 1) return withReason(`${open}${dimText(a)}/${dimText(b)}${close}`, [a, b]);
  // ⌊(k·q + r)/k⌋ = q + ⌊r/k⌋; a known rest is smaller than k.
  const { even, rest } = dividedParts(expressionOf(a), b);
  const left = sizeOf(rest, [a]);
  if (isKnown(left)) return sizeOf(sum(even, expressionOf(open === '⌈' && left > 0 ? 1 : 0)), [a]);
  const symbol = left.symbol;
  // ⌊⌊n/a⌋/b⌋ = ⌊n/(a·b)⌋
  const inner = symbol.startsWith(open) && /^[^⌊⌋⌈⌉]+\/(\d+)$/.exec(symbol.slice(1, -1));
  const below = inner ? Number(inner[1]) * b : b;
  const above = inner
    ? inner[0].slice(0, inner[0].lastIndexOf('/'))
    : expressionOf(left).size > 1
      ? `(${symbol})`
      : symbol;
  return sizeOf(sum(even, new Map([[`${open}${above}/${below}${close}`, 1]])), [a]);
}

/** What is left of `a` after taking `b` away as often as it goes. */
export function moduloSize(a: Dim, b: Dim): Dim {
  if (isKnown(b) && b > 0) {
    const left = sizeOf(dividedParts(expressionOf(a), b).rest, [a]);
    if (isKnown(left)) return left;
  }
  return quotient(expressionOf(a), expressionOf(b)) ? 0 : withReason(`(${dimText(a)} mod ${dimText(b)})`, [a, b]);
}

/** What is left of `whole` after dividing by `parts`: undefined where it does not divide, `'unknown'` where it cannot be told. */
export function divideSizes(whole: readonly Dim[], parts: readonly Dim[]): Dim | 'unknown' | undefined {
  const [all, part] = [multiplySizes(whole), multiplySizes(parts)];
  if (part === 0) return 'unknown';
  const exact = quotient(expressionOf(all), expressionOf(part));
  if (exact) return sizeOf(exact, [all]);
  const [[atoms, factor] = ['', 0], ...more] = [...expressionOf(all)];
  // The batch may not be asked to make up for a sample that does not divide; any other unknown size may.
  const plain = more.length === 0 && (atoms === '' || atoms === BATCH.symbol);
  const left = quotient(expressionOf(part), new Map([[atoms, 1]]));
  const divisor = isKnown(part) ? part : left && sizeOf(left, []);
  return plain && divisor !== undefined && isKnown(divisor) && factor % divisor !== 0 ? undefined : 'unknown';
}

/**
 * Places of a window that slides over `size`, `padding` counted on both sides together.
 * Undefined where it leaves nothing. ⌊(n + t)/s⌋ with t = padding − dilation·(kernel − 1) − 1 + stride.
 */
export function slide(
  size: Dim,
  window: { kernel: Dim; stride: Dim; padding: Dim; dilation: Dim },
  ceil = false,
): Dim | undefined {
  const { kernel, stride, padding, dilation } = window;
  if (!isKnown(kernel) || !isKnown(stride) || !isKnown(padding) || !isKnown(dilation)) {
    const text = [size, kernel, stride, padding, dilation].map(dimText).join(', ');
    return withReason(
      `window(${text})`,
      [size, kernel, stride].filter((dim) => !isKnown(dim)),
    );
  }
  if (stride < 1) return undefined;
  const shift = padding - dilation * (kernel - 1) - 1 + stride;
  if (isKnown(size)) {
    if (size + shift < stride) return undefined;
    if (!ceil) return Math.floor((size + shift) / stride);
    const places = Math.ceil((size + shift) / stride);
    // PyTorch drops a last window that would begin in the padding behind.
    return (places - 1) * stride >= size + padding / 2 ? places - 1 : places;
  }
  const places = shift + (ceil ? stride - 1 : 0);
  if (places === stride - 1) return ceilDivideSize(size, stride);
  return floorDivideSize(addSizes([size, places]), stride);
}

/** The shape of two tensors joined element by element; undefined where they do not fit. */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const lead = long.length - short.length;
  const result: Dim[] = [];
  for (const [axis, one] of long.entries()) {
    const joined = axis < lead ? one : broadcastSize(one, short[axis - lead] ?? 1);
    if (joined === undefined) return undefined;
    result.push(joined);
  }
  return result;
}

function broadcastSize(a: Dim, b: Dim): Dim | undefined {
  if (sameDim(a, b) || b === 1) return a;
  if (a === 1) return b;
  if (isKnown(a) && isKnown(b)) return undefined;
  // An unknown size fits a known one only by being equal to it, or 1.
  if (isKnown(a)) return a;
  if (isKnown(b)) return b;
  const sizes = [...new Set([...alternatives(a.symbol), ...alternatives(b.symbol)])].sort();
  return withReason(`max(${sizes.join(', ')})`, [a, b]);
}

/** What a size may be that is one of several: `max(T, 2·S)`. */
function alternatives(symbol: string): readonly string[] {
  return /^max\([^()]+\)$/.test(symbol) ? symbol.slice(4, -1).split(', ') : [symbol];
}
