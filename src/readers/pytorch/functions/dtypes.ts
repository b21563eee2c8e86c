import { builtinClass } from '../../python/classes';
import { objectClass } from '../../python/library/types';
import { float, InstanceValue, type Call, type Value } from '../../python/values';
import { SourceText } from '../../text/source';
import { makeTensor, tensorState, type TensorState } from '../tensor';
import { ConstantState, type NumberKind } from '../draw';
import { Arithmetic, truncated } from './arithmetic';
import { asConstant, compute, traceOf } from './compute';
import { numberKindOf } from './numberKind';

/** `torch.float32` and its like: of them it only matters what kind of numbers they are. */
class DType {
  constructor(readonly kind: NumberKind) {}
}

const nowhere = { source: new SourceText('', ''), start: 0, end: 0 };
const dtypeClass = builtinClass('dtype', [objectClass], {});
const dtype = (kind: NumberKind): Value => new InstanceValue(dtypeClass, nowhere, new DType(kind));

const floats = ['float32', 'float64', 'float16', 'bfloat16'].map((name) => [name, dtype('float')] as const);
const whole = ['int64', 'int32', 'int16', 'int8', 'uint8'].map((name) => [name, dtype('int')] as const);
const truth = dtype('bool');
const named = new Map<string, Value>([...floats, ...whole]);
const also: Readonly<Record<string, string>> = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  long: 'int64',
  int: 'int32',
  short: 'int16',
};

/** The types of elements, by their names in `torch`. */
export const dtypes: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(named),
  ...Object.fromEntries(
    Object.entries(also).flatMap(([name, type]) => {
      const value = named.get(type);
      return value ? [[name, value] as const] : [];
    }),
  ),
  bool: truth,
};

/** The kind of numbers that a type of elements holds; undefined for what is none. */
export function kindOfDtype(value: Value | undefined): NumberKind | undefined {
  if (value?.type === 'instance') return value.native instanceof DType ? value.native.kind : undefined;
  if (value?.type === 'class' && ['int', 'float', 'bool'].includes(value.name)) return value.name as NumberKind;
  return undefined;
}

/** The type of a kind: PyTorch's default of it. */
export function dtypeOf(kind: NumberKind): Value | undefined {
  return kind === 'bool' ? truth : named.get(kind === 'int' ? 'int64' : 'float32');
}

/** The same numbers as elements of another kind: whole ones are cut off towards zero, truth values are what is not zero. */
export function cast(x: Value, to: NumberKind, call: Call): Value {
  const state = tensorState(x)?.kind === 'node' ? tensorState(x) : asConstant(x);
  const from = numberKindOf(x, traceOf(call));
  if (from === to || (state?.kind !== 'node' && state?.kind !== 'constant')) return x;
  if (to === 'bool') return compute({ kind: 'compare', operator: 'notEqual' }, [x, { type: 'int', value: 0 }], call);
  if (to === 'int' && from === 'float') {
    const arithmetic = new Arithmetic(call);
    const cut = tensorState(truncated(arithmetic, x));
    return cut?.kind === 'node' || cut?.kind === 'constant' ? makeTensor(ofKind(cut, 'int'), call.site) : x;
  }
  return makeTensor(ofKind(state, to), call.site);
}

type Numbered = Extract<TensorState, { kind: 'node' | 'constant' }>;

function ofKind(state: Numbered, numbers: NumberKind): Numbered {
  if (state.kind === 'node') return { ...state, numbers };
  return new ConstantState(state.shape, state.draw, state.origin, state.content, numbers);
}

/** `torch.finfo(…)`, of single precision. */
export const floatLimits: Readonly<Record<string, Value>> = {
  max: float(3.4028234663852886e38),
  min: float(-3.4028234663852886e38),
  eps: float(2 ** -23),
  tiny: float(2 ** -126),
  smallest_normal: float(2 ** -126),
};
