import {
  addSizes,
  axisOf,
  broadcast,
  floorDivideSize,
  isKnown,
  multiplySizes,
  type Dim,
  type Shape,
} from '../../../network';
import { numberOf, tuple, type Value } from '../../python/values';
import { toShape } from '../../frameworks/sizes';
import { tensorState } from '../tensor';
import { function_, type FunctionUse, type TensorFunction } from './define';

/** Parts beyond this number are not made one by one. */
const mostParts = 256;

const joined = (use: FunctionUse, join: (tensors: readonly Value[]) => Value): Value => {
  const tensors = use.elements();
  if (!tensors || tensors.length === 0) return use.opaque('The tensors that are joined here are not known.', []);
  return join(tensors);
};

const concatenated = (use: FunctionUse, tensors: readonly Value[], axis: number): Value => {
  const [only] = tensors;
  return tensors.length === 1 && only ? only : use.add({ kind: 'concat', axis }, tensors);
};

const concat = function_(['dim'], (use) =>
  joined(use, (tensors) => {
    const axis = use.axis(0);
    return axis === undefined
      ? use.opaque('The axis along which these tensors are joined is not known.', tensors)
      : concatenated(use, tensors, axis);
  }),
);

/** The tensors along a new axis. */
export function stacked(use: FunctionUse, tensors: readonly Value[], axis: number): Value {
  return concatenated(
    use,
    tensors.map((tensor) => use.add({ kind: 'unsqueeze', axis }, [tensor])),
    axis,
  );
}

const stack = function_(['dim'], (use) =>
  joined(use, (tensors) => {
    const axis = use.axis(0);
    return axis === undefined
      ? use.opaque('The axis along which these tensors are stacked is not known.', tensors)
      : stacked(use, tensors, axis);
  }),
);

const sideBySide = (axisFor: (rank: number) => number): TensorFunction =>
  function_([], (use) =>
    joined(use, (tensors) => {
      const rank = tensors[0] && use.rank(tensors[0]);
      return rank === undefined
        ? use.opaque('The axes of these tensors are not known.', tensors)
        : concatenated(use, tensors, axisFor(rank));
    }),
  );

const vstack = function_([], (use) =>
  joined(use, (tensors) =>
    tensors.every((tensor) => use.rank(tensor) === 1) ? stacked(use, tensors, 0) : concatenated(use, tensors, 0),
  ),
);

/** The parts of `x` along an axis, of these sizes; the last goes to the end. */
export function parts(use: FunctionUse, x: Value, axis: number, sizes: readonly Dim[]): Value {
  let start: Dim = 0;
  const pieces: Value[] = [];
  for (const [index, size] of sizes.entries()) {
    const end: Dim = addSizes([start, size]);
    const last = index === sizes.length - 1;
    pieces.push(
      sizes.length === 1
        ? x
        : use.add({ kind: 'slice', axis, start, ...(last && !isKnown(end) ? {} : { end }), step: 1 }, [x]),
    );
    start = end;
  }
  return tuple(pieces);
}

const sizeAlong = (use: FunctionUse, axis: number | undefined): Dim | undefined => {
  const shape = use.shape();
  const at = shape && axis !== undefined ? axisOf(axis, shape.length) : undefined;
  return at === undefined ? undefined : shape?.[at];
};

const split = function_(['split_size_or_sections', 'dim'], (use) => {
  const axis = use.axis(0);
  const wanted =
    use.given('split_size_or_sections', 'split_size', 'indices_or_sections') ?? use.args.value('split_size');
  const size = sizeAlong(use, axis);
  if (axis === undefined) return use.opaque('The axis along which this is split is not known.');
  if (wanted.type === 'tuple' || wanted.type === 'list') {
    const sizes = toShape(use.interpreter, [wanted]);
    return sizes ? parts(use, use.x, axis, sizes) : use.opaque('The sizes of these parts are not known.');
  }
  const each = numberOf(wanted) ?? (wanted.type === 'unknown' ? use.dim('split_size_or_sections') : undefined);
  if (each === undefined || size === undefined) return use.opaque('The sizes of these parts are not known.');
  const count = isKnown(size) && isKnown(each) ? Math.ceil(size / each) : floorDivideSize(size, each);
  if (!isKnown(count) || count > mostParts) return use.opaque('The number of these parts is not known.');
  const rest = addSizes([size, multiplySizes([-1, each, count - 1])]);
  return parts(use, use.x, axis, [...Array.from({ length: count - 1 }, () => each), rest]);
});

const chunk = function_(['chunks', 'dim'], (use) => {
  const axis = use.axis(0);
  const count = numberOf(use.args.get('chunks'));
  if (axis === undefined || count === undefined || count < 1 || count > mostParts)
    return use.opaque('The number of these parts is not known.');
  const size = sizeAlong(use, axis);
  if (isKnown(size)) {
    const each = Math.ceil(size / count);
    const sizes = Array.from({ length: Math.ceil(size / each) }, (_, index) => Math.min(each, size - index * each));
    return parts(use, use.x, axis, sizes);
  }
  const named: Dim = { symbol: '?', reason: 'the size of a part' };
  const each = size === undefined ? named : floorDivideSize(size, count);
  if (size === undefined || !isDivided(size, each, count)) {
    const part = use.opaque('The sizes of these parts are not known.');
    return tuple(Array.from({ length: count }, () => part));
  }
  return parts(
    use,
    use.x,
    axis,
    Array.from({ length: count }, () => each),
  );
});

function isDivided(size: Dim, each: Dim, count: number): boolean {
  return addSizes([size, multiplySizes([-count, each])]) === 0;
}

/** `torch.tensor_split`: the first parts take what does not come out even. */
const tensorSplit = function_(['indices_or_sections', 'dim'], (use) => {
  const axis = use.axis(0);
  const size = sizeAlong(use, axis);
  const count = numberOf(use.args.get('indices_or_sections') ?? use.given('sections'));
  if (axis === undefined || size === undefined || !isKnown(size))
    return use.opaque('The sizes of these parts are not known.');
  if (count !== undefined) {
    const sizes = Array.from(
      { length: count },
      (_, index) => Math.floor(size / count) + (index < size % count ? 1 : 0),
    );
    return parts(use, use.x, axis, sizes);
  }
  const bounds = toShape(use.interpreter, [use.given('indices_or_sections', 'indices') ?? use.args.value('indices')]);
  const known = bounds?.filter(isKnown);
  if (!known || known.length !== bounds?.length) return use.opaque('The sizes of these parts are not known.');
  const all = [...known, size];
  return parts(
    use,
    use.x,
    axis,
    all.map((end, index) => end - (all[index - 1] ?? 0)),
  );
});

/** One place of an axis, which goes away. */
export function selected(use: Pick<FunctionUse, 'add'>, x: Value, axis: number, place: Dim): Value {
  const end = place === -1 ? undefined : addSizes([place, 1]);
  const piece = use.add({ kind: 'slice', axis, start: place, ...(end === undefined ? {} : { end }), step: 1 }, [x]);
  return use.add({ kind: 'squeeze', axes: [axis] }, [piece]);
}

/** The elements along an axis, each without it; undefined where their number is not known. */
export function unbound(use: FunctionUse, x: Value, axis: number): readonly Value[] | undefined {
  const size = use.shape(x)?.at(axis);
  if (size === undefined || !isKnown(size) || size > mostParts) return undefined;
  return Array.from({ length: size }, (_, place) => selected(use, x, axis, place));
}

const unbind = function_(['dim'], (use) => {
  const axis = use.axis(0);
  const elements = axis === undefined ? undefined : unbound(use, use.x, axis);
  return elements ? tuple(elements) : use.opaque('The number of these parts is not known.');
});

const narrow = function_(['dim', 'start', 'length'], (use) => {
  const axis = use.axis();
  const start = use.dim('start');
  if (axis === undefined) return use.opaque('The axis of this part is not known.');
  return use.add({ kind: 'slice', axis, start, end: addSizes([start, use.dim('length')]), step: 1 });
});

const select = function_(['dim', 'index'], (use) => {
  const axis = use.axis();
  return axis === undefined
    ? use.opaque('The axis of this part is not known.')
    : selected(use, use.x, axis, use.dim('index'));
});

const broadcastTensors = function_([], (use) => {
  const tensors = use.call.positional;
  const shapes = tensors.map((tensor) => use.shape(tensor));
  const shape = shapes.reduce<Shape | undefined>((all, one) => all && one && broadcast(all, one), shapes[0]);
  return shape
    ? tuple(tensors.map((tensor) => use.add({ kind: 'expand', shape }, [tensor])))
    : use.opaque('The sizes of these tensors are not known.', tensors);
});

const meshgrid = function_(['indexing'], (use) => {
  const list = tensorState(use.x) ? use.call.positional.filter((value) => tensorState(value)) : use.elements();
  const indexing = use.call.keywords.get('indexing');
  const swapped = indexing?.type === 'str' && indexing.value === 'xy';
  const sizes = list?.map((tensor) => use.shape(tensor)?.[0] ?? 1);
  if (!list || !sizes || list.some((tensor) => use.rank(tensor) !== 1))
    return use.opaque('The grid that is made here is not known.', []);
  // With 'xy' the first two axes stand the other way round.
  const place = (index: number): number => (swapped && index < 2 ? 1 - index : index);
  const shape = sizes.map((_, axis) => sizes[place(axis)] ?? 1);
  return tuple(
    list.map((tensor, index) => {
      const own = shape.map((size, axis) => (axis === place(index) ? size : 1));
      return use.add({ kind: 'expand', shape }, [use.add({ kind: 'reshape', shape: own }, [tensor])]);
    }),
  );
});

export const joiningFunctions: Readonly<Record<string, TensorFunction>> = {
  cat: concat,
  concat,
  concatenate: concat,
  stack,
  hstack: sideBySide((rank) => (rank < 2 ? 0 : 1)),
  column_stack: sideBySide((rank) => (rank < 2 ? 0 : 1)),
  dstack: sideBySide(() => 2),
  vstack,
  split,
  split_with_sizes: split,
  chunk,
  tensor_split: tensorSplit,
  unbind,
  narrow,
  select,
  broadcast_tensors: broadcastTensors,
  meshgrid,
};
