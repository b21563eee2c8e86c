import { axisOf, isKnown, type Op } from '../../../network';
import { multiplySizes } from '../../../network/size';
import { fromDim, toDim, toShape } from '../../frameworks/sizes';
import { concatenated } from '../../keras/layers/merging';
import { tensorFunction, type FunctionUse, type TensorFunction } from '../../keras/ops/define';
import { axesOf } from '../../keras/ops/shaping';
import { tensorFunctions } from '../../keras/ops/table';
import { shapeOf } from '../../keras/tensor';
import { isElements } from '../../python/operators';
import { int, none, numberOf, tuple, type Value } from '../../python/values';

/** Functions that `jax.numpy` has as Keras has them. */
const alike = [
  ...['add', 'subtract', 'multiply', 'divide', 'true_divide', 'power', 'matmul', 'maximum', 'minimum'],
  ...['less', 'less_equal', 'greater', 'greater_equal', 'equal', 'not_equal', 'logical_and', 'logical_or', 'where'],
  ...['negative', 'exp', 'log', 'log1p', 'sqrt', 'reciprocal', 'square', 'abs', 'absolute', 'sin', 'cos', 'tanh'],
  ...['arctan', 'sign', 'floor', 'round', 'transpose', 'stack', 'split', 'expand_dims', 'squeeze', 'pad', 'mean'],
  ...['sum', 'max', 'amax', 'min', 'amin', 'prod', 'tile', 'broadcast_to', 'flip', 'roll', 'take', 'cumsum'],
] as const;

function axisGiven(use: FunctionUse, name: string, fallback: number): number | undefined {
  const rank = shapeOf(use.x)?.length;
  return rank === undefined ? undefined : axisOf(use.settings.number(name, fallback), rank);
}

function permuted(use: FunctionUse, order: (axes: number[]) => readonly number[] | undefined): Value {
  const rank = shapeOf(use.x)?.length;
  const axes = rank === undefined ? undefined : order(Array.from({ length: rank }, (_, axis) => axis));
  return axes ? use.natural({ kind: 'permute', axes }) : use.opaque('The order of the axes is not known.');
}

const swapaxes = tensorFunction(['a', 'axis1', 'axis2'], (use) =>
  permuted(use, (axes) => {
    const [one, other] = [axisGiven(use, 'axis1', 0), axisGiven(use, 'axis2', 0)];
    if (one === undefined || other === undefined) return undefined;
    [axes[one], axes[other]] = [other, one];
    return axes;
  }),
);

const moveaxis = tensorFunction(['a', 'source', 'destination'], (use) =>
  permuted(use, (axes) => {
    const [from, to] = [axisGiven(use, 'source', 0), axisGiven(use, 'destination', 0)];
    if (from === undefined || to === undefined) return undefined;
    axes.splice(from, 1);
    axes.splice(to, 0, from);
    return axes;
  }),
);

const reshape = tensorFunction(['a', 'shape', 'newshape'], (use) => {
  const given = use.args.get('shape') ?? use.args.get('newshape');
  const shape = given && toShape(use.interpreter, [given]);
  return shape ? use.natural({ kind: 'reshape', shape }) : use.opaque('The sizes of this reshape are not known.');
});

const ravel = tensorFunction(['a'], (use) => use.natural({ kind: 'flatten', start: 0, end: -1 }));

/** Variance and its root, with n − ddof in the denominator. */
const spread = (root: boolean): TensorFunction =>
  tensorFunction(['a', 'axis', 'dtype', 'out', 'ddof', 'keepdims'], (use) => {
    const axes = axesOf(use, use.args.get('axis'), shapeOf(use.x)?.length);
    if (!axes) return use.opaque('The axes of this variance are not known.');
    const [correction, keepDims] = [use.settings.number('ddof', 0), use.settings.flag('keepdims', false)];
    const variance = use.natural({ kind: 'reduce', how: 'variance', axes, keepDims, correction });
    return root
      ? use.pointwise({ kind: 'activation', activation: { kind: 'power', exponent: 0.5 } }, variance)
      : variance;
  });

const norm = tensorFunction(['x', 'ord', 'axis', 'keepdims'], (use) => {
  const axes = axesOf(use, use.args.get('axis'), shapeOf(use.x)?.length);
  const order = use.args.get('ord') ?? none;
  if (!axes || (order.type !== 'none' && numberOf(order) !== 2)) return use.opaque('This norm is not understood yet.');
  return use.natural({ kind: 'reduce', how: 'norm', axes, keepDims: use.settings.flag('keepdims', false) });
});

const concatenate = tensorFunction(['arrays', 'axis'], (use) => {
  const elements = use.interpreter.iterate(use.x);
  const axis = numberOf(use.args.get('axis') ?? int(0));
  return isElements(elements) && axis !== undefined
    ? concatenated(elements, axis, use.recording)
    : use.opaque('The arrays that are joined here are not known.');
});

/** Every element so many times, one behind the other. */
const repeat = tensorFunction(['a', 'repeats', 'axis'], (use) => {
  const shape = shapeOf(use.x);
  const axis = use.args.has('axis') ? axisGiven(use, 'axis', 0) : undefined;
  const times = toDim(use.args.value('repeats'));
  const size = axis === undefined ? undefined : shape?.[axis];
  if (!shape || axis === undefined || size === undefined || !isKnown(times))
    return use.opaque('How often these elements are repeated is not known.');
  const { recording } = use;
  const apart = recording.step({ kind: 'unsqueeze', axis: axis + 1 }, [recording.natural(use.x)]);
  const repeats = [...shape.map(() => 1), 1].map((_, at) => (at === axis + 1 ? times : 1));
  const tiled = recording.step({ kind: 'tile', repeats }, [apart]);
  const sizes = shape.map((one, at) => (at === axis ? multiplySizes([one, times]) : one));
  return recording.add({ kind: 'reshape', shape: sizes }, [tiled]);
});

const argExtremum = (which: 'max' | 'min'): TensorFunction =>
  tensorFunction(['a', 'axis', 'out', 'keepdims'], (use) => {
    const axis = numberOf(use.args.get('axis'));
    return axis === undefined
      ? use.opaque('The axis of this search is not known.')
      : use.natural({ kind: 'argExtremum', which, axis, keepDims: use.settings.flag('keepdims', false) });
  });

const clip = tensorFunction(['arr', 'min', 'max', 'a_min', 'a_max'], (use) => {
  const bound = (...names: readonly string[]): number | undefined => {
    const given = names.map((name) => use.args.get(name)).find((value) => value && value.type !== 'none');
    return given === undefined ? undefined : numberOf(given);
  };
  const [low, high] = [bound('min', 'a_min'), bound('max', 'a_max')];
  if (low === 0 && high === undefined) return use.pointwise({ kind: 'activation', activation: { kind: 'relu' } });
  return low === undefined || high === undefined
    ? use.opaque('The bounds of this clipping are not known.')
    : use.pointwise({ kind: 'activation', activation: { kind: 'hardtanh', low, high } });
});

/** The letters of an equation, those of an ellipsis written out; undefined where the axes are not known. */
function writtenOut(equation: string, ranks: readonly (number | undefined)[]): string | undefined {
  const [inputs = '', output] = equation.replaceAll(' ', '').split('->');
  const terms = inputs.split(',');
  if (output === undefined || terms.length !== ranks.length) return undefined;
  if (!equation.includes('...')) return `${inputs}->${output}`;
  const unused = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ').filter((letter) => !equation.includes(letter));
  const counts = terms.map((term, at) =>
    term.includes('...') ? (ranks[at] ?? NaN) - term.replace('...', '').length : 0,
  );
  const most = Math.max(...counts);
  if (!(most >= 0) || most > unused.length) return undefined;
  const letters = unused.slice(0, most).join('');
  const spelled = terms.map((term, at) => term.replace('...', letters.slice(most - (counts[at] ?? 0))));
  return `${spelled.join(',')}->${output.replace('...', letters)}`;
}

const einsum = tensorFunction([], ({ call, recording }) => {
  const [first, ...operands] = call.positional;
  const spelled =
    first?.type === 'str'
      ? writtenOut(
          first.value,
          operands.map((operand) => shapeOf(operand)?.length),
        )
      : undefined;
  if (spelled === undefined || !/^[a-zA-Z]+(,[a-zA-Z]+)*->[a-zA-Z]*$/.test(spelled))
    return recording.opaque('This equation is not understood yet.', operands);
  return recording.add(
    { kind: 'einsum', equation: spelled },
    operands.map((operand) => recording.natural(operand)),
  );
});

/** Zeros on one side of a diagonal. */
const triangle = (side: 'lower' | 'upper'): TensorFunction =>
  tensorFunction(['m', 'k'], (use) => {
    const { op, shape } = use.recording.natural(use.x);
    const diagonal = numberOf(use.args.get('k') ?? int(0));
    if (op.kind !== 'constant' || op.content.kind !== 'fill' || diagonal === undefined)
      return use.opaque('A triangle of an array that is not of one number is not understood yet.');
    const content = { kind: 'triangle', side, diagonal, inside: op.content.value, outside: 0 } as const;
    return use.recording.add({ kind: 'constant', shape, content }, []);
  });

const same: TensorFunction = tensorFunction(
  ['a'],
  ({ x }) => x,
  ({ x }) => x,
);

const atLeast = (op: Op): TensorFunction => tensorFunction(['x'], (use) => use.pointwise(op));

/** Functions of `jax.numpy` on arrays, by name. */
export const numpyFunctions: Readonly<Record<string, TensorFunction>> = {
  ...Object.fromEntries(
    alike.flatMap((name) => {
      const definition = tensorFunctions[name];
      return definition ? [[name, definition] as const] : [];
    }),
  ),
  swapaxes,
  moveaxis,
  permute_dims: tensorFunction(['x', 'axes'], (use) =>
    permuted(use, (all) => axesOf(use, use.args.get('axes'), all.length)),
  ),
  reshape,
  ravel,
  var: spread(false),
  std: spread(true),
  concatenate,
  concat: concatenate,
  repeat,
  argmax: argExtremum('max'),
  argmin: argExtremum('min'),
  clip,
  einsum,
  tril: triangle('lower'),
  triu: triangle('upper'),
  // Of two arrays of which the second has one or two axes, as people use it.
  ...(tensorFunctions['matmul'] ? { dot: tensorFunctions['matmul'] } : {}),
  asarray: same,
  copy: same,
  float32: same,
  shape: tensorFunction(['a'], (use) => {
    const sizes = shapeOf(use.x);
    return sizes ? tuple(sizes.map(fromDim)) : use.interpreter.unknown('shape(…)', 'is not known here');
  }),
  stop_gradient: atLeast({ kind: 'stopGradient' }),
};

/** `jax.numpy.linalg` */
export const linalgFunctions: Readonly<Record<string, TensorFunction>> = { norm };
