import { axisOf, type Dim, type Op, type OpKind, type OpOf } from '../../../network';
import { pointwise } from '../../../network/moments';
import { contract } from './contract';
import { broadcastTo, countOf, forEachLine, pick, stridesOf, type AxisOffsets, type NumberArray } from './numberArray';

type Evaluate<K extends OpKind> = (
  op: OpOf<K>,
  inputs: readonly NumberArray[],
  sizes: readonly number[],
) => Float64Array | undefined;

/** The values of an operation on known numbers; undefined for an operation that is not computed here. `sizes` are the result's. */
export function evaluateOp(op: Op, inputs: readonly NumberArray[], sizes: readonly number[]): Float64Array | undefined {
  const entry = table[op.kind] as Evaluate<OpKind> | undefined;
  return entry?.(op, inputs, sizes);
}

const same = (_op: unknown, [x]: readonly NumberArray[]): Float64Array | undefined => x?.values;

/** What is read, where each axis of the result is read from one axis of the input. */
function moved(x: NumberArray | undefined, indices: (axis: number, size: number) => readonly number[], fill = 0) {
  if (!x) return undefined;
  const strides = stridesOf(x.sizes);
  const offsets = x.sizes.map((size, axis): AxisOffsets => {
    const stride = strides[axis] ?? 1;
    return indices(axis, size).map((index) => (index < 0 ? -1 : index * stride));
  });
  return pick(x.values, offsets, fill);
}

const upTo = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
const wrapped = (index: number, size: number): number => ((index % size) + size) % size;
const number = (dim: Dim | undefined): number | undefined => (typeof dim === 'number' ? dim : undefined);

const table: { readonly [K in OpKind]?: Evaluate<K> } = {
  identity: same,
  stopGradient: same,
  flatten: same,
  reshape: same,
  squeeze: same,
  unsqueeze: same,
  expand: (_op, [x], sizes) => x && broadcastTo(x, sizes),
  permute: ({ axes }, [x]) => {
    if (!x) return undefined;
    const strides = stridesOf(x.sizes);
    const from = axes.map((axis) => axisOf(axis, x.sizes.length) ?? 0);
    return pick(
      x.values,
      from.map((axis) => upTo(x.sizes[axis] ?? 1).map((index) => index * (strides[axis] ?? 1))),
    );
  },
  tile: (_op, [x], sizes) => {
    if (!x) return undefined;
    const lead = sizes.length - x.sizes.length;
    const strides = stridesOf(x.sizes);
    return pick(
      x.values,
      sizes.map((size, axis) =>
        upTo(size).map((index) =>
          axis < lead ? 0 : (index % (x.sizes[axis - lead] ?? 1)) * (strides[axis - lead] ?? 0),
        ),
      ),
    );
  },
  slice: ({ axis, start, end, step }, [x]) => {
    if (!x) return undefined;
    const at = axisOf(axis, x.sizes.length);
    const [from, to] = [number(start), end === undefined ? undefined : number(end)];
    if (from === undefined || (end !== undefined && to === undefined)) return undefined;
    return moved(x, (along, size) => {
      if (along !== at) return upTo(size);
      const clamp = (place: number): number => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
      const [first, last] = [clamp(from), clamp(to ?? size)];
      return upTo(Math.max(0, Math.ceil((last - first) / step))).map((index) => first + index * step);
    });
  },
  flip: ({ axes }, [x]) =>
    moved(x, (along, size) =>
      axes.some((axis) => axisOf(axis, x?.sizes.length ?? 0) === along) ? [...upTo(size)].reverse() : upTo(size),
    ),
  roll: ({ axes, shifts }, [x]) => {
    const by = axes.map((axis, place) => [axisOf(axis, x?.sizes.length ?? 0), number(shifts[place])] as const);
    if (by.some(([, shift]) => shift === undefined)) return undefined;
    return moved(x, (along, size) => {
      const shift = by.reduce((all, [axis, one]) => (axis === along ? all + (one ?? 0) : all), 0);
      return upTo(size).map((index) => wrapped(index - shift, size));
    });
  },
  pad: ({ pads, mode, value }, [x]) => {
    const lead = (x?.sizes.length ?? 0) - pads.length;
    if (pads.flat().some((size) => typeof size !== 'number')) return undefined;
    return moved(
      x,
      (along, size) => {
        const [before, after] = (pads[along - lead] ?? [0, 0]).map((one) => number(one) ?? 0);
        return upTo(size + (before ?? 0) + (after ?? 0)).map((index) => padded(index - (before ?? 0), size, mode));
      },
      value,
    );
  },
  concat: ({ axis }, inputs, sizes) => {
    const at = axisOf(axis, sizes.length) ?? 0;
    const result = new Float64Array(countOf(sizes));
    const inner = countOf(sizes.slice(at + 1));
    const row = inner * (sizes[at] ?? 0);
    let column = 0;
    for (const { sizes: own, values } of inputs) {
      const width = inner * (own[at] ?? 0);
      for (let outer = 0; outer * row < result.length && width > 0; outer++)
        result.set(values.subarray(outer * width, (outer + 1) * width), outer * row + column);
      column += width;
    }
    return result;
  },
  activation: ({ activation }, [x]) => x?.values.map(pointwise(activation).value),
  affine: ({ factor, offset }, [x]) => x?.values.map((value) => factor * value + offset),
  add: (_op, inputs, sizes) => joined(inputs, sizes, (a, b) => a + b),
  multiply: (_op, inputs, sizes) => joined(inputs, sizes, (a, b) => a * b),
  extremum: ({ which }, inputs, sizes) => joined(inputs, sizes, which === 'max' ? Math.max : Math.min),
  compare: ({ operator }, inputs, sizes) => joined(inputs, sizes, (a, b) => Number(comparisons[operator](a, b))),
  where: (_op, [condition, then, otherwise], sizes) => {
    if (!condition || !then || !otherwise) return undefined;
    const [yes, no] = [broadcastTo(then, sizes), broadcastTo(otherwise, sizes)];
    return broadcastTo(condition, sizes).map((value, at) => (value !== 0 ? yes[at] : no[at]) ?? 0);
  },
  reduce: (op, [x]) => {
    if (!x) return undefined;
    const axes = op.axes.map((axis) => axisOf(axis, x.sizes.length) ?? 0);
    return reduced(x, axes, reductions(op.how, op.correction ?? 1));
  },
  cumulative: ({ how, axis }, [x]) => {
    if (!x) return undefined;
    const result = Float64Array.from(x.values);
    const at = axisOf(axis, x.sizes.length) ?? 0;
    forEachLine(x.sizes, at, (start, stride) => {
      for (let index = 1; index < (x.sizes[at] ?? 0); index++) {
        const place = start + index * stride;
        const before = result[place - stride] ?? 0;
        result[place] = how === 'sum' ? before + (result[place] ?? 0) : before * (result[place] ?? 0);
      }
    });
    return result;
  },
  softmax: ({ axis, log }, [x]) => {
    if (!x) return undefined;
    const at = axisOf(axis, x.sizes.length) ?? 0;
    const size = x.sizes[at] ?? 1;
    const result = new Float64Array(x.values.length);
    forEachLine(x.sizes, at, (start, stride) => {
      const line = upTo(size).map((index) => x.values[start + index * stride] ?? 0);
      const top = Math.max(...line);
      const total = line.reduce((sum, value) => sum + Math.exp(value - top), 0);
      for (const [index, value] of line.entries())
        result[start + index * stride] = log ? value - top - Math.log(total) : Math.exp(value - top) / total;
    });
    return result;
  },
  argExtremum: ({ which, axis }, [x]) => {
    if (!x) return undefined;
    const at = axisOf(axis, x.sizes.length) ?? 0;
    return reduced(x, [at], (line) => {
      let best = 0;
      for (const [index, value] of line.entries())
        if (which === 'max' ? value > (line[best] ?? 0) : value < (line[best] ?? 0)) best = index;
      return best;
    });
  },
  gather: ({ axis }, [x, indices], sizes) => {
    if (!x || !indices) return undefined;
    const at = axisOf(axis, x.sizes.length) ?? 0;
    const size = x.sizes[at] ?? 1;
    const inner = countOf(x.sizes.slice(at + 1));
    const outer = countOf(x.sizes.slice(0, at));
    const result = new Float64Array(countOf(sizes));
    let place = 0;
    for (let block = 0; block < outer; block++)
      for (const index of indices.values) {
        const from = (block * size + wrapped(index, size)) * inner;
        result.set(x.values.subarray(from, from + inner), place);
        place += inner;
      }
    return result;
  },
  takeAlong: ({ axis }, [x, indices]) => {
    if (!x || !indices) return undefined;
    const at = axisOf(axis, x.sizes.length) ?? 0;
    const strides = stridesOf(indices.sizes);
    const from = stridesOf(x.sizes);
    return indices.values.map((index, place) => {
      let rest = place;
      let source = 0;
      for (const [along, stride] of strides.entries()) {
        const own = Math.floor(rest / stride);
        rest -= own * stride;
        source += (along === at ? wrapped(index, x.sizes[at] ?? 1) : own) * (from[along] ?? 0);
      }
      return x.values[source] ?? 0;
    });
  },
  oneHot: ({ classes }, [x]) => {
    const count = number(classes);
    if (!x || count === undefined) return undefined;
    const result = new Float64Array(x.values.length * count);
    for (const [place, value] of x.values.entries()) if (value >= 0 && value < count) result[place * count + value] = 1;
    return result;
  },
  matmul: (_op, [a, b], sizes) => {
    if (!a || !b) return undefined;
    const lead = Math.max(a.sizes.length, b.sizes.length) - 2;
    const axes = 'abcdefgh'.slice(0, Math.max(0, lead));
    const left = a.sizes.length === 1 ? 'x' : `${axes.slice(axes.length - a.sizes.length + 2)}rx`;
    const right = b.sizes.length === 1 ? 'x' : `${axes.slice(axes.length - b.sizes.length + 2)}xc`;
    const result = `${axes}${a.sizes.length === 1 ? '' : 'r'}${b.sizes.length === 1 ? '' : 'c'}`;
    return contract([left, right], result, [a, b], sizes);
  },
  einsum: ({ equation }, inputs, sizes) => {
    const [left = '', right = ''] = equation.split('->');
    return contract(left.split(','), right, inputs, sizes);
  },
};

function padded(index: number, size: number, mode: OpOf<'pad'>['mode']): number {
  if (index >= 0 && index < size) return index;
  switch (mode) {
    case 'constant':
      return -1;
    case 'replicate':
      return index < 0 ? 0 : size - 1;
    case 'circular':
      return wrapped(index, size);
    case 'reflect':
      return index < 0 ? -index : 2 * (size - 1) - index;
  }
}

const comparisons: Readonly<Record<OpOf<'compare'>['operator'], (a: number, b: number) => boolean>> = {
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  and: (a, b) => a !== 0 && b !== 0,
  or: (a, b) => a !== 0 || b !== 0,
};

function joined(
  inputs: readonly NumberArray[],
  sizes: readonly number[],
  combine: (a: number, b: number) => number,
): Float64Array | undefined {
  const [first, ...rest] = inputs.map((input) => broadcastTo(input, sizes));
  return first && rest.reduce((all, one) => all.map((value, at) => combine(value, one[at] ?? 0)), first);
}

type Reduction = (line: Float64Array) => number;

function reductions(how: OpOf<'reduce'>['how'], correction: number): Reduction {
  const total: Reduction = (line) => line.reduce((sum, value) => sum + value, 0);
  switch (how) {
    case 'sum':
      return total;
    case 'mean':
      return (line) => total(line) / line.length;
    case 'max':
      return (line) => line.reduce((a, b) => Math.max(a, b), -Infinity);
    case 'min':
      return (line) => line.reduce((a, b) => Math.min(a, b), Infinity);
    case 'product':
      return (line) => line.reduce((a, b) => a * b, 1);
    case 'norm':
      return (line) => Math.sqrt(line.reduce((sum, value) => sum + value * value, 0));
    case 'logSumExp':
      return (line) => {
        const top = line.reduce((a, b) => Math.max(a, b), -Infinity);
        return top + Math.log(line.reduce((sum, value) => sum + Math.exp(value - top), 0));
      };
    case 'variance':
      return (line) => {
        const mean = total(line) / line.length;
        return line.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (line.length - correction);
      };
  }
}

/** Axes that are reduced are brought together at the end; then each line is one number. */
function reduced(x: NumberArray, axes: readonly number[], reduce: Reduction): Float64Array {
  const kept = upTo(x.sizes.length).filter((axis) => !axes.includes(axis));
  const strides = stridesOf(x.sizes);
  const order = [...kept, ...upTo(x.sizes.length).filter((axis) => axes.includes(axis))];
  const values = pick(
    x.values,
    order.map((axis) => upTo(x.sizes[axis] ?? 1).map((index) => index * (strides[axis] ?? 1))),
  );
  const lines = countOf(kept.map((axis) => x.sizes[axis] ?? 1));
  const length = lines === 0 ? 0 : values.length / lines;
  return Float64Array.from({ length: lines }, (_, line) => reduce(values.subarray(line * length, (line + 1) * length)));
}
