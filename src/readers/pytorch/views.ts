import { axisOf, isKnown, product, type Dim, type Shape } from '../../network';
import { numberOf, type Call, type Value } from '../python/values';
import { sliceIndices } from '../python/subscripts';
import { ConstantState, inNumbers, unknownDraw, type Draw } from './draw';
import { drawWithin, whole, type AxisRange, type Region } from './region';
import { toShape } from '../frameworks/sizes';
import { makeTensor, shapeOfWeight, tensorState, type TensorState, type TensorView } from './tensor';

/** A tensor that holds elements of its own outside of a `forward`, as a view of all of them; undefined for any other. */
export function viewOf(state: TensorState | undefined): TensorView | undefined {
  switch (state?.kind) {
    case 'view':
      return state;
    case 'parameter':
    case 'constant':
      return { kind: 'view', of: state, region: whole, axes: state.shape?.map((_, axis) => axis), shape: state.shape };
    default:
      return undefined;
  }
}

/** What the elements of a view are drawn from, as a tensor of their own. */
export function drawOfView({ of, region, axes, shape }: TensorView): Draw {
  if (region.length === 0 && inOrder(axes)) return of.draw;
  const draw = inNumbers(of.draw, of.shape, shapeOfWeight);
  const inner = region.length === 0 ? draw : drawWithin(draw, of.shape, region);
  if (inner.kind === 'partitioned') {
    const axis = axes?.indexOf(inner.axis) ?? -1;
    return axis < 0 ? unknownDraw('the elements of a tensor are rearranged') : { ...inner, axis };
  }
  const matrix = inner.kind === 'orthogonal' || inner.kind === 'identity';
  return matrix && shape?.length !== 2 && !inOrder(axes)
    ? unknownDraw('the elements of a matrix are rearranged')
    : inner;
}

/** Whether a draw for the shape of the view is a draw for the tensor that it shows, as it stands. */
export function inOrder(axes: TensorView['axes']): boolean {
  return axes?.every((axis, place) => axis === place) === true;
}

/** `view[index]`; undefined where the index is a tensor or another thing that is not a part. */
export function pickedView(view: TensorView, index: Value): TensorView | undefined {
  const given = index.type === 'tuple' ? index.items : [index];
  const rank = view.shape?.length;
  if (!view.shape || rank === undefined) return { ...view, region: 'unknown', axes: undefined, shape: undefined };
  const used = given.filter(({ type }) => type !== 'none' && type !== 'ellipsis').length;
  const items = given.flatMap((item): readonly (Value | undefined)[] =>
    item.type === 'ellipsis' ? Array.from({ length: Math.max(0, rank - used) }, () => undefined) : [item],
  );
  const picks: Pick[] = [];
  let axis = 0;
  for (const item of items) {
    if (item?.type === 'none') {
      picks.push({ axis: undefined, size: 1 });
      continue;
    }
    const size = view.shape[axis];
    if (size === undefined) return undefined;
    const pick = item ? pickOne(axis, size, item) : { axis, size };
    if (!pick) return undefined;
    picks.push(pick);
    axis++;
  }
  picks.push(...view.shape.slice(axis).map((size, at) => ({ axis: axis + at, size })));
  return withPicks(view, picks);
}

/** What an index does with one axis: what is left of it, and which range was meant. */
interface Pick {
  readonly axis: number | undefined;
  /** Undefined where the axis is gone. */
  readonly size: Dim | undefined;
  readonly range?: readonly [start: number, end: number] | 'unknown';
}

function pickOne(axis: number, size: Dim, item: Value): Pick | undefined {
  if (item.type === 'slice') {
    const all = [item.lower, item.upper, item.step].every(({ type }) => type === 'none');
    if (all) return { axis, size };
    if (!isKnown(size)) return { axis, size: { symbol: '?' }, range: 'unknown' };
    const places = sliceIndices(item, size);
    if (!places) return { axis, size: { symbol: '?' }, range: 'unknown' };
    const [first = 0] = places;
    const dense = places.every((place, at) => place === first + at);
    return { axis, size: places.length, range: dense ? [first, first + places.length] : 'unknown' };
  }
  const at = numberOf(item);
  if (at === undefined || item.type === 'bool') return undefined;
  const front = at < 0 && isKnown(size) ? at + size : at;
  return { axis, size: undefined, range: front < 0 ? 'unknown' : [front, front + 1] };
}

function withPicks(view: TensorView, picks: readonly Pick[]): TensorView {
  let { region } = view;
  for (const { axis, range } of picks) {
    if (axis === undefined || range === undefined) continue;
    const base = view.axes?.[axis];
    region = base === undefined || range === 'unknown' ? 'unknown' : narrowed(region, base, range);
  }
  const left = picks.filter(({ size }) => size !== undefined);
  const axes = left.map(({ axis }) => (axis === undefined ? undefined : view.axes?.[axis]));
  const known = axes.filter((axis) => axis !== undefined);
  return {
    ...view,
    region,
    axes: known.length === axes.length ? known : undefined,
    shape: left.flatMap(({ size }) => size ?? []),
  };
}

function narrowed(region: Region, axis: number, [start, end]: readonly [number, number]): Region {
  if (region === 'unknown') return region;
  const before = region.find((range) => range.axis === axis);
  const lead = before?.start ?? 0;
  const range: AxisRange = { axis, start: lead + start, end: lead + end };
  return [...region.filter((other) => other !== before), range];
}

/** The same elements in another order of axes. */
function permuted(view: TensorView, order: readonly number[]): TensorView {
  return {
    ...view,
    axes: view.axes && order.flatMap((axis) => view.axes?.[axis] ?? []),
    shape: view.shape && order.flatMap((axis) => view.shape?.[axis] ?? []),
  };
}

function exchanged(view: TensorView, first: number, second: number): TensorView | undefined {
  const rank = view.shape?.length ?? 0;
  const [a, b] = [axisOf(first, rank), axisOf(second, rank)];
  if (a === undefined || b === undefined) return undefined;
  return permuted(
    view,
    Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis)),
  );
}

/** The same elements in another shape, of which one size may be left open. */
function reshaped(view: TensorView, shape: Shape | undefined): TensorView {
  const count = view.shape && product(view.shape);
  const given = shape && product(shape.filter((size) => size !== -1));
  const solved =
    shape?.includes(-1) && count !== undefined && given
      ? shape.map((size) => (size === -1 ? count / given : size))
      : shape;
  const open = solved?.includes(-1) ? undefined : solved;
  const same = open?.length === view.shape?.length && open?.every((size, axis) => size === view.shape?.[axis]);
  return same === true ? view : { ...view, axes: undefined, shape: open };
}

/** The view cut along an axis into pieces of these sizes. */
function cut(view: TensorView, axis: number, sizes: readonly number[]): readonly TensorView[] | undefined {
  const at = view.shape && axisOf(axis, view.shape.length);
  if (at === undefined) return undefined;
  let start = 0;
  return sizes.map((size) => {
    const picks = (view.shape ?? []).map((whole, place): Pick =>
      place === at ? { axis: place, size, range: [start, start + size] } : { axis: place, size: whole },
    );
    start += size;
    return withPicks(view, picks);
  });
}

type ViewFunction = (view: TensorView, call: Call) => TensorView | readonly TensorView[] | undefined;

const argument = ({ positional, keywords }: Call, place: number, name: string): Value | undefined =>
  positional[place] ?? keywords.get(name);
const numberAt = (call: Call, place: number, name: string, fallback: number): number =>
  numberOf(argument(call, place, name)) ?? fallback;

/** Along an axis, pieces of one size; the last may be smaller. */
function evenly(view: TensorView, axis: number, size: number): readonly TensorView[] | undefined {
  const length = view.shape?.at(axis);
  if (!isKnown(length) || !(size > 0) || length / size > 64) return undefined;
  const count = Math.ceil(length / size);
  return cut(
    view,
    axis,
    Array.from({ length: count }, (_, at) => Math.min(size, length - at * size)),
  );
}

/** Functions and methods that show a tensor's elements instead of computing new ones. */
const viewFunctions: Readonly<Record<string, ViewFunction>> = {
  view: (view, call) => reshaped(view, toShape(call.interpreter, call.positional.slice(1))),
  reshape: (view, call) => reshaped(view, toShape(call.interpreter, call.positional.slice(1))),
  flatten: (view, call) =>
    call.positional.length > 1 || !view.shape ? undefined : reshaped(view, [product(view.shape) ?? { symbol: '?' }]),
  t: (view) => exchanged(view, 0, 1),
  T: (view) => exchanged(view, 0, 1),
  mT: (view) => exchanged(view, -2, -1),
  transpose: (view, call) => exchanged(view, numberAt(call, 1, 'dim0', 0), numberAt(call, 2, 'dim1', 1)),
  permute: (view, call) => {
    const order = toShape(call.interpreter, call.positional.slice(1))?.filter(isKnown);
    return order && order.length === view.shape?.length ? permuted(view, order) : undefined;
  },
  chunk: (view, call) => {
    const axis = numberAt(call, 2, 'dim', 0);
    const length = view.shape?.at(axis);
    const count = numberAt(call, 1, 'chunks', 0);
    return isKnown(length) && count > 0 ? evenly(view, axis, Math.ceil(length / count)) : undefined;
  },
  split: (view, call) => {
    const axis = numberAt(call, 2, 'dim', 0);
    const given = argument(call, 1, 'split_size') ?? call.keywords.get('split_size_or_sections');
    const size = numberOf(given);
    if (size !== undefined) return evenly(view, axis, size);
    const sizes = given && toShape(call.interpreter, [given]);
    const known = sizes?.filter(isKnown);
    return known && known.length === sizes?.length ? cut(view, axis, known) : undefined;
  },
  unbind: (view, call) => {
    const axis = numberAt(call, 1, 'dim', 0);
    return evenly(view, axis, 1)?.map((piece) => ({
      ...piece,
      axes: piece.axes?.filter((_, at) => at !== axis),
      shape: piece.shape?.filter((_, at) => at !== axis),
    }));
  },
  narrow: (view, call) => {
    const [axis, start, length] = [
      numberAt(call, 1, 'dim', 0),
      numberAt(call, 2, 'start', 0),
      numberAt(call, 3, 'length', 0),
    ];
    const size = view.shape?.at(axis);
    return isKnown(size) ? cut(view, axis, [start, length, size - start - length])?.[1] : undefined;
  },
  data: (view) => view,
  detach: (view) => view,
};

/** What a function or method shows of a tensor outside of a `forward`; undefined where it computes something else. */
export function viewBy(name: string, call: Call): Value | undefined {
  const apply = Object.hasOwn(viewFunctions, name) ? viewFunctions[name] : undefined;
  const view = viewOf(tensorState(call.positional[0]));
  const shown = view && apply?.(view, call);
  if (!shown) return undefined;
  if ('kind' in shown) return makeTensor(shown, call.site);
  const items = shown.map((piece) => makeTensor(piece, call.site));
  return { type: 'tuple', items, weight: items.length + 1 };
}

/** A tensor of its own with what the view shows, and with the numbers of `shown` where they are known. */
export function copied(view: TensorView, shown?: ConstantState): ConstantState {
  return new ConstantState(view.shape, drawOfView(view), view.of.origin, shown?.content, shown?.numbers);
}
