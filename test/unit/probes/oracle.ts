/** Plain loops in float64 over row-major arrays: what the kernels are held against. */

export interface Dense {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);

/** Every index of a shape, in row-major order. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < sizeOf(shape); i++) {
    yield [...index];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

export function offset(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((at, size, axis) => at * size + index[axis]!, 0);
}

export function at(x: Dense, index: readonly number[]): number {
  return x.data[offset(x.shape, index)]!;
}

export function fill(shape: readonly number[], value: (index: number[]) => number): Dense {
  return { shape, data: [...indices(shape)].map(value) };
}

export function unary(f: (x: number) => number): (x: Dense) => Dense {
  return (x) => ({ shape: x.shape, data: x.data.map(f) });
}

export function binary(f: (a: number, b: number) => number): (a: Dense, b: Dense) => Dense {
  return (a, b) => {
    const rank = Math.max(a.shape.length, b.shape.length);
    const padded = (x: Dense) => [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape];
    const [p, q] = [padded(a), padded(b)];
    const shape = p.map((size, i) => Math.max(size, q[i]!));
    const pick = (x: Dense, sizes: number[], index: number[]) =>
      x.data[
        offset(
          sizes,
          index.map((i, axis) => (sizes[axis] === 1 ? 0 : i)),
        )
      ]!;
    return fill(shape, (index) => f(pick(a, p, index), pick(b, q, index)));
  };
}

export function reduced(
  x: Dense,
  axes: readonly number[],
  keepDims: boolean,
  fold: (values: number[]) => number,
): Dense {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const cells = fill(kept, () => 0).data.map((): number[] => []);
  for (const index of indices(x.shape))
    cells[
      offset(
        kept,
        index.map((i, axis) => (axes.includes(axis) ? 0 : i)),
      )
    ]!.push(at(x, index));
  return { shape: keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis)), data: cells.map(fold) };
}

export function matMul(a: Dense, b: Dense, transposeA: boolean, transposeB: boolean): Dense {
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
  const [p, q] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = sizeOf(p) >= sizeOf(q) ? p : q;
  const pick = (x: Dense, head: number[], row: number, column: number) => {
    const own = x.shape.slice(0, -2);
    const lead = own.map((size, i) => (size === 1 ? 0 : head[head.length - own.length + i]!));
    return at(x, [...lead, row, column]);
  };
  return fill([...outer, m, n], (index) => {
    const head = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let l = 0; l < k; l++)
      sum +=
        (transposeA ? pick(a, head, l, i) : pick(a, head, i, l)) *
        (transposeB ? pick(b, head, j, l) : pick(b, head, l, j));
    return sum;
  });
}

/** Calls `visit` with every product of a valid convolution: sample, output place, tap, input place. */
function taps(
  x: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  visit: (b: number, y: number, i: number, ky: number, kx: number, row: number, column: number) => void,
): void {
  const [batch, height, width] = x as [number, number, number];
  const [kernelHeight, kernelWidth] = kernel as [number, number];
  const [strideY, strideX] = stride as [number, number];
  for (let b = 0; b < batch; b++)
    for (let y = 0; y * strideY + kernelHeight <= height; y++)
      for (let i = 0; i * strideX + kernelWidth <= width; i++)
        for (let ky = 0; ky < kernelHeight; ky++)
          for (let kx = 0; kx < kernelWidth; kx++) visit(b, y, i, ky, kx, y * strideY + ky, i * strideX + kx);
}

export function slidingShape(
  x: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  out: number,
): number[] {
  const places = (axis: number) => Math.floor((x[axis + 1]! - kernel[axis]!) / stride[axis]!) + 1;
  return [x[0]!, places(0), places(1), out];
}

/** B×H×W×C maps with a k×k×C×F filter, no padding. */
export function conv2d(x: Dense, filter: Dense, stride: readonly number[]): Dense {
  const [, , channels, filters] = filter.shape as [number, number, number, number];
  const shape = slidingShape(x.shape, filter.shape, stride, filters);
  const data = new Array<number>(sizeOf(shape)).fill(0);
  taps(x.shape, filter.shape, stride, (b, y, i, ky, kx, row, column) => {
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++)
        data[offset(shape, [b, y, i, f])]! += at(x, [b, row, column, c]) * at(filter, [ky, kx, c, f]);
  });
  return { shape, data };
}

export function conv2dInputGradient(
  dy: Dense,
  filter: Dense,
  stride: readonly number[],
  shape: readonly number[],
): Dense {
  const [, , channels, filters] = filter.shape as [number, number, number, number];
  const data = new Array<number>(sizeOf(shape)).fill(0);
  taps(shape, filter.shape, stride, (b, y, i, ky, kx, row, column) => {
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++)
        data[offset(shape, [b, row, column, c])]! += at(dy, [b, y, i, f]) * at(filter, [ky, kx, c, f]);
  });
  return { shape, data };
}

export function conv2dFilterGradient(x: Dense, dy: Dense, stride: readonly number[], shape: readonly number[]): Dense {
  const [, , channels, filters] = shape as [number, number, number, number];
  const data = new Array<number>(sizeOf(shape)).fill(0);
  taps(x.shape, shape, stride, (b, y, i, ky, kx, row, column) => {
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++)
        data[offset(shape, [ky, kx, c, f])]! += at(x, [b, row, column, c]) * at(dy, [b, y, i, f]);
  });
  return { shape, data };
}

/** Every channel by filters of its own: k×k×C×multiplier. */
export function depthwise(x: Dense, filter: Dense, stride: readonly number[]): Dense {
  const [, , channels, multiplier] = filter.shape as [number, number, number, number];
  const shape = slidingShape(x.shape, filter.shape, stride, channels * multiplier);
  const data = new Array<number>(sizeOf(shape)).fill(0);
  taps(x.shape, filter.shape, stride, (b, y, i, ky, kx, row, column) => {
    for (let c = 0; c < channels; c++)
      for (let m = 0; m < multiplier; m++)
        data[offset(shape, [b, y, i, c * multiplier + m])]! += at(x, [b, row, column, c]) * at(filter, [ky, kx, c, m]);
  });
  return { shape, data };
}

export function depthwiseInputGradient(
  dy: Dense,
  filter: Dense,
  stride: readonly number[],
  shape: readonly number[],
): Dense {
  const [, , channels, multiplier] = filter.shape as [number, number, number, number];
  const data = new Array<number>(sizeOf(shape)).fill(0);
  taps(shape, filter.shape, stride, (b, y, i, ky, kx, row, column) => {
    for (let c = 0; c < channels; c++)
      for (let m = 0; m < multiplier; m++)
        data[offset(shape, [b, row, column, c])]! += at(dy, [b, y, i, c * multiplier + m]) * at(filter, [ky, kx, c, m]);
  });
  return { shape, data };
}

export function depthwiseFilterGradient(
  x: Dense,
  dy: Dense,
  stride: readonly number[],
  shape: readonly number[],
): Dense {
  const [, , channels, multiplier] = shape as [number, number, number, number];
  const data = new Array<number>(sizeOf(shape)).fill(0);
  taps(x.shape, shape, stride, (b, y, i, ky, kx, row, column) => {
    for (let c = 0; c < channels; c++)
      for (let m = 0; m < multiplier; m++)
        data[offset(shape, [ky, kx, c, m])]! += at(x, [b, row, column, c]) * at(dy, [b, y, i, c * multiplier + m]);
  });
  return { shape, data };
}

/** Windows of a pooling without padding: for every output, the places of its inputs. */
function windows(
  x: Dense,
  kernel: readonly number[],
  stride: readonly number[],
): { shape: number[]; places: number[][] } {
  const channels = x.shape[3]!;
  const shape = slidingShape(x.shape, kernel, stride, channels);
  const places = fill(shape, () => 0).data.map((): number[] => []);
  taps(x.shape, kernel, stride, (b, y, i, _ky, _kx, row, column) => {
    for (let c = 0; c < channels; c++) places[offset(shape, [b, y, i, c])]!.push(offset(x.shape, [b, row, column, c]));
  });
  return { shape, places };
}

export function pool(
  x: Dense,
  kernel: readonly number[],
  stride: readonly number[],
  fold: (values: number[]) => number,
): Dense {
  const { shape, places } = windows(x, kernel, stride);
  return { shape, data: places.map((window) => fold(window.map((place) => x.data[place]!))) };
}

/** `share`: what part of the gradient of a window each of its values gets. */
export function poolGradient(
  dy: Dense,
  x: Dense,
  kernel: readonly number[],
  stride: readonly number[],
  share: (values: number[], i: number) => number,
): Dense {
  const data = new Array<number>(x.data.length).fill(0);
  windows(x, kernel, stride).places.forEach((window, out) => {
    const values = window.map((place) => x.data[place]!);
    window.forEach((place, i) => (data[place]! += share(values, i) * dy.data[out]!));
  });
  return { shape: x.shape, data };
}
