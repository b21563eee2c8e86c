import { axisOf, isKnown, type Dim, type Op } from '../../../network';
import { isElements } from '../../python/operators';
import { int, ListValue, numberOf, tuple, type Value } from '../../python/values';
import { fromDim, toDim } from '../../frameworks/sizes';
import { concatenated } from '../layers/merging';
import { fromKerasShape, toKerasShape } from '../sizes';
import { shapeOf, symbolic, variableState } from '../tensor';
import { tensorFunction, type FunctionUse, type TensorFunction } from './define';

/** One axis or several of a reduction; all where none is given. Undefined where they are not known. */
export function axesOf(
  use: FunctionUse,
  given: Value | undefined,
  rank: number | undefined,
): readonly number[] | undefined {
  if (!given || given.type === 'none')
    return rank === undefined ? undefined : Array.from({ length: rank }, (_, axis) => axis);
  const items = given.type === 'tuple' || given.type === 'list' ? given.items : [given];
  const axes = items.map(numberOf);
  const known = axes.filter((axis) => axis !== undefined);
  return known.length === axes.length && known.length > 0 ? known : undefined;
}

const reduction = (how: 'mean' | 'sum' | 'max' | 'min' | 'product' | 'variance' | 'logSumExp'): TensorFunction =>
  tensorFunction(['x', 'axis', 'keepdims', 'keep_dims'], (use) => {
    const axes = axesOf(use, use.args.get('axis'), shapeOf(use.x)?.length);
    const keepDims = use.settings.flag('keepdims', use.settings.flag('keep_dims', false));
    return axes
      ? use.natural({ kind: 'reduce', how, axes, keepDims, ...(how === 'variance' ? { correction: 0 } : {}) })
      : use.opaque('The axes of this reduction are not known.');
  });

const reshape = tensorFunction(['x', 'newshape', 'shape'], (use) => {
  const given = use.args.get('newshape') ?? use.args.get('shape');
  const shape = given && toKerasShape(use.interpreter, given, true);
  return shape ? use.natural({ kind: 'reshape', shape }) : use.opaque('The sizes of this reshape are not known.');
});

const transpose = tensorFunction(['x', 'axes', 'perm'], (use) => {
  const given = use.args.get('axes') ?? use.args.get('perm');
  const rank = shapeOf(use.x)?.length;
  const axes =
    given && given.type !== 'none'
      ? axesOf(use, given, rank)
      : rank === undefined
        ? undefined
        : Array.from({ length: rank }, (_, at) => rank - 1 - at);
  return axes ? use.natural({ kind: 'permute', axes }) : use.opaque('The order of the axes is not known.');
});

const concat = tensorFunction(['xs', 'axis'], (use) => {
  const elements = use.interpreter.iterate(use.x);
  const axis = numberOf(use.args.get('axis') ?? int(use.name === 'concatenate' ? -1 : 0));
  if (!isElements(elements) || axis === undefined) return use.opaque('The tensors that are joined here are not known.');
  return concatenated(elements, axis, use.recording);
});

const stack = tensorFunction(['x', 'axis'], (use) => {
  const elements = use.interpreter.iterate(use.x);
  const axis = numberOf(use.args.get('axis') ?? int(0));
  if (!isElements(elements) || axis === undefined)
    return use.opaque('The tensors that are stacked here are not known.');
  const { recording } = use;
  const rows = elements.map((element) => recording.step({ kind: 'unsqueeze', axis }, [recording.natural(element)]));
  return recording.add({ kind: 'concat', axis }, rows);
});

/** `split(x, parts or places, axis)`; TensorFlow gives sizes instead of places. */
const split = tensorFunction(['x', 'indices_or_sections', 'axis', 'num_or_size_splits'], (use) => {
  const shape = shapeOf(use.x);
  const given = use.args.get('indices_or_sections') ?? use.args.get('num_or_size_splits');
  const axis = shape && axisOf(use.settings.number('axis', 0), shape.length);
  const size = axis === undefined ? undefined : shape?.[axis];
  if (!given || axis === undefined || size === undefined) return use.opaque('The parts of this tensor are not known.');
  const places = boundaries(given, size, use.name === 'tf.split');
  if (!places) return use.opaque('The parts of this tensor are not known.');
  return new ListValue(
    places
      .slice(0, -1)
      .map((start, at) => use.natural({ kind: 'slice', axis, start, end: places[at + 1] ?? size, step: 1 })),
  );
});

function boundaries(given: Value, size: Dim, areSizes: boolean): readonly Dim[] | undefined {
  const count = numberOf(given);
  if (count !== undefined) {
    if (!isKnown(size) || size % count !== 0 || count > 256) return undefined;
    return Array.from({ length: count + 1 }, (_, at) => (at * size) / count);
  }
  if (given.type !== 'tuple' && given.type !== 'list') return undefined;
  const numbers = given.items.map(numberOf);
  if (numbers.includes(undefined)) return undefined;
  const known = numbers.filter((one) => one !== undefined);
  if (!areSizes) return [0, ...known, size];
  let at = 0;
  return [0, ...known.map((one) => (at += one))];
}

const expandDims = tensorFunction(['x', 'axis'], (use) => {
  const axis = numberOf(use.args.get('axis'));
  return axis === undefined ? use.opaque('The axis is not known.') : use.natural({ kind: 'unsqueeze', axis });
});

const squeeze = tensorFunction(['x', 'axis'], (use) => {
  const shape = shapeOf(use.x);
  const given = use.args.get('axis');
  const axes =
    given && given.type !== 'none'
      ? axesOf(use, given, shape?.length)
      : shape?.flatMap((size, axis) => (size === 1 ? [axis] : []));
  return axes ? use.natural({ kind: 'squeeze', axes }) : use.opaque('The axes of this squeeze are not known.');
});

/** `ops.shape(x)`: sizes that are known are numbers, the others symbols that a reshape understands. */
const shape = tensorFunction(['x'], (use) => {
  const sizes = shapeOf(use.x);
  return sizes ? tuple(sizes.map(fromDim)) : use.interpreter.unknown('shape(…)', 'is not known here');
});

const intShape = tensorFunction(['x'], (use) => {
  const sizes = shapeOf(use.x);
  return sizes ? fromKerasShape(sizes) : use.interpreter.unknown('int_shape(…)', 'is not known here');
});

const pad = tensorFunction(['x', 'pad_width', 'mode', 'constant_values', 'paddings'], (use) => {
  const given = use.args.get('pad_width') ?? use.args.get('paddings');
  const items = given?.type === 'tuple' || given?.type === 'list' ? given.items : [];
  const pairs = items.flatMap((item) => {
    const [before, after] = item.type === 'tuple' || item.type === 'list' ? item.items : [];
    return before && after ? [[toDim(before), toDim(after)] as const] : [];
  });
  const mode = use.settings.text('mode', 'constant').toLowerCase();
  if (pairs.length === 0 || pairs.length < items.length || mode !== 'constant')
    return use.opaque('This padding is not understood yet.');
  return use.natural({ kind: 'pad', pads: pairs, mode: 'constant', value: use.settings.number('constant_values', 0) });
});

const like =
  (op: (use: FunctionUse) => Op | undefined, reason: string): TensorFunction['apply'] =>
  (use) => {
    const made = op(use);
    return made ? use.natural(made) : use.opaque(reason);
  };

export const shapingFunctions: Readonly<Record<string, TensorFunction>> = {
  reshape,
  transpose,
  permute_dimensions: tensorFunction(['x', 'axes'], transpose.apply),
  concatenate: concat,
  concat,
  stack,
  split,
  expand_dims: expandDims,
  squeeze,
  shape,
  int_shape: intShape,
  pad,
  flatten: tensorFunction(['x'], (use) => use.natural({ kind: 'flatten', start: 0, end: -1 })),
  batch_flatten: tensorFunction(['x'], (use) => use.natural({ kind: 'flatten', start: 1, end: -1 })),
  mean: reduction('mean'),
  reduce_mean: reduction('mean'),
  sum: reduction('sum'),
  reduce_sum: reduction('sum'),
  max: reduction('max'),
  amax: reduction('max'),
  reduce_max: reduction('max'),
  min: reduction('min'),
  amin: reduction('min'),
  reduce_min: reduction('min'),
  prod: reduction('product'),
  reduce_prod: reduction('product'),
  var: reduction('variance'),
  reduce_variance: reduction('variance'),
  logsumexp: reduction('logSumExp'),
  reduce_logsumexp: reduction('logSumExp'),
  tile: tensorFunction(
    ['x', 'repeats', 'multiples'],
    like((use) => {
      const given = use.args.get('repeats') ?? use.args.get('multiples');
      const repeats = given && toKerasShape(use.interpreter, given, false);
      return repeats && { kind: 'tile', repeats };
    }, 'How often this tensor is repeated is not known.'),
  ),
  broadcast_to: tensorFunction(
    ['x', 'shape'],
    like((use) => {
      const given = use.args.get('shape');
      const sizes = given && toKerasShape(use.interpreter, given, true);
      return sizes && { kind: 'expand', shape: sizes };
    }, 'The shape that this tensor is stretched to is not known.'),
  ),
  flip: tensorFunction(
    ['x', 'axis'],
    like((use) => {
      const axes = axesOf(use, use.args.get('axis'), shapeOf(use.x)?.length);
      return axes && { kind: 'flip', axes };
    }, 'The axes that are turned around are not known.'),
  ),
  roll: tensorFunction(
    ['x', 'shift', 'axis'],
    like((use) => {
      const axes = axesOf(use, use.args.get('axis'), undefined);
      const shifts = use.args.get('shift');
      const sizes = shifts && toKerasShape(use.interpreter, shifts, false);
      return axes && sizes?.length === axes.length ? { kind: 'roll', axes, shifts: sizes } : undefined;
    }, 'By how much this tensor is rolled is not known.'),
  ),
  take: tensorFunction(['x', 'indices', 'axis'], (use) => taken(use, 'axis')),
  gather: tensorFunction(['x', 'indices', 'validate_indices', 'axis'], (use) => taken(use, 'axis')),
  one_hot: tensorFunction(['x', 'num_classes', 'depth'], (use) =>
    use.natural({ kind: 'oneHot', classes: toDim(use.args.get('num_classes') ?? use.args.value('depth')) }),
  ),
  cumsum: tensorFunction(['x', 'axis'], (use) =>
    use.natural({ kind: 'cumulative', how: 'sum', axis: use.settings.number('axis', 0) }),
  ),
  argmax: tensorFunction(['x', 'axis'], (use) =>
    use.natural({ kind: 'argExtremum', which: 'max', axis: use.settings.number('axis', -1), keepDims: false }),
  ),
  einsum: tensorFunction([], ({ call, recording }) => {
    const [equation, ...operands] = call.positional;
    const spelled = equation?.type === 'str' ? equation.value.replaceAll(' ', '') : '';
    if (!/^[a-zA-Z]+(,[a-zA-Z]+)*->[a-zA-Z]*$/.test(spelled))
      return recording.opaque('This equation is not understood yet.', operands);
    return recording.add(
      { kind: 'einsum', equation: spelled },
      operands.map((operand) => recording.natural(operand)),
    );
  }),
};

/** Rows of a trained table by whole numbers are an embedding. */
function taken(use: FunctionUse, name: string): Value {
  const indices = use.args.value('indices');
  const axis = use.settings.number(name, 0);
  const table = variableState(use.x);
  const [vocabulary, features] = table?.shape ?? [];
  if (
    table?.trained &&
    table.shape.length === 2 &&
    axis === 0 &&
    vocabulary !== undefined &&
    features !== undefined &&
    symbolic(indices)
  ) {
    table.axes = ['feature', 'out'];
    table.role = 'embedding';
    return use.natural({ kind: 'embedding', vocabulary, features, weight: table.key }, [indices]);
  }
  return use.natural({ kind: 'gather', axis }, [use.x, indices]);
}
