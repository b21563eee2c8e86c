/** Known numbers in rows: what sizes, rates and schedules are computed with. */
export class NumberArray {
  constructor(
    readonly shape: readonly number[],
    readonly data: readonly number[],
    /** Whether they are integers. */
    readonly whole: boolean,
  ) {}

  static of(data: readonly number[], whole: boolean): NumberArray {
    return new NumberArray([data.length], data, whole);
  }

  map(compute: (value: number) => number, whole = this.whole): NumberArray {
    return new NumberArray(this.shape, this.data.map(compute), whole);
  }

  /** The array under an index of the first axis. */
  at(index: number): NumberArray | undefined {
    const [length = 0, ...rest] = this.shape;
    const place = index < 0 ? index + length : index;
    if (this.shape.length === 0 || place < 0 || place >= length) return undefined;
    const size = product(rest);
    return new NumberArray(rest, this.data.slice(place * size, (place + 1) * size), this.whole);
  }

  /** Undefined where the number of elements is another; one size may be -1. */
  reshaped(shape: readonly number[]): NumberArray | undefined {
    const known = product(shape.filter((size) => size >= 0));
    const sizes = shape.map((size) => (size < 0 ? this.data.length / known : size));
    return product(sizes) === this.data.length ? new NumberArray(sizes, this.data, this.whole) : undefined;
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((result, size) => result * size, 1);

/** Number by number, with the shapes stretched to each other as numpy does; undefined where they do not fit. */
export function elementwise(
  a: NumberArray,
  b: NumberArray,
  compute: (x: number, y: number) => number,
  whole = a.whole && b.whole,
): NumberArray | undefined {
  const rank = Math.max(a.shape.length, b.shape.length);
  const padded = ({ shape }: NumberArray): readonly number[] => [
    ...Array.from({ length: rank - shape.length }, () => 1),
    ...shape,
  ];
  const [left, right] = [padded(a), padded(b)];
  const shape: number[] = [];
  for (const [axis, size] of left.entries()) {
    const other = right[axis] ?? 1;
    if (size !== other && size !== 1 && other !== 1) return undefined;
    shape.push(size === 1 ? other : size);
  }
  const place = (sizes: readonly number[], index: readonly number[]): number =>
    sizes.reduce((at, size, axis) => at * size + (size === 1 ? 0 : (index[axis] ?? 0)), 0);
  const count = product(shape);
  const index = shape.map(() => 0);
  const data: number[] = [];
  for (let at = 0; at < count; at++) {
    data.push(compute(a.data[place(left, index)] ?? Number.NaN, b.data[place(right, index)] ?? Number.NaN));
    for (let axis = rank - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
  return new NumberArray(shape, data, whole);
}

/** `count` numbers from `start` to `stop`, both with them. */
export function linearSteps(start: number, stop: number, count: number, endpoint = true): readonly number[] {
  const gaps = endpoint ? count - 1 : count;
  const step = gaps > 0 ? (stop - start) / gaps : 0;
  return Array.from({ length: count }, (_, index) =>
    endpoint && index === count - 1 && count > 1 ? stop : start + index * step,
  );
}

export function runningTotals(data: readonly number[]): readonly number[] {
  let total = 0;
  return data.map((value) => (total += value));
}

/** Python and numpy round halves to even. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(value);
}
