/** A size that the source does not tell. Two unknown sizes are equal only if their symbols are. `reason` is for people. */
export interface UnknownDim {
  readonly symbol: string;
  readonly reason?: string;
}

export type Dim = number | UnknownDim;

/** Sizes in the framework's own order; the first axis of an activation is the batch, the symbol {@link BATCH}. */
export type Shape = readonly Dim[];

export const BATCH: UnknownDim = { symbol: 'B' };

export function isKnown(dim: Dim | undefined): dim is number {
  return typeof dim === 'number';
}

export function sameDim(a: Dim, b: Dim): boolean {
  return isKnown(a) || isKnown(b) ? a === b : a.symbol === b.symbol;
}

/** `128`, or the symbol of an unknown size. */
export function dimText(dim: Dim): string {
  return isKnown(dim) ? String(dim) : dim.symbol;
}

/** `B×3×32×32` */
export function shapeText(shape: Shape): string {
  return shape.map(dimText).join('×');
}

/** The number of elements without the batch axis; undefined where a size is unknown. */
export function unitCount(shape: Shape): number | undefined {
  return product(shape.slice(1));
}

/** The product of sizes; undefined where one is unknown. The empty product is 1. */
export function product(dims: readonly Dim[]): number | undefined {
  let result = 1;
  for (const dim of dims) {
    if (!isKnown(dim)) return undefined;
    result *= dim;
  }
  return result;
}
