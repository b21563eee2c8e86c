import type { OpOf } from '../../../network';
import { float, int, type Call, type Value } from '../../python/values';
import { tensorState } from '../tensor';
import { compute, scalarOf, traceOf } from './compute';
import { function_, type FunctionUse, type TensorFunction } from './define';

export type Comparison = OpOf<'compare'>['operator'];

const comparing = (operator: Comparison): TensorFunction =>
  function_(['other'], (use) => use.add({ kind: 'compare', operator }, [use.x, use.args.value('other')]));

/** `left < right` where one of them is a tensor. */
export function tensorComparison(operator: Comparison, left: Value, right: Value, call: Call): Value {
  if (right.type === 'none') return { type: 'bool', value: operator === 'notEqual' };
  if (tensorState(left)?.kind === 'output') return left;
  const sure = certain(operator, left, scalarOf(right), call);
  if (sure !== undefined) return { type: 'bool', value: sure };
  return compute({ kind: 'compare', operator }, [left, right], call);
}

/** `torch.rand([]) < 0`: how a number of [0, 1) compares with one that is none of them. */
function certain(operator: Comparison, left: Value, bound: number | undefined, call: Call): boolean | undefined {
  const trace = traceOf(call);
  const op = trace?.opOf(left);
  if (op?.kind !== 'noise' || op.distribution !== 'uniform' || bound === undefined) return undefined;
  if (trace?.shape(left)?.length !== 0) return undefined;
  const [below, above] = [bound < 0, bound >= 1];
  switch (operator) {
    case 'less':
      return bound <= 0 ? false : above || undefined;
    case 'lessEqual':
      return below ? false : above || undefined;
    case 'greater':
      return below ? true : above ? false : undefined;
    case 'greaterEqual':
      return bound <= 0 ? true : above ? false : undefined;
    default:
      return undefined;
  }
}

export const not = (x: Value, call: Call): Value => compute({ kind: 'compare', operator: 'equal' }, [x, int(0)], call);

function where(use: FunctionUse): Value {
  const [then, otherwise] = [use.args.get('input'), use.args.get('other')];
  // `x.where(condition, y)` has the tensor first, `torch.where(condition, x, y)` the condition.
  return then && otherwise
    ? use.add({ kind: 'where' }, [use.x, then, otherwise])
    : use.opaque('How many elements fulfil this condition is not known.');
}

const masked = function_(['mask', 'value'], (use) =>
  use.add({ kind: 'where' }, [use.args.value('mask'), use.args.value('value'), use.x]),
);

const comparisons: Readonly<Record<string, Comparison>> = {
  lt: 'less',
  less: 'less',
  le: 'lessEqual',
  less_equal: 'lessEqual',
  gt: 'greater',
  greater: 'greater',
  ge: 'greaterEqual',
  greater_equal: 'greaterEqual',
  eq: 'equal',
  ne: 'notEqual',
  not_equal: 'notEqual',
  logical_and: 'and',
  logical_or: 'or',
  logical_xor: 'notEqual',
  bitwise_and: 'and',
  bitwise_or: 'or',
};

export const comparisonFunctions: Readonly<Record<string, TensorFunction>> = {
  ...Object.fromEntries(Object.entries(comparisons).map(([name, operator]) => [name, comparing(operator)])),
  logical_not: function_([], (use) => not(use.x, use.call)),
  bitwise_not: function_([], (use) => not(use.x, use.call)),
  where: function_(['input', 'other'], where),
  masked_fill: masked,
  isnan: function_([], (use) => use.add({ kind: 'compare', operator: 'notEqual' }, [use.x, use.x])),
  isinf: function_([], (use) =>
    use.add({ kind: 'compare', operator: 'equal' }, [
      use.add({ kind: 'activation', activation: { kind: 'abs' } }),
      float(Infinity),
    ]),
  ),
};

/** The comparison methods that Python's operators call. */
export const comparisonOperators: Readonly<Record<string, Comparison>> = {
  __lt__: 'less',
  __le__: 'lessEqual',
  __gt__: 'greater',
  __ge__: 'greaterEqual',
  __eq__: 'equal',
  __ne__: 'notEqual',
};
