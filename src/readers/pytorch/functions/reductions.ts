import type { OpOf } from '../../../network';
import { int, numberOf, tuple, type Value } from '../../python/values';
import { implicitSoftmaxAxis } from '../layers/softmax';
import { tensorState } from '../tensor';
import { Arithmetic } from './arithmetic';
import { function_, type FunctionUse, type TensorFunction } from './define';
import { cast } from './dtypes';

type How = OpOf<'reduce'>['how'];

/** A reduction over the axes that are asked for, or over all. */
function reduced(use: FunctionUse, how: How, x: Value = use.x, fields: Pick<OpOf<'reduce'>, 'correction'> = {}): Value {
  const asked = use.given('dim', 'axis');
  const rank = use.rank(x);
  const all = rank === undefined ? undefined : Array.from({ length: rank }, (_, axis) => axis);
  const axes = asked ? use.axes(asked) : all;
  if (!axes) return use.opaque(`The axes of this ${how} are not known.`, [x]);
  return use.add({ kind: 'reduce', how, axes, keepDims: use.flag('keepdim', false), ...fields }, [x]);
}

const reduction = (how: How, parameters: readonly string[] = ['dim', 'keepdim', 'dtype']): TensorFunction =>
  function_(parameters, (use) => reduced(use, how));

/** `max()`, `max(dim)` with the places, and `max(other)`. */
const extreme = (which: 'max' | 'min'): TensorFunction =>
  function_(['dim', 'keepdim'], (use) => {
    const other = use.args.get('dim') ?? use.given('other');
    if (other && tensorState(other)) return use.add({ kind: 'extremum', which }, [use.x, other]);
    if (!use.given('dim', 'axis')) return reduced(use, which);
    const axis = use.axis();
    if (axis === undefined) return use.opaque(`The axis of this ${which} is not known.`);
    const keepDims = use.flag('keepdim', false);
    return tuple(
      [
        use.add({ kind: 'reduce', how: which, axes: [axis], keepDims }),
        use.add({ kind: 'argExtremum', which, axis, keepDims }),
      ],
      ['values', 'indices'],
    );
  });

const argExtreme = (which: 'max' | 'min'): TensorFunction =>
  function_(['dim', 'keepdim'], (use) => {
    const axis = use.axis(0);
    const flat = use.given('dim', 'axis') ? use.x : use.add({ kind: 'flatten', start: 0, end: -1 });
    if (axis === undefined) return use.opaque(`The axis of this arg${which} is not known.`);
    return use.add({ kind: 'argExtremum', which, axis, keepDims: use.flag('keepdim', false) }, [flat]);
  });

/** In older code the third argument says whether Bessel's correction is made. */
function variance(use: FunctionUse): Value {
  const first = use.call.positional[1];
  const unbiased = first?.type === 'bool' ? first : use.given('unbiased');
  const correction =
    numberOf(use.given('correction')) ?? (unbiased && use.interpreter.truth(unbiased) === false ? 0 : 1);
  if (first?.type !== 'bool') return reduced(use, 'variance', use.x, { correction });
  const rank = use.rank();
  if (rank === undefined) return use.opaque('The axes of this variance are not known.');
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return use.add({ kind: 'reduce', how: 'variance', axes, keepDims: false, correction });
}

const varianceParameters = ['dim', 'unbiased', 'keepdim'];
const deviation = function_(varianceParameters, (use) => new Arithmetic(use.call).power(variance(use), 0.5));

const norm = function_(['p', 'dim', 'keepdim'], (use) => {
  const given = use.given('p', 'ord');
  const order = given?.type === 'str' ? (given.value === 'fro' ? 2 : undefined) : given ? numberOf(given) : 2;
  return normOf(use, order);
});

const linalgNorm = function_(['ord', 'dim', 'keepdim'], (use) => {
  const given = use.given('ord');
  return normOf(use, given ? (given.type === 'str' ? undefined : numberOf(given)) : 2);
});

function normOf(use: FunctionUse, order: number | undefined): Value {
  const a = new Arithmetic(use.call);
  if (order === 2) return reduced(use, 'norm');
  if (order === 1) return reduced(use, 'sum', a.activation(use.x, { kind: 'abs' }));
  if (order === Infinity) return reduced(use, 'max', a.activation(use.x, { kind: 'abs' }));
  if (order === undefined || order <= 0) return use.opaque('This norm is not understood.');
  return a.power(reduced(use, 'sum', a.power(a.activation(use.x, { kind: 'abs' }), order)), 1 / order);
}

const cumulative = (how: 'sum' | 'product'): TensorFunction =>
  function_(['dim'], (use) => {
    const axis = use.axis();
    return axis === undefined
      ? use.opaque('The axis of this cumulative sum is not known.')
      : use.add({ kind: 'cumulative', how, axis });
  });

/** Each element less the one before it. */
const differences = function_(['n', 'dim', 'prepend', 'append'], (use) => {
  const axis = use.axis(-1);
  const order = numberOf(use.given('n') ?? int(1));
  if (axis === undefined || order === undefined || use.given('prepend', 'append'))
    return use.opaque('These differences are not understood.');
  let x = use.x;
  for (let n = 0; n < order; n++) {
    const later = use.add({ kind: 'slice', axis, start: 1, step: 1 }, [x]);
    x = new Arithmetic(use.call).subtract(later, use.add({ kind: 'slice', axis, start: 0, end: -1, step: 1 }, [x]));
  }
  return x;
});

const softmax = (log: boolean, sign = 1): TensorFunction =>
  function_(['dim'], (use) => {
    const asked = use.given('dim', 'axis');
    const axis = asked ? numberOf(asked) : implicitSoftmaxAxis(use.rank());
    if (axis === undefined) return use.opaque('The axis of this softmax is not known.');
    return use.add({ kind: 'softmax', axis, log }, [new Arithmetic(use.call).affine(use.x, sign, 0)]);
  });

function sorted(use: FunctionUse, k: OpOf<'topK'>['k'] | undefined, largest: boolean): readonly Value[] | undefined {
  const axis = use.axis(-1);
  if (axis === undefined || k === undefined) return undefined;
  return (['values', 'indices'] as const).map((result) => use.add({ kind: 'topK', k, axis, largest, result }));
}

const fields = ['values', 'indices'];

const topK = function_(['k', 'dim', 'largest', 'sorted'], (use) => {
  const found = sorted(use, use.dim('k'), use.flag('largest', true));
  return found ? tuple(found, fields) : use.opaque('The axis of this `topk` is not known.');
});

const sort = (onlyPlaces: boolean): TensorFunction =>
  function_(['dim', 'descending'], (use) => {
    const size = use.shape()?.at(use.axis(-1) ?? Number.NaN);
    const found = sorted(use, size, use.flag('descending', false));
    const [, places] = found ?? [];
    if (!found || !places) return use.opaque('The axis along which this is sorted is not known.');
    return onlyPlaces ? places : tuple(found, fields);
  });

/** Of truth values: some (the largest) or all (the smallest) hold. */
const quantified = (how: 'max' | 'min'): TensorFunction =>
  function_(['dim', 'keepdim'], (use) => cast(reduced(use, how, cast(use.x, 'bool', use.call)), 'bool', use.call));

const momentPair = (second: (use: FunctionUse) => Value): TensorFunction =>
  function_(varianceParameters, (use) => tuple([second(use), reduced(use, 'mean')]));

const countNonzero = function_(['dim'], (use) =>
  reduced(use, 'sum', use.add({ kind: 'compare', operator: 'notEqual' }, [use.x, int(0)])),
);

export const reductionFunctions: Readonly<Record<string, TensorFunction>> = {
  mean: reduction('mean'),
  nanmean: reduction('mean'),
  sum: reduction('sum'),
  nansum: reduction('sum'),
  amax: reduction('max', ['dim', 'keepdim']),
  amin: reduction('min', ['dim', 'keepdim']),
  prod: reduction('product'),
  logsumexp: reduction('logSumExp', ['dim', 'keepdim']),
  max: extreme('max'),
  min: extreme('min'),
  argmax: argExtreme('max'),
  argmin: argExtreme('min'),
  var: function_(varianceParameters, variance),
  std: deviation,
  var_mean: momentPair(variance),
  std_mean: momentPair((use) => new Arithmetic(use.call).power(variance(use), 0.5)),
  norm,
  vector_norm: linalgNorm,
  cumsum: cumulative('sum'),
  cumprod: cumulative('product'),
  diff: differences,
  softmax: softmax(false),
  log_softmax: softmax(true),
  softmin: softmax(false, -1),
  topk: topK,
  sort: sort(false),
  argsort: sort(true),
  any: quantified('max'),
  all: quantified('min'),
  count_nonzero: countNonzero,
};
