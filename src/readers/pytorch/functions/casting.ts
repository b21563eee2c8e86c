import type { Value } from '../../python/values';
import { tensorState } from '../tensor';
import type { NumberKind } from '../draw';
import { function_, type FunctionUse, type TensorFunction } from './define';
import { cast, kindOfDtype } from './dtypes';
import { numberKindOf } from './numberKind';

/** `x.to(…)`: of a device nothing changes, of a type (or a tensor) the kind of numbers does. */
function to(use: FunctionUse): Value {
  const given = [...use.call.positional.slice(1), ...use.call.keywords.values()];
  for (const value of given) {
    const kind = kindOfDtype(value) ?? (tensorState(value) ? numberKindOf(value, use.trace) : undefined);
    if (kind) return cast(use.x, kind, use.call);
  }
  return use.x;
}

const casting = (kind: NumberKind): TensorFunction => function_([], (use) => cast(use.x, kind, use.call));

export const castingFunctions: Readonly<Record<string, TensorFunction>> = {
  to: function_([], to),
  type: function_([], to),
  type_as: function_([], to),
  float: casting('float'),
  double: casting('float'),
  half: casting('float'),
  bfloat16: casting('float'),
  long: casting('int'),
  int: casting('int'),
  short: casting('int'),
  bool: casting('bool'),
};
