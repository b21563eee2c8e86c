import type { Activation } from '../../../network';
import { float, numberOf, type Value } from '../../python/values';
import { activationFunctions } from '../layers/activations';
import { Arithmetic, negated, tensorArithmetic, truncated } from './arithmetic';
import { function_, type TensorFunction } from './define';

const activations: Readonly<Record<string, TensorFunction>> = Object.fromEntries(
  Object.entries(activationFunctions).map(([name, form]) => [
    name,
    function_(form.parameters, (use) => use.add({ kind: 'activation', activation: form.of(use.settings) })),
  ]),
);

/** A chain of steps on one tensor. */
const chain = (steps: (arithmetic: Arithmetic, x: Value) => Value): TensorFunction =>
  function_([], (use) => steps(new Arithmetic(use.call), use.x));

const pointwise = (activation: Activation): TensorFunction => chain((a, x) => a.activation(x, activation));
const power = (exponent: number): TensorFunction => chain((a, x) => a.power(x, exponent));
const exp: Activation = { kind: 'exp' };
const log = (offset: number): Activation => ({ kind: 'log', offset });

/** Functions of one tensor that are put together from others. */
const mathematical: Readonly<Record<string, TensorFunction>> = {
  log: pointwise(log(0)),
  log1p: pointwise(log(1)),
  log2: chain((a, x) => a.affine(a.activation(x, log(0)), 1 / Math.LN2, 0)),
  log10: chain((a, x) => a.affine(a.activation(x, log(0)), 1 / Math.LN10, 0)),
  exp2: chain((a, x) => a.activation(a.affine(x, Math.LN2, 0), exp)),
  expm1: chain((a, x) => a.affine(a.activation(x, exp), 1, -1)),
  sqrt: power(0.5),
  rsqrt: power(-0.5),
  reciprocal: power(-1),
  sign: pointwise({ kind: 'sign' }),
  sgn: pointwise({ kind: 'sign' }),
  floor: pointwise({ kind: 'floor' }),
  round: pointwise({ kind: 'round' }),
  absolute: pointwise({ kind: 'abs' }),
  ceil: chain((a, x) => a.affine(a.floor(a.affine(x, -1, 0)), -1, 0)),
  trunc: chain(truncated),
  frac: chain((a, x) => a.subtract(x, truncated(a, x))),
  tan: chain((a, x) => a.divide(a.activation(x, { kind: 'sin' }), a.activation(x, { kind: 'cos' }))),
  sinh: chain((a, x) => a.affine(a.subtract(a.activation(x, exp), a.activation(a.affine(x, -1, 0), exp)), 0.5, 0)),
  cosh: chain((a, x) => a.affine(a.add(a.activation(x, exp), a.activation(a.affine(x, -1, 0), exp)), 0.5, 0)),
  logit: chain((a, x) => a.subtract(a.activation(x, log(0)), a.activation(a.affine(x, -1, 1), log(0)))),
  neg: function_([], (use) => negated(use.x, use.call)),
  negative: function_([], (use) => negated(use.x, use.call)),
  positive: function_([], (use) => use.x),
  nan_to_num: function_(['nan', 'posinf', 'neginf'], (use) => use.x),
};

type Operator = Parameters<typeof tensorArithmetic>[0];

const binary = (operator: Operator): TensorFunction =>
  function_(['other', 'alpha', 'rounding_mode'], (use) => {
    const alpha = use.given('alpha');
    const other = use.given('other', 'exponent', 'mat2') ?? use.args.value('other');
    const second = alpha ? tensorArithmetic('*', other, alpha, use.call) : other;
    const rounding = use.given('rounding_mode');
    const result = tensorArithmetic(operator, use.x, second, use.call);
    if (!rounding) return result;
    const arithmetic = new Arithmetic(use.call);
    return rounding.type === 'str' && rounding.value === 'floor'
      ? arithmetic.floor(result)
      : truncated(arithmetic, result);
  });

const extremum = (which: 'max' | 'min'): TensorFunction =>
  function_(['other'], (use) => use.add({ kind: 'extremum', which }, [use.x, use.args.value('other')]));

const clamp = function_(['min', 'max'], (use) => {
  const [low, high] = [use.given('min'), use.given('max')];
  const [a, b] = [numberOf(low), numberOf(high)];
  if (a !== undefined && b !== undefined)
    return use.add({ kind: 'activation', activation: { kind: 'hardtanh', low: a, high: b } });
  const raised = low ? use.add({ kind: 'extremum', which: 'max' }, [use.x, low]) : use.x;
  return high ? use.add({ kind: 'extremum', which: 'min' }, [raised, high]) : raised;
});
const clampMin = function_(['min'], (use) =>
  use.add({ kind: 'extremum', which: 'max' }, [use.x, use.args.value('min')]),
);
const clampMax = function_(['max'], (use) =>
  use.add({ kind: 'extremum', which: 'min' }, [use.x, use.args.value('max')]),
);

/** x + w · (end − x) */
const lerp = function_(['end', 'weight'], (use) => {
  const a = new Arithmetic(use.call);
  return a.add(use.x, a.multiply(a.subtract(use.args.value('end'), use.x), use.args.value('weight')));
});

const combined = (operator: 'multiply' | 'divide'): TensorFunction =>
  function_(['tensor1', 'tensor2', 'value'], (use) => {
    const a = new Arithmetic(use.call);
    const both = a[operator](use.args.value('tensor1'), use.args.value('tensor2'));
    return a.add(use.x, a.multiply(both, use.given('value') ?? float(1)));
  });

const glu = function_(['dim'], (use) => {
  const axis = use.axis(-1);
  const shape = use.shape();
  const size = axis === undefined ? undefined : shape?.at(axis);
  if (axis === undefined || typeof size !== 'number') return use.opaque('The size that a GLU halves is not known.');
  const half = (start: number, end: number): Value => use.add({ kind: 'slice', axis, start, end, step: 1 });
  const a = new Arithmetic(use.call);
  return a.multiply(half(0, size / 2), a.activation(half(size / 2, size), { kind: 'sigmoid' }));
});

const prelu = function_(['weight'], (use) => {
  const slope = use.parameterPath('weight');
  // Where the slope is computed: max(0, x) + a · min(0, x).
  if (slope !== undefined) return use.add({ kind: 'activation', activation: { kind: 'prelu', slope: 0.25 }, slope });
  const a = new Arithmetic(use.call);
  const weight = use.args.value('weight');
  const rank = use.rank();
  const wide =
    (use.shape(weight)?.length ?? 0) === 1 && rank !== undefined && rank > 2
      ? a.op({ kind: 'reshape', shape: [-1, ...Array.from({ length: rank - 2 }, () => 1)] }, weight)
      : weight;
  const below = a.op({ kind: 'extremum', which: 'min' }, use.x, float(0));
  return a.add(a.activation(use.x, { kind: 'relu' }), a.multiply(below, wide));
});

export const elementwiseFunctions: Readonly<Record<string, TensorFunction>> = {
  ...activations,
  ...mathematical,
  add: binary('+'),
  sub: binary('-'),
  subtract: binary('-'),
  mul: binary('*'),
  multiply: binary('*'),
  div: binary('/'),
  divide: binary('/'),
  true_divide: binary('/'),
  floor_divide: binary('//'),
  remainder: binary('%'),
  pow: binary('**'),
  rsub: function_(['other'], (use) => tensorArithmetic('-', use.args.value('other'), use.x, use.call)),
  maximum: extremum('max'),
  fmax: extremum('max'),
  minimum: extremum('min'),
  fmin: extremum('min'),
  clamp,
  clip: clamp,
  clamp_min: clampMin,
  clamp_max: clampMax,
  lerp,
  addcmul: combined('multiply'),
  addcdiv: combined('divide'),
  glu,
  prelu,
};
