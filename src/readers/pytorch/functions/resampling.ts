import { floorDivideSize, isKnown, multiplySizes, sameDim, type Dim, type OpOf } from '../../../network';
import { numberOf, tuple, type Value } from '../../python/values';
import { computed } from '../constants/content';
import { adaptivePoolOp, averagePoolParameters, maxPoolFunctionParameters, poolOp } from '../layers/pooling';
import { perAxis, toShape } from '../../frameworks/sizes';
import { makeConstant } from './compute';
import { function_, type FunctionUse, type TensorFunction } from './define';

const pools = Object.fromEntries(
  ([1, 2, 3] as const).flatMap((rank): readonly (readonly [string, TensorFunction])[] => [
    [
      `max_pool${rank}d`,
      function_(maxPoolFunctionParameters, (use) => withPlaces(use, poolOp(use.settings, 'max', rank))),
    ],
    [`avg_pool${rank}d`, function_(averagePoolParameters, (use) => use.add(poolOp(use.settings, 'average', rank)))],
    [
      `adaptive_avg_pool${rank}d`,
      function_(['output_size'], (use) => use.add(adaptivePoolOp(use.args.get('output_size'), 'average', rank))),
    ],
    [
      `adaptive_max_pool${rank}d`,
      function_(['output_size'], (use) => use.add(adaptivePoolOp(use.args.get('output_size'), 'max', rank))),
    ],
  ]),
);

/** With `return_indices` the places are given as well, which are not followed. */
function withPlaces(use: FunctionUse, op: ReturnType<typeof poolOp>): Value {
  const pooled = use.add(op);
  return use.flag('return_indices', false)
    ? tuple([pooled, use.opaque('The places of a pooling are not followed.')])
    : pooled;
}

const modes: Readonly<Record<string, OpOf<'upsample'>['mode']>> = {
  nearest: 'nearest',
  linear: 'linear',
  bilinear: 'linear',
  trilinear: 'linear',
  bicubic: 'cubic',
};

const interpolate = function_(
  ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor', 'antialias'],
  (use) => {
    const rank = use.rank();
    const name = use.settings.text('mode', 'nearest');
    if (rank === undefined || rank < 3) return use.opaque('The axes of what is resized here are not known.');
    const space = rank - 2;
    const size = use.given('size');
    const factor = use.given('scale_factor');
    const sizes = size && perAxis(size, space, []);
    const factors = factor && factorsOf(factor, space);
    if (name === 'area' && sizes) return use.add({ kind: 'adaptivePool', reduce: 'average', output: sizes });
    // Between whole multiples the centres of the nearest pixels are the same.
    const exact = name === 'nearest-exact' && factors?.every((one) => Number.isInteger(one));
    const mode = exact ? 'nearest' : modes[name];
    if (!mode || (!sizes && !factors)) return use.opaque(`Resizing with mode='${name}' is not understood here.`);
    const same = sizes?.every((one, axis) => sameDim(one, use.shape()?.[axis + 2] ?? 0));
    if (same) return use.x;
    if (use.flag('antialias', false)) return use.opaque('Resizing with `antialias` is not understood.');
    return use.add({
      kind: 'upsample',
      mode,
      target: sizes ? { kind: 'output', sizes } : { kind: 'scale', factors: factors ?? [] },
      alignCorners: use.given('align_corners') !== undefined && use.flag('align_corners', false),
    });
  },
);

function factorsOf(value: Value, space: number): readonly number[] | undefined {
  const items =
    value.type === 'tuple' || value.type === 'list' ? value.items : Array.from({ length: space }, () => value);
  const factors = items.map(numberOf).filter((factor) => factor !== undefined);
  return factors.length === space ? factors : undefined;
}

/** B×C·r²×H×W → B×C×H·r×W·r */
export function pixelShuffle(use: FunctionUse, factor: number): Value {
  const [batch, channels, height, width] = use.shape() ?? [];
  if (batch === undefined || channels === undefined || height === undefined || width === undefined)
    return use.opaque('The sizes of what is shuffled here are not known.');
  const inner = floorDivideSize(channels, factor * factor);
  const apart = use.add({ kind: 'reshape', shape: [batch, inner, factor, factor, height, width] });
  const mixed = use.add({ kind: 'permute', axes: [0, 1, 4, 2, 5, 3] }, [apart]);
  const shape = [batch, inner, multiplySizes([height, factor]), multiplySizes([width, factor])];
  return use.add({ kind: 'reshape', shape }, [mixed]);
}

/** B×C×H·r×W·r → B×C·r²×H×W */
export function pixelUnshuffle(use: FunctionUse, factor: number): Value {
  const [batch, channels, height, width] = use.shape() ?? [];
  if (batch === undefined || channels === undefined || height === undefined || width === undefined)
    return use.opaque('The sizes of what is shuffled here are not known.');
  const [rows, columns] = [floorDivideSize(height, factor), floorDivideSize(width, factor)];
  const apart = use.add({ kind: 'reshape', shape: [batch, channels, rows, factor, columns, factor] });
  const mixed = use.add({ kind: 'permute', axes: [0, 1, 3, 5, 2, 4] }, [apart]);
  return use.add({ kind: 'reshape', shape: [batch, multiplySizes([channels, factor * factor]), rows, columns] }, [
    mixed,
  ]);
}

const shuffling = (shuffle: typeof pixelShuffle, parameter: string): TensorFunction =>
  function_([parameter], (use) => {
    const factor = numberOf(use.args.get(parameter));
    return factor === undefined ? use.opaque('How far pixels are shuffled is not known.') : shuffle(use, factor);
  });

const channelShuffle = function_(['groups'], (use) => {
  const shape = use.shape();
  const [batch, channels, ...space] = shape ?? [];
  if (!shape || batch === undefined || channels === undefined)
    return use.opaque('The channels that are shuffled here are not known.');
  const groups = use.dim('groups');
  const apart = use.add({ kind: 'reshape', shape: [batch, groups, floorDivideSize(channels, groups), ...space] });
  const axes = [0, 2, 1, ...space.map((_, axis) => axis + 3)];
  return use.add({ kind: 'reshape', shape }, [use.add({ kind: 'permute', axes }, [apart])]);
});

/** The last axis comes first in the list, two numbers an axis. */
const pad = function_(['pad', 'mode', 'value'], (use) => {
  const list = toShape(use.interpreter, [use.args.value('pad')]);
  const mode = use.settings.text('mode', 'constant');
  if (!list || list.length % 2 !== 0) return use.opaque('How much is padded here is not known.');
  if (mode !== 'constant' && mode !== 'reflect' && mode !== 'replicate' && mode !== 'circular')
    return use.opaque(`Padding with mode='${mode}' is not understood.`);
  if (list.every((size) => size === 0)) return use.x;
  const pairs = Array.from({ length: list.length / 2 }, (_, at): readonly [Dim, Dim] => [
    list[2 * at] ?? 0,
    list[2 * at + 1] ?? 0,
  ]);
  return use.add({ kind: 'pad', pads: pairs.reverse(), mode, value: use.settings.number('value', 0) });
});

/** `F.unfold(x, kernel_size)` cuts a picture into columns, `x.unfold(dim, size, step)` one axis into windows. */
const unfold = function_(['kernel_size', 'dilation', 'padding', 'stride'], (use) => {
  if (use.call.positional.length === 4 || use.call.keywords.has('dimension')) return windows(use);
  const zeros = [0, 0];
  const ones = [1, 1];
  return use.add({
    kind: 'unfold',
    kernel: perAxis(use.args.value('kernel_size'), 2, ones),
    stride: perAxis(use.args.get('stride'), 2, ones),
    padding: perAxis(use.args.get('padding'), 2, zeros),
    dilation: perAxis(use.args.get('dilation'), 2, ones),
  });
});

/** Windows along one axis; their elements stand in a new last axis. */
function windows(use: FunctionUse): Value {
  const given = ['dimension', 'size', 'step'].map((name, at) =>
    numberOf(use.call.positional[at + 1] ?? use.call.keywords.get(name)),
  );
  const [axis, size, step] = given;
  const shape = use.shape();
  const rank = shape?.length ?? 0;
  const at = axis === undefined ? 0 : axis < 0 ? axis + rank : axis;
  const length = shape?.[at];
  if (!shape || size === undefined || !step || length === undefined || !isKnown(length))
    return use.opaque('The windows that are cut here are not known.');
  const count = Math.floor((length - size) / step) + 1;
  const places = Float64Array.from(
    { length: Math.max(0, count * size) },
    (_, place) => Math.floor(place / size) * step + (place % size),
  );
  const index = makeConstant(
    { shape: [Math.max(0, count), size], content: computed(() => places, 'places') },
    'int',
    use.site,
  );
  const picked = use.add({ kind: 'gather', axis: at }, [use.x, index]);
  const axes = Array.from({ length: rank + 1 }, (_, place) => place).filter((place) => place !== at + 1);
  return use.add({ kind: 'permute', axes: [...axes, at + 1] }, [picked]);
}

const notUnderstood = (what: string): TensorFunction =>
  function_([], (use) => use.opaque(`${what} is not understood.`, [use.x, ...use.call.positional.slice(1)]));

export const resamplingFunctions: Readonly<Record<string, TensorFunction>> = {
  ...pools,
  interpolate,
  upsample: interpolate,
  pixel_shuffle: shuffling(pixelShuffle, 'upscale_factor'),
  pixel_unshuffle: shuffling(pixelUnshuffle, 'downscale_factor'),
  channel_shuffle: channelShuffle,
  native_channel_shuffle: channelShuffle,
  pad,
  unfold,
  fold: notUnderstood('Putting columns together to a picture (`fold`)'),
  grid_sample: notUnderstood('Sampling at computed places (`grid_sample`)'),
  affine_grid: notUnderstood('A grid of computed places (`affine_grid`)'),
};
