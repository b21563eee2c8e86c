import { axisOf, floorDivideSize, isKnown, multiplySizes, type Dim, type Shape } from '../../../network';
import { numberOf, type Value } from '../../python/values';
import { makeTensor, tensorState } from '../tensor';
import { copied, viewOf } from '../views';
import { asConstant } from './compute';
import { toShape } from '../../frameworks/sizes';
import { function_, type FunctionUse, type TensorFunction } from './define';
import { cast, kindOfDtype } from './dtypes';

const upTo = (length: number): number[] => Array.from({ length }, (_, index) => index);

const reshape = function_(['shape'], (use) => {
  const kind = kindOfDtype(use.call.positional[1]);
  if (kind) return cast(use.x, kind, use.call);
  const shape = use.sizes();
  return shape ? reshapeTo(use, shape) : use.opaque('The sizes of this reshape are not known.');
});

/** As it is, where it has these sizes already. */
function reshapeTo(use: FunctionUse, shape: Shape): Value {
  return use.add({ kind: 'reshape', shape });
}

const reshapeAs = function_(['other'], (use) => {
  const shape = use.shape(use.args.value('other'));
  return shape ? reshapeTo(use, shape) : use.opaque('The sizes of this reshape are not known.');
});

const flatten = function_(['start_dim', 'end_dim'], (use) =>
  use.add({ kind: 'flatten', start: use.settings.number('start_dim', 0), end: use.settings.number('end_dim', -1) }),
);

const unflatten = function_(['dim', 'sizes'], (use) => {
  const shape = use.shape();
  const axis = shape && axisOf(use.axis() ?? Number.NaN, shape.length);
  const sizes = toShape(use.interpreter, [use.args.value('sizes')]);
  if (!shape || axis === undefined || !sizes) return use.opaque('The sizes of this `unflatten` are not known.');
  const known = sizes.filter((size) => size !== -1);
  const solved = sizes.map((size) => (size === -1 ? floorDivideSize(shape[axis] ?? 1, multiplySizes(known)) : size));
  return reshapeTo(use, [...shape.slice(0, axis), ...solved, ...shape.slice(axis + 1)]);
});

const permute = function_(['dims'], (use) => {
  const axes = use.sizes();
  const known = axes?.filter(isKnown);
  return known && known.length === axes?.length
    ? use.add({ kind: 'permute', axes: known })
    : use.opaque('The order of the axes is not known.');
});

/** Exchange two axes. */
export function exchange(use: FunctionUse, a: number | undefined, b: number | undefined): Value {
  const rank = use.rank();
  if (rank === undefined || a === undefined || b === undefined)
    return use.opaque('The axes of this transpose are not known.');
  const axes = upTo(rank);
  const [from, to] = [axisOf(a, rank), axisOf(b, rank)];
  if (from === undefined || to === undefined) return use.add({ kind: 'permute', axes: [a, b] });
  axes[from] = to;
  axes[to] = from;
  return use.add({ kind: 'permute', axes });
}

const transpose = function_(['dim0', 'dim1'], (use) =>
  exchange(use, numberOf(use.given('dim0', 'axis0')), numberOf(use.given('dim1', 'axis1'))),
);

/** `x.T`: all axes in the opposite order. */
const reversed = function_([], (use) => {
  const rank = use.rank();
  if (rank === undefined) return use.opaque('The axes of this transpose are not known.');
  return rank < 2 ? use.x : use.add({ kind: 'permute', axes: upTo(rank).reverse() });
});

const moveAxis = function_(['source', 'destination'], (use) => {
  const rank = use.rank();
  const [source, destination] = [use.axes(use.given('source')), use.axes(use.given('destination'))];
  if (rank === undefined || !source || !destination) return use.opaque('The axes of this `movedim` are not known.');
  const from = source.map((axis) => axisOf(axis, rank));
  const to = destination.map((axis) => axisOf(axis, rank));
  const rest = upTo(rank).filter((axis) => !from.includes(axis));
  const axes = upTo(rank).map((place) => {
    const moved = to.indexOf(place);
    return moved >= 0 ? (from[moved] ?? place) : (rest.shift() ?? place);
  });
  return use.add({ kind: 'permute', axes });
});

const unsqueeze = function_(['dim'], (use) => {
  const axis = use.axis();
  return axis === undefined ? use.opaque('Where this axis is put is not known.') : use.add({ kind: 'unsqueeze', axis });
});

const squeeze = function_(['dim'], (use) => {
  const shape = use.shape();
  if (!shape) return use.opaque('Which axes are of size 1 here is not known.');
  const asked = use.given('dim', 'axis');
  const wanted = asked ? use.axes(asked) : upTo(shape.length);
  if (!wanted) return use.opaque('Which axis is taken away here is not known.');
  const axes = wanted.map((axis) => axisOf(axis, shape.length));
  if (asked && axes.includes(undefined)) return use.add({ kind: 'squeeze', axes: wanted });
  // Axes of another size are left as they are.
  const single = axes.filter((axis) => axis !== undefined && shape[axis] === 1).filter((axis) => axis !== undefined);
  return single.length === 0 ? use.x : use.add({ kind: 'squeeze', axes: single });
});

const expand = function_(['sizes'], (use) => {
  const shape = use.sizes('sizes');
  return shape ? expandTo(use, shape) : use.opaque('The sizes to which this is expanded are not known.');
});

function expandTo(use: FunctionUse, shape: Shape): Value {
  return use.add({ kind: 'expand', shape });
}

const expandAs = function_(['other'], (use) => {
  const shape = use.shape(use.args.value('other'));
  return shape ? expandTo(use, shape) : use.opaque('The sizes to which this is expanded are not known.');
});

const repeat = function_(['repeats'], (use) => {
  const repeats = use.sizes('repeats');
  return repeats ? use.add({ kind: 'tile', repeats }) : use.opaque('How often this is repeated is not known.');
});

/** `torch.tile`: fewer counts than axes stand for the last ones. */
const tile = function_(['dims'], (use) => {
  const repeats = use.sizes('dims');
  const rank = use.rank();
  if (!repeats || rank === undefined) return use.opaque('How often this is repeated is not known.');
  return use.add({ kind: 'tile', repeats: [...Array.from({ length: rank - repeats.length }, () => 1), ...repeats] });
});

const repeatInterleave = function_(['repeats', 'dim'], (use) => {
  const count = use.args.value('repeats');
  return tensorState(count)
    ? use.opaque('How often each element is repeated is not known.')
    : interleaved(use, use.x, use.dim('repeats'), use.axis());
});

/** Every element stands `count` times in a row. */
export function interleaved(use: FunctionUse, x: Value, count: Dim, along: number | undefined): Value {
  const flat = along === undefined ? use.add({ kind: 'flatten', start: 0, end: -1 }, [x]) : x;
  const shape = use.shape(flat);
  const axis = shape && axisOf(along ?? 0, shape.length);
  if (!shape || axis === undefined) return use.opaque('The axis along which this is repeated is not known.', [x]);
  const [before, size, after] = [shape.slice(0, axis), shape[axis] ?? 1, shape.slice(axis + 1)];
  const wide = use.add({ kind: 'unsqueeze', axis: axis + 1 }, [flat]);
  const repeated = use.add({ kind: 'expand', shape: [...before, size, count, ...after] }, [wide]);
  return use.add({ kind: 'reshape', shape: [...before, multiplySizes([size, count]), ...after] }, [repeated]);
}

const flip = function_(['dims'], (use) => {
  const axes = use.sizes('dims')?.filter(isKnown);
  return axes ? use.add({ kind: 'flip', axes }) : use.opaque('The axes that are turned round here are not known.');
});

const turned = (axis: number): TensorFunction => function_([], (use) => use.add({ kind: 'flip', axes: [axis] }));

const roll = function_(['shifts', 'dims'], (use) => {
  const shifts = toShape(use.interpreter, [use.args.value('shifts')]);
  const axes = use.axes(use.given('dims', 'dim'));
  if (!shifts || !axes) return use.opaque('How far this is rolled is not known.');
  return use.add({ kind: 'roll', axes, shifts });
});

/** A tensor of its own with the same numbers: what changes it does not change the first. */
const clone = function_(['memory_format'], (use) => {
  const state = tensorState(use.x);
  if (state?.kind === 'node') return makeTensor(state, use.site);
  const view = use.trace ? undefined : viewOf(state);
  // Outside of a `forward` it is drawn as the first is, and may be drawn anew.
  if (view) return makeTensor(copied(view, asConstant(use.x)), use.site);
  return state ? use.add({ kind: 'identity' }) : use.x;
});

const atLeast = (rank: number): TensorFunction =>
  function_([], (use) => {
    const shape = use.shape();
    if (!shape) return use.opaque('The axes of this tensor are not known.');
    if (shape.length >= rank) return use.x;
    return reshapeTo(use, [...Array.from({ length: rank - shape.length }, () => 1), ...shape]);
  });

const same: TensorFunction = { parameters: [], apply: ({ x }) => x, passes: true };

export const reshapingFunctions: Readonly<Record<string, TensorFunction>> = {
  view: reshape,
  reshape,
  view_as: reshapeAs,
  reshape_as: reshapeAs,
  flatten,
  ravel: function_([], (use) => use.add({ kind: 'flatten', start: 0, end: -1 })),
  unflatten,
  permute,
  transpose,
  swapaxes: transpose,
  swapdims: transpose,
  t: reversed,
  T: reversed,
  mT: function_([], (use) => exchange(use, -2, -1)),
  adjoint: function_([], (use) => exchange(use, -2, -1)),
  movedim: moveAxis,
  moveaxis: moveAxis,
  unsqueeze,
  squeeze,
  expand,
  broadcast_to: expand,
  expand_as: expandAs,
  repeat,
  tile,
  repeat_interleave: repeatInterleave,
  flip,
  fliplr: turned(1),
  flipud: turned(0),
  roll,
  clone,
  detach: function_([], (use) => use.add({ kind: 'stopGradient' })),
  atleast_1d: atLeast(1),
  atleast_2d: atLeast(2),
  contiguous: same,
  cuda: same,
  cpu: same,
  pin_memory: same,
  requires_grad_: same,
  to_dense: same,
};
