import { axisOf, type Dim, type Shape } from '../../../network';
import { isElements } from '../../python/operators';
import { numberOf, tuple, type Value } from '../../python/values';
import { toShape } from '../../frameworks/sizes';
import type { FunctionUse, TensorFunction } from './define';

const function_ = (parameters: readonly string[], apply: TensorFunction['apply']): TensorFunction => ({
  parameters,
  apply,
});

/** Sizes that are given one by one or as one tuple. */
function sizes({ args, interpreter }: FunctionUse): Shape | undefined {
  const given = args.call.positional.slice(1);
  const named = args.get('shape') ?? args.get('size') ?? args.get('dims');
  return toShape(interpreter, given.length > 0 ? given : named ? [named] : []);
}

const reshape = function_(['shape'], (use) => {
  const shape = sizes(use);
  return shape ? use.add({ kind: 'reshape', shape }) : use.opaque('The sizes of this reshape are not known.');
});

/** A reshape that puts in or takes out an axis of size 1. */
function reshaped(use: FunctionUse, change: (shape: Shape) => Shape | undefined): Value {
  const shape = use.trace.shape(use.x);
  const result = shape && change(shape);
  if (!result) return use.opaque('The axes of this tensor are not known.');
  return use.add({ kind: 'reshape', shape: result });
}

const permute = function_(['dims'], (use) => {
  const axes = sizes(use);
  const known = axes?.filter((axis) => typeof axis === 'number');
  return known && known.length === axes?.length
    ? use.add({ kind: 'permute', axes: known })
    : use.opaque('The order of the axes is not known.');
});

/** Exchange two axes. */
function exchange(use: FunctionUse, first: Value | undefined, second: Value | undefined): Value {
  const rank = use.trace.shape(use.x)?.length;
  const [a, b] = [numberOf(first), numberOf(second)];
  if (rank === undefined || a === undefined || b === undefined)
    return use.opaque('The axes of this transpose are not known.');
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const [from, to] = [axisOf(a, rank), axisOf(b, rank)];
  if (from === undefined || to === undefined) return use.add({ kind: 'permute', axes: [a, b] });
  axes[from] = to;
  axes[to] = from;
  return use.add({ kind: 'permute', axes });
}

const transpose = function_(['dim0', 'dim1'], (use) => exchange(use, use.args.get('dim0'), use.args.get('dim1')));

function reduction(how: 'mean' | 'sum'): TensorFunction {
  return function_(['dim', 'keepdim'], (use) => {
    const given = use.args.get('dim') ?? use.args.call.keywords.get('axis');
    const rank = use.trace.shape(use.x)?.length;
    const all = given === undefined || given.type === 'none';
    if (all && rank === undefined) return use.opaque(`The axes of this ${how} are not known.`);
    const axes = all
      ? Array.from({ length: rank ?? 0 }, (_, axis) => axis)
      : toShape(use.interpreter, [given])?.flatMap((axis) => (typeof axis === 'number' ? [axis] : []));
    if (!axes || axes.length === 0) return use.opaque(`The axes of this ${how} are not known.`);
    return use.add({ kind: 'reduce', how, axes, keepDims: use.settings.flag('keepdim', false) });
  });
}

const concat = function_(['dim'], (use) => {
  const elements = use.interpreter.iterate(use.x);
  const axis = numberOf(use.args.get('dim') ?? use.args.call.keywords.get('axis') ?? { type: 'int', value: 0 });
  if (!isElements(elements)) return use.opaque('The tensors that are joined here are not known.', []);
  return axis === undefined
    ? use.opaque('The axis along which these tensors are joined is not known.', elements)
    : use.add({ kind: 'concat', axis }, elements);
});

/** Parts of a tensor are not understood yet; their number is, so that they can be named. */
const chunk = function_(['chunks', 'dim'], (use) => {
  const count = numberOf(use.args.get('chunks'));
  const part = use.opaque('A part of a tensor is taken here (`chunk`), which is not understood yet.');
  return count !== undefined && count <= 64 ? tuple(Array.from({ length: count }, () => part)) : part;
});

export const shapingFunctions: Readonly<Record<string, TensorFunction>> = {
  view: reshape,
  reshape,
  flatten: function_(['start_dim', 'end_dim'], (use) =>
    use.add({ kind: 'flatten', start: use.settings.number('start_dim', 0), end: use.settings.number('end_dim', -1) }),
  ),
  permute,
  transpose,
  swapaxes: transpose,
  t: function_([], (use) => exchange(use, { type: 'int', value: 0 }, { type: 'int', value: 1 })),
  mean: reduction('mean'),
  sum: reduction('sum'),
  cat: concat,
  concat,
  chunk,
  unsqueeze: function_(['dim'], (use) =>
    reshaped(use, (shape) => {
      const axis = axisOf(numberOf(use.args.get('dim')) ?? Number.NaN, shape.length + 1);
      return axis === undefined ? undefined : [...shape.slice(0, axis), 1, ...shape.slice(axis)];
    }),
  ),
  squeeze: function_(['dim'], (use) =>
    reshaped(use, (shape) => {
      const given = use.args.get('dim');
      const axis = given && axisOf(numberOf(given) ?? Number.NaN, shape.length);
      if (given && axis === undefined) return undefined;
      const dropped = (size: Dim, at: number): boolean => size === 1 && (axis === undefined || at === axis);
      return shape.filter((size, at) => !dropped(size, at));
    }),
  ),
};
