import { applyOpTable, type Op, type OpOf, type OpTable, type Padding, type PerAxis } from './op';
import { BATCH, dimText, isKnown, sameDim, shapeText, type Dim, type Shape } from './shape';
import { addSizes, broadcast, divideSizes, multiplySizes, slide } from './size';

/** The shape of an operation's output (undefined where not even the number of axes is known), or why it cannot run. */
export type ShapeResult =
  | { readonly kind: 'shape'; readonly shape: Shape | undefined }
  | { readonly kind: 'contradiction'; readonly message: string };

/**
 * Infer the output's shape. Unknown sizes never contradict anything; known ones that do not fit are a contradiction, said in
 * people's words. The shape of an `input` comes from its maker, not from here.
 */
export function inferShape(op: Op, inputs: readonly (Shape | undefined)[]): ShapeResult {
  return applyOpTable(table, op, inputs);
}

type Inputs = readonly (Shape | undefined)[];

const shapeOf = (shape: Shape | undefined): ShapeResult => ({ kind: 'shape', shape });
const contradiction = (message: string): ShapeResult => ({ kind: 'contradiction', message });
const unchanged = (_op: Op, [x]: Inputs): ShapeResult => shapeOf(x);
const clash = (expected: Dim, got: Dim): boolean => isKnown(expected) && isKnown(got) && expected !== got;

const table: OpTable<[Inputs], ShapeResult> = {
  input: () => shapeOf(undefined),
  linear: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const last = x.at(-1);
    if (last === undefined) return contradiction('Linear expects a tensor with features but gets a scalar.');
    if (clash(op.inFeatures, last))
      return contradiction(`Linear expects ${dimText(op.inFeatures)} features but gets ${dimText(last)}.`);
    return shapeOf([...x.slice(0, -1), op.outFeatures]);
  },
  conv: (op, [x]) => {
    const name = `Conv${op.kernel.length}d`;
    const problem = spatialProblem(name, x, op.kernel.length);
    if (problem) return problem;
    if (x?.length !== op.kernel.length + 2) return shapeOf(undefined);
    const channels = x[1];
    if (channels !== undefined && clash(op.inChannels, channels))
      return contradiction(`${name} expects ${dimText(op.inChannels)} channels but gets ${dimText(channels)}.`);
    for (const [side, size] of [
      ['in', op.inChannels],
      ['out', op.outChannels],
    ] as const)
      if (isKnown(size) && isKnown(op.groups) && size % op.groups !== 0)
        return contradiction(`${name} has ${size} ${side}-channels, which ${op.groups} groups do not divide.`);
    return slideAll(name, x, op.outChannels, op);
  },
  batchNorm: (op, [x]) => {
    const channels = x?.[1];
    if (x && channels === undefined) return contradiction('BatchNorm expects a batch of channels but gets one axis.');
    if (channels !== undefined && clash(op.channels, channels))
      return contradiction(`BatchNorm expects ${dimText(op.channels)} channels but gets ${dimText(channels)}.`);
    return shapeOf(x);
  },
  layerNorm: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const last = x.slice(Math.max(0, x.length - op.normalizedShape.length));
    const wrong =
      last.length < op.normalizedShape.length ||
      op.normalizedShape.some((size, axis) => {
        const got = last[axis];
        return got !== undefined && clash(size, got);
      });
    const name = op.center ? 'LayerNorm' : 'RMSNorm';
    return wrong
      ? contradiction(`${name} expects last axes of ${shapeText(op.normalizedShape)} but gets ${shapeText(last)}.`)
      : shapeOf(x);
  },
  groupNorm: (op, [x]) => {
    if (isKnown(op.channels) && isKnown(op.groups) && op.channels % op.groups !== 0)
      return contradiction(`GroupNorm cannot divide ${op.channels} channels into ${op.groups} groups.`);
    const channels = x?.[1];
    if (channels !== undefined && clash(op.channels, channels))
      return contradiction(`GroupNorm expects ${dimText(op.channels)} channels but gets ${dimText(channels)}.`);
    return shapeOf(x);
  },
  activation: unchanged,
  softmax: (op, [x]) => (x && axisOf(op.axis, x.length) === undefined ? noAxis(op.axis, x) : shapeOf(x)),
  dropout: unchanged,
  pool: (op, [x]) => {
    const name = `${op.reduce === 'max' ? 'MaxPool' : 'AvgPool'}${op.kernel.length}d`;
    const problem = spatialProblem(name, x, op.kernel.length);
    if (problem) return problem;
    const channels = x?.[1];
    if (channels === undefined || x?.length !== op.kernel.length + 2) return shapeOf(undefined);
    return slideAll(name, x, channels, { ...op, dilation: op.kernel.map(() => 1) });
  },
  adaptivePool: (op, [x]) => {
    const problem = spatialProblem(`Adaptive pooling to ${op.output.length} axes`, x, op.output.length);
    if (problem) return problem;
    if (!x) return shapeOf(undefined);
    const lead = x.length - op.output.length;
    return shapeOf([...x.slice(0, lead), ...x.slice(lead).map((size, axis) => op.output[axis] ?? size)]);
  },
  flatten: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    if (x.length === 0) return shapeOf([1]);
    const start = axisOf(op.start, x.length);
    const end = axisOf(op.end, x.length);
    if (start === undefined) return noAxis(op.start, x);
    if (end === undefined || end < start) return noAxis(op.end, x);
    return shapeOf([...x.slice(0, start), multiplySizes(x.slice(start, end + 1)), ...x.slice(end + 1)]);
  },
  reshape: (op, [x]) => reshape(op, x),
  permute: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const axes = op.axes.map((axis) => axisOf(axis, x.length));
    if (axes.length !== x.length || new Set(axes).size !== x.length || axes.includes(undefined))
      return contradiction(
        `The axes (${op.axes.join(', ')}) are not an order of the ${x.length} axes of ${shapeText(x)}.`,
      );
    return shapeOf(axes.flatMap((axis) => x[axis ?? 0] ?? []));
  },
  add: (_op, inputs) => join('add', inputs),
  multiply: (_op, inputs) => join('multiply', inputs),
  affine: unchanged,
  scale: unchanged,
  concat: (op, inputs) => concat(op, inputs),
  reduce: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const axes = op.axes.map((axis) => axisOf(axis, x.length));
    const missing = axes.indexOf(undefined);
    if (missing >= 0) return noAxis(op.axes[missing] ?? 0, x);
    return shapeOf(x.flatMap((size, axis) => (axes.includes(axis) ? (op.keepDims ? [1] : []) : [size])));
  },
  identity: unchanged,
  opaque: () => shapeOf(undefined),
};

/** An axis counted from the front; undefined where the tensor has no such axis. */
export function axisOf(axis: number, rank: number): number | undefined {
  const front = axis < 0 ? axis + rank : axis;
  return Number.isInteger(front) && front >= 0 && front < rank ? front : undefined;
}

function noAxis(axis: number, shape: Shape): ShapeResult {
  return contradiction(`There is no axis ${axis} in ${shapeText(shape)}.`);
}

function spatialProblem(name: string, x: Shape | undefined, space: number): ShapeResult | undefined {
  // PyTorch takes a sample without a batch as well: one axis fewer.
  if (!x || x.length === space + 2 || x.length === space + 1) return undefined;
  return contradiction(
    `${name} expects ${space + 2} axes (batch, channels, ${space} of space) but gets ${shapeText(x)}.`,
  );
}

interface Window {
  readonly kernel: PerAxis;
  readonly stride: PerAxis;
  readonly padding: Padding;
  readonly dilation: PerAxis;
  readonly ceil?: boolean;
}

function slideAll(name: string, x: Shape, channels: Dim, window: Window): ShapeResult {
  const space: Dim[] = [];
  for (const [axis, kernel] of window.kernel.entries()) {
    const size = x[axis + 2];
    if (size === undefined) return shapeOf(undefined);
    const stride = window.stride[axis] ?? 1;
    const places =
      window.padding === 'same'
        ? slide(size, { kernel: 1, stride, padding: 0, dilation: 1 })
        : slide(
            size,
            { kernel, stride, padding: bothSides(window.padding, axis), dilation: window.dilation[axis] ?? 1 },
            window.ceil,
          );
    if (places === undefined)
      return contradiction(
        `${name} with a kernel of ${window.kernel.map(dimText).join('×')} leaves nothing of ${shapeText(x.slice(2))}.`,
      );
    space.push(places);
  }
  return shapeOf([x[0] ?? BATCH, channels, ...space]);
}

function bothSides(padding: PerAxis | 'valid', axis: number): Dim {
  return padding === 'valid' ? 0 : multiplySizes([2, padding[axis] ?? 0]);
}

function join(verb: 'add' | 'multiply', inputs: Inputs): ShapeResult {
  let result = inputs[0];
  for (const next of inputs.slice(1)) {
    if (!result || !next) return shapeOf(undefined);
    const joined = broadcast(result, next);
    if (!joined) return contradiction(`Cannot ${verb} ${shapeText(result)} and ${shapeText(next)}.`);
    result = joined;
  }
  return shapeOf(result);
}

function concat(op: OpOf<'concat'>, inputs: Inputs): ShapeResult {
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

function reshape(op: OpOf<'reshape'>, x: Shape | undefined): ShapeResult {
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
