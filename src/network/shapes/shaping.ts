import type { OpOf, OpTableOf } from '../op';
import type { ShapingOp } from '../ops/shaping';
import { BATCH, dimText, isKnown, sameDim, shapeText, type Dim, type Shape } from '../shape';
import { addSizes, divideSizes, multiplySizes } from '../size';
import {
  axisOf,
  clash,
  contradiction,
  noAxis,
  shapeOf,
  unchanged,
  withAxis,
  type InputShapes,
  type ShapeResult,
} from './result';

export const shaping: OpTableOf<ShapingOp, [InputShapes], ShapeResult> = {
  flatten: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    if (x.length === 0) return shapeOf([1]);
    const start = axisOf(op.start, x.length);
    const end = axisOf(op.end, x.length);
    if (start === undefined) return noAxis(op.start, x);
    if (end === undefined || end < start) return noAxis(op.end, x);
    return shapeOf([...x.slice(0, start), multiplySizes(x.slice(start, end + 1)), ...x.slice(end + 1)]);
  },
  reshape: (op, [x]) => reshaped(op, x),
  permute: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const axes = op.axes.map((axis) => axisOf(axis, x.length));
    if (axes.length !== x.length || new Set(axes).size !== x.length || axes.includes(undefined))
      return contradiction(
        `The axes (${op.axes.join(', ')}) are not an order of the ${x.length} axes of ${shapeText(x)}.`,
      );
    return shapeOf(axes.flatMap((axis) => x[axis ?? 0] ?? []));
  },
  squeeze: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const axes = op.axes.map((axis) => axisOf(axis, x.length));
    const missing = axes.indexOf(undefined);
    if (missing >= 0) return noAxis(op.axes[missing] ?? 0, x);
    const full = axes.find((axis) => axis !== undefined && clash(1, x[axis] ?? 1));
    if (full !== undefined) return contradiction(`Axis ${full} of ${shapeText(x)} is not of size 1.`);
    return shapeOf(x.filter((_, axis) => !axes.includes(axis)));
  },
  unsqueeze: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const at = axisOf(op.axis, x.length + 1);
    return at === undefined ? noAxis(op.axis, x) : shapeOf([...x.slice(0, at), 1, ...x.slice(at)]);
  },
  expand: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const lead = op.shape.length - x.length;
    const fits =
      lead >= 0 &&
      x.every(
        (size, axis) => size === 1 || op.shape[axis + lead] === -1 || !clash(size, op.shape[axis + lead] ?? size),
      );
    if (!fits) return contradiction(`Cannot expand ${shapeText(x)} to ${shapeText(op.shape)}.`);
    return shapeOf(op.shape.map((size, axis) => (size === -1 ? (x[axis - lead] ?? 1) : size)));
  },
  tile: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const lead = op.repeats.length - x.length;
    if (lead < 0) return contradiction(`There are fewer counts of repetition than axes of ${shapeText(x)}.`);
    return shapeOf(op.repeats.map((count, axis) => multiplySizes([count, x[axis - lead] ?? 1])));
  },
  concat: (op, inputs) => concatenated(op, inputs),
  slice: (op, [x]) => (x ? withAxis(x, op.axis, (size) => sliced(op, size)) : shapeOf(undefined)),
  pad: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const lead = x.length - op.pads.length;
    if (lead < 0) return contradiction(`There are more pads than axes of ${shapeText(x)}.`);
    return shapeOf(x.map((size, axis) => addSizes([size, ...(op.pads[axis - lead] ?? [])])));
  },
  roll: unchanged,
  flip: unchanged,
};

function sliced({ start, end, step }: OpOf<'slice'>, size: Dim): Dim {
  const name = (dim: Dim | undefined): string => (dim === undefined ? '' : dimText(dim));
  const open: Dim = { symbol: `${name(size)}[${name(start)}:${name(end)}${step === 1 ? '' : `:${step}`}]` };
  if (!isKnown(start) || (end !== undefined && !isKnown(end))) {
    // x[:n] of unknown n has n elements, as far as there are so many.
    return start === 0 && end !== undefined && !isKnown(end) && step === 1 ? end : open;
  }
  if (!isKnown(size)) {
    if (start === 0 && end === undefined && step === 1) return size;
    if (end === undefined && step === 1) return start < 0 ? -start : addSizes([size, -start]);
    if (end !== undefined && end < 0 && start >= 0 && step === 1) return addSizes([size, end - start]);
    if (end !== undefined && step === 1 && start >= 0 === end >= 0 && end >= start) return end - start;
    return open;
  }
  const clamp = (place: number): number => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
  return Math.max(0, Math.ceil((clamp(end ?? size) - clamp(start)) / step));
}

function concatenated(op: OpOf<'concat'>, inputs: InputShapes): ShapeResult {
  const [first] = inputs;
  if (!first) return shapeOf(undefined);
  const axis = axisOf(op.axis, first.length);
  if (axis === undefined) return noAxis(op.axis, first);
  const sizes: Dim[] = [];
  for (const x of inputs) {
    if (!x) return shapeOf(undefined);
    const fits = x.length === first.length && x.every((size, at) => at === axis || !clash(size, first[at] ?? size));
    if (!fits) return contradiction(`Cannot join ${shapeText(first)} and ${shapeText(x)} along axis ${op.axis}.`);
    sizes.push(x[axis] ?? 0);
  }
  return shapeOf(first.map((size, at) => (at === axis ? addSizes(sizes) : size)));
}

function reshaped(op: OpOf<'reshape'>, x: Shape | undefined): ShapeResult {
  const open = op.shape.indexOf(-1);
  if (op.shape.filter((size) => size === -1).length > 1)
    return contradiction('A reshape may leave only one size open (-1).');
  const given = op.shape.filter((size) => size !== -1);
  if (!x) {
    // A first open size in front of the features is the batch.
    return shapeOf(
      open < 0 ? op.shape : op.shape.map((size, at) => (at === open ? (at === 0 ? BATCH : openSize) : size)),
    );
  }
  const rest = divideSizes(x, given);
  const mismatch = contradiction(`Cannot reshape ${shapeText(x)} to ${shapeText(op.shape)}.`);
  if (rest === undefined) return mismatch;
  if (open < 0) return rest !== 'unknown' && isKnown(rest) && rest !== 1 ? mismatch : shapeOf(op.shape);
  const [batch] = x;
  const keepsBatch = open === 0 && batch !== undefined && sameDim(batch, BATCH);
  const solved = rest !== 'unknown' ? rest : keepsBatch ? BATCH : openSize;
  return shapeOf(op.shape.map((size, at) => (at === open ? solved : size)));
}

const openSize: Dim = { symbol: '?', reason: 'the size that a reshape leaves open' };
