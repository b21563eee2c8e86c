import { BATCH, dimText, isKnown, sameDim, type Dim, type Shape, type UnknownDim } from './shape';

/** Arithmetic of sizes, known or not. An unknown result is named after its operands, so that equal computations give equal names. */

/** a·b·…, with the known factors first: `16·H·W`. */
export function multiplySizes(dims: readonly Dim[]): Dim {
  const known = dims.filter(isKnown).reduce((result, dim) => result * dim, 1);
  const unknown = dims.filter((dim): dim is UnknownDim => !isKnown(dim));
  const [only] = unknown;
  if (!only || known === 0) return known;
  if (unknown.length === 1 && known === 1) return only;
  const symbol = [...(known === 1 ? [] : [String(known)]), ...unknown.map(dimText).sort()].join('·');
  return withReason(symbol, unknown);
}

export function addSizes(dims: readonly Dim[]): Dim {
  const known = dims.filter(isKnown).reduce((result, dim) => result + dim, 0);
  const unknown = dims.filter((dim): dim is UnknownDim => !isKnown(dim));
  const [only] = unknown;
  if (!only) return known;
  if (unknown.length === 1 && known === 0) return only;
  const sum = unknown.map(dimText).sort().join('+');
  const symbol = known === 0 ? sum : `${sum}${known > 0 ? '+' : '−'}${Math.abs(known)}`;
  return withReason(symbol, unknown);
}

/** What is left of `whole` after dividing by `parts`: undefined where it does not divide, `'unknown'` where it cannot be told. */
export function divideSizes(whole: readonly Dim[], parts: readonly Dim[]): Dim | 'unknown' | undefined {
  const rest = [...whole];
  const left = parts.filter((part) => {
    if (isKnown(part)) return true;
    const same = rest.findIndex((dim) => sameDim(dim, part));
    if (same >= 0) rest.splice(same, 1);
    return same < 0;
  });
  if (left.some((part) => !isKnown(part))) return 'unknown';
  const divisor = left.filter(isKnown).reduce((result, dim) => result * dim, 1);
  const known = rest.filter(isKnown).reduce((result, dim) => result * dim, 1);
  const unknown = rest.filter((dim): dim is UnknownDim => !isKnown(dim));
  if (divisor === 0) return 'unknown';
  if (known % divisor === 0) return multiplySizes([known / divisor, ...unknown]);
  // The batch may not be asked to make up for a sample that does not divide; any other unknown size may.
  return unknown.every((dim) => dim.symbol === BATCH.symbol) ? undefined : 'unknown';
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
  return { ...size, symbol: slideSymbol(size.symbol, shift + (ceil ? stride - 1 : 0), stride) };
}

function slideSymbol(symbol: string, shift: number, stride: number): string {
  const signed = shift === 0 ? symbol : `${symbol}${shift > 0 ? '+' : '−'}${Math.abs(shift)}`;
  if (stride === 1) return signed;
  if (shift === stride - 1) return `⌈${symbol}/${stride}⌉`;
  return `⌊${shift === 0 ? symbol : `(${signed})`}/${stride}⌋`;
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
  return withReason(`max(${[a.symbol, b.symbol].sort().join(', ')})`, [a, b]);
}

function withReason(symbol: string, from: readonly Dim[]): UnknownDim {
  const reason = from.find((dim) => !isKnown(dim) && dim.reason !== undefined);
  return reason && !isKnown(reason) && reason.reason !== undefined ? { symbol, reason: reason.reason } : { symbol };
}
