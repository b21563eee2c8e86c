import type { Activation, Op } from '../../../network';
import { float, int, numberOf, type Value } from '../../python/values';
import { tensorFunction, type FunctionUse, type TensorFunction } from './define';
import { tensorArithmetic } from './arithmetic';
import { binary as binaryOf } from '../../python/operators';
import type { BinaryOperator } from '../../python/syntax';

/** One tensor, element by element; of a plain number it gives the number. */
const unary = (activation: Activation, number: (x: number) => number): TensorFunction =>
  tensorFunction(
    ['x'],
    (use) => use.pointwise({ kind: 'activation', activation }),
    ({ x }) => {
      const value = numberOf(x);
      return value === undefined ? undefined : float(number(value));
    },
  );

const power = (exponent: number): TensorFunction => unary({ kind: 'power', exponent }, (x) => x ** exponent);

const binary = (operator: BinaryOperator): TensorFunction => {
  const apply = ({ args, call, recording }: FunctionUse): Value =>
    tensorArithmetic(operator, args.value('x1'), args.value('x2'), call, recording);
  return tensorFunction(['x1', 'x2'], apply, ({ args, interpreter }) =>
    binaryOf(interpreter, operator, args.value('x1'), args.value('x2')),
  );
};

const joined = (op: Op): TensorFunction =>
  tensorFunction(['x1', 'x2'], ({ recording, args }) => recording.joined(op, [args.value('x1'), args.value('x2')]));

const compare = (operator: 'less' | 'lessEqual' | 'greater' | 'greaterEqual' | 'equal' | 'notEqual'): TensorFunction =>
  joined({ kind: 'compare', operator });

/** Gives the tensor as it is, for what is followed here. */
const same = tensorFunction(
  ['x'],
  ({ x }) => x,
  ({ x }) => x,
);

const square: Activation = { kind: 'square' };
const abs: Activation = { kind: 'abs' };

export const elementwiseFunctions: Readonly<Record<string, TensorFunction>> = {
  add: binary('+'),
  subtract: binary('-'),
  sub: binary('-'),
  multiply: binary('*'),
  mul: binary('*'),
  divide: binary('/'),
  true_divide: binary('/'),
  truediv: binary('/'),
  div: binary('/'),
  pow: binary('**'),
  power: binary('**'),
  matmul: binary('@'),
  maximum: joined({ kind: 'extremum', which: 'max' }),
  minimum: joined({ kind: 'extremum', which: 'min' }),
  less: compare('less'),
  less_equal: compare('lessEqual'),
  greater: compare('greater'),
  greater_equal: compare('greaterEqual'),
  equal: compare('equal'),
  not_equal: compare('notEqual'),
  logical_and: joined({ kind: 'compare', operator: 'and' }),
  logical_or: joined({ kind: 'compare', operator: 'or' }),
  where: tensorFunction(['condition', 'x1', 'x2'], ({ recording, args }) =>
    recording.joined({ kind: 'where' }, [args.value('condition'), args.value('x1'), args.value('x2')]),
  ),
  negative: tensorFunction(['x'], ({ x, call, recording }) => tensorArithmetic('*', x, int(-1), call, recording)),
  exp: unary({ kind: 'exp' }, Math.exp),
  log: unary({ kind: 'log', offset: 0 }, Math.log),
  log1p: unary({ kind: 'log', offset: 1 }, Math.log1p),
  sqrt: power(0.5),
  rsqrt: power(-0.5),
  reciprocal: power(-1),
  square: unary(square, (x) => x * x),
  abs: unary(abs, Math.abs),
  absolute: unary(abs, Math.abs),
  sin: unary({ kind: 'sin' }, Math.sin),
  cos: unary({ kind: 'cos' }, Math.cos),
  arctan: unary({ kind: 'arctan' }, Math.atan),
  atan: unary({ kind: 'arctan' }, Math.atan),
  erf: tensorFunction(['x'], (use) => use.pointwise({ kind: 'activation', activation: { kind: 'erf' } })),
  sign: unary({ kind: 'sign' }, Math.sign),
  floor: unary({ kind: 'floor' }, Math.floor),
  round: tensorFunction(['x'], (use) => use.pointwise({ kind: 'activation', activation: { kind: 'round' } })),
  clip: tensorFunction(['x', 'x_min', 'x_max', 'clip_value_min', 'clip_value_max', 'min_value', 'max_value'], (use) => {
    const bound = (...names: readonly string[]): number | undefined =>
      names.map((name) => numberOf(use.args.get(name))).find((value) => value !== undefined);
    const [low, high] = [bound('x_min', 'clip_value_min', 'min_value'), bound('x_max', 'clip_value_max', 'max_value')];
    return low === undefined || high === undefined
      ? use.opaque('The bounds of this clipping are not known.')
      : use.pointwise({ kind: 'activation', activation: { kind: 'hardtanh', low, high } });
  }),
  cast: same,
  convert_to_tensor: same,
  identity: same,
  stop_gradient: tensorFunction(['x'], (use) => use.pointwise({ kind: 'stopGradient' })),
};
