import { CallArguments } from '../arguments';
import { builtin, builtinClass } from '../classes';
import type { Interpreter } from '../interpreter';
import { isElements } from '../operators';
import { sliceIndices } from '../subscripts';
import { symbolOf } from '../truth';
import {
  bool,
  float,
  InstanceValue,
  int,
  ListValue,
  none,
  numberOf,
  tuple,
  type Call,
  type UnknownValue,
  type Value,
} from '../values';
import { mathModule } from './math';
import { moduleOf } from './module';
import { elementwise, linearSteps, NumberArray, roundHalfEven, runningTotals } from './numberArray';
import { objectClass } from './types';

const arrayClass = builtinClass('ndarray', [objectClass], {}, () => new NumberArray([0], [], false));

const scalar = (value: number, whole: boolean): Value => (whole ? int(value) : float(value));

/** An array as a value; one without axes is its number. */
function toValue(array: NumberArray, { site }: Pick<Call, 'site'>): Value {
  const [only] = array.data;
  if (array.shape.length === 0 && only !== undefined) return scalar(only, array.whole);
  return new InstanceValue(arrayClass, site, array);
}

/** The numbers that a value is or holds, in rows of equal length; undefined where one is not known. */
export function arrayOf(interpreter: Interpreter, value: Value | undefined): NumberArray | undefined {
  if (!value) return undefined;
  if (value.type === 'instance' && value.native instanceof NumberArray) return value.native;
  const number = numberOf(value);
  if (number !== undefined) return new NumberArray([], [number], value.type !== 'float');
  if (value.type !== 'list' && value.type !== 'tuple' && value.type !== 'range' && value.type !== 'iterator')
    return undefined;
  const elements = interpreter.iterate(value);
  if (!isElements(elements)) return undefined;
  const parts: NumberArray[] = [];
  for (const element of elements) {
    const part = arrayOf(interpreter, element);
    if (!part || String(part.shape) !== String(parts[0]?.shape ?? part.shape)) return undefined;
    parts.push(part);
  }
  const whole = parts.every((part) => part.whole);
  return new NumberArray(
    [parts.length, ...(parts[0]?.shape ?? [])],
    parts.flatMap(({ data }) => data),
    whole,
  );
}

function doubt(call: Call, name: string): UnknownValue {
  const source = call.positional.find((value) => value.type === 'unknown');
  const symbol = `${name}(${call.positional.map(symbolOf).join(', ').slice(0, 60)})`;
  return source?.type === 'unknown' ? { ...source, symbol } : call.interpreter.unknown(symbol, 'is not followed');
}

/** A function of arrays whose numbers are all known. */
const onArrays =
  (name: string, count: number, compute: (arrays: readonly NumberArray[], call: Call) => NumberArray | undefined) =>
  (call: Call): Value => {
    const arrays: NumberArray[] = [];
    for (const value of call.positional.slice(0, count)) {
      const array = arrayOf(call.interpreter, value);
      if (!array) return doubt(call, name);
      call.interpreter.budget.spend(array.data.length);
      arrays.push(array);
    }
    const result = compute(arrays, call);
    return result ? toValue(result, call) : doubt(call, name);
  };

type Pure = (x: number) => number;
const wholeBy: Readonly<Record<string, Pure>> = {
  abs: Math.abs,
  absolute: Math.abs,
  negative: (x) => -x,
  square: (x) => x * x,
};
const realBy: Readonly<Record<string, Pure>> = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  rint: roundHalfEven,
};
const pairwise: Readonly<Record<string, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  mod: (x, y) => x - y * Math.floor(x / y),
  floor_divide: (x, y) => Math.floor(x / y),
  power: (x, y) => x ** y,
  maximum: Math.max,
  minimum: Math.min,
};
const reductions: Readonly<Record<string, (data: readonly number[]) => number>> = {
  sum: (data) => data.reduce((total, value) => total + value, 0),
  prod: (data) => data.reduce((result, value) => result * value, 1),
  max: (data) => Math.max(...data),
  min: (data) => Math.min(...data),
};

function rounded({ data, shape, whole }: NumberArray, places: Value | undefined): NumberArray {
  const scale = 10 ** (numberOf(places) ?? 0);
  return new NumberArray(
    shape,
    data.map((value) => roundHalfEven(value * scale) / scale),
    whole,
  );
}

/** Over all numbers; along one axis only where there is no other. */
function reduced(compute: (data: readonly number[]) => number, whole: boolean | undefined) {
  return ([array]: readonly NumberArray[], { keywords, positional }: Call): NumberArray | undefined => {
    const axis = keywords.get('axis') ?? positional[1];
    if (!array || array.data.length === 0 || (axis && axis.type !== 'none' && array.shape.length > 1)) return undefined;
    return new NumberArray([], [compute(array.data)], whole ?? array.whole);
  };
}

const mean = (data: readonly number[]): number => data.reduce((total, value) => total + value, 0) / data.length;

const arrayFunctions: Readonly<Record<string, (call: Call) => Value>> = {
  ...Object.fromEntries(
    Object.entries(wholeBy).map(([name, compute]) => [name, onArrays(name, 1, ([array]) => array?.map(compute))]),
  ),
  ...Object.fromEntries(
    Object.entries(realBy).map(([name, compute]) => [name, onArrays(name, 1, ([array]) => array?.map(compute, false))]),
  ),
  ...Object.fromEntries(
    Object.entries(pairwise).map(([name, compute]) => [
      name,
      onArrays(name, 2, ([a, b]) => a && b && elementwise(a, b, compute)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(reductions).map(([name, compute]) => [name, onArrays(name, 1, reduced(compute, undefined))]),
  ),
  mean: onArrays('mean', 1, reduced(mean, false)),
  divide: onArrays('divide', 2, ([a, b]) => a && b && elementwise(a, b, (x, y) => x / y, false)),
  cumsum: onArrays('cumsum', 1, ([array]) => array && NumberArray.of(runningTotals(array.data), array.whole)),
  round: onArrays(
    'round',
    1,
    ([array], { positional, keywords }) => array && rounded(array, positional[1] ?? keywords.get('decimals')),
  ),
  array: onArrays('array', 1, ([array], call) => array && typed(array, call.keywords.get('dtype'))),
  asarray: onArrays('asarray', 1, ([array], call) => array && typed(array, call.keywords.get('dtype'))),
  concatenate: ({ positional: [lists = none], ...call }) => {
    const parts = call.interpreter.iterate(lists);
    const arrays = isElements(parts) ? parts.map((part) => arrayOf(call.interpreter, part)) : [undefined];
    const known = arrays.filter((array) => array !== undefined);
    return known.length === arrays.length && known.every(({ shape }) => shape.length === 1)
      ? toValue(
          NumberArray.of(
            known.flatMap(({ data }) => data),
            known.every(({ whole }) => whole),
          ),
          call,
        )
      : doubt({ ...call, positional: [lists] }, 'concatenate');
  },
  unique: onArrays(
    'unique',
    1,
    ([array]) =>
      array &&
      NumberArray.of(
        [...new Set(array.data)].sort((a, b) => a - b),
        array.whole,
      ),
  ),
  linspace: (call) => {
    const args = new CallArguments(call, ['start', 'stop', 'num', 'endpoint']);
    const [start, stop] = [numberOf(args.get('start')), numberOf(args.get('stop'))];
    const count = args.has('num') ? numberOf(args.get('num')) : 50;
    const closed = args.get('endpoint');
    if (
      start === undefined ||
      stop === undefined ||
      count === undefined ||
      count > call.interpreter.budget.limits.elements
    )
      return doubt(call, 'linspace');
    const endpoint = !closed || call.interpreter.truth(closed) === true;
    return toValue(NumberArray.of(linearSteps(start, stop, count, endpoint), false), call);
  },
  arange: (call) => {
    const numbers = call.positional.map(numberOf);
    const [a, b, c = 1] = numbers;
    const [start, stop] = numbers.length > 1 ? [a, b] : [0, a];
    const whole = call.positional.every((value) => value.type === 'int');
    if (start === undefined || stop === undefined || numbers.includes(undefined) || c === 0)
      return doubt(call, 'arange');
    const length = Math.max(0, Math.ceil((stop - start) / c));
    if (length > call.interpreter.budget.limits.elements) return doubt(call, 'arange');
    const data = Array.from({ length }, (_, index) => start + index * c);
    return toValue(typed(NumberArray.of(data, whole), call.keywords.get('dtype')), call);
  },
  zeros: filled(0),
  ones: filled(1),
  full: (call) => filled(numberOf(call.positional[1] ?? call.keywords.get('fill_value')) ?? Number.NaN)(call),
};

function filled(value: number) {
  return (call: Call): Value => {
    const shape = arrayOf(call.interpreter, call.positional[0] ?? call.keywords.get('shape'))?.data;
    const count = shape?.reduce((result, size) => result * size, 1) ?? Number.NaN;
    if (!shape || Number.isNaN(value) || !(count <= call.interpreter.budget.limits.elements))
      return doubt(call, 'full');
    const array = new NumberArray(
      shape,
      Array.from({ length: count }, () => value),
      false,
    );
    return toValue(typed(array, call.keywords.get('dtype')), call);
  };
}

/** With the type of number that is asked for, where one is. */
function typed(array: NumberArray, type: Value | undefined): NumberArray {
  if (!type || type.type === 'none') return array;
  const name = type.type === 'class' || type.type === 'builtin' ? type.name : symbolOf(type);
  return name.includes('int') ? array.map(Math.trunc, true) : array.map((value) => value, false);
}

const method =
  (compute: (array: NumberArray, call: Call) => Value | undefined, name: string) =>
  (call: Call): Value => {
    const [self] = call.positional;
    const array = self?.type === 'instance' && self.native instanceof NumberArray ? self.native : undefined;
    return (array && compute(array, call)) ?? doubt({ ...call, positional: call.positional.slice(1) }, name);
  };

function nested(array: NumberArray): Value {
  if (array.shape.length === 0) return scalar(array.data[0] ?? 0, array.whole);
  return new ListValue(rowsOf(array).map(nested));
}

function rowsOf(array: NumberArray): readonly NumberArray[] {
  return Array.from({ length: array.shape[0] ?? 0 }, (_, index) => array.at(index)).filter((row) => row !== undefined);
}

function item(array: NumberArray, call: Call): Value | undefined {
  const [, index = none] = call.positional;
  const at = numberOf(index);
  if (at !== undefined) {
    const row = array.at(at);
    return row && toValue(row, call);
  }
  if (index.type !== 'slice') return undefined;
  const places = sliceIndices(index, array.shape[0] ?? 0);
  const rows = places?.map((place) => array.at(place)).filter((row) => row !== undefined);
  return (
    rows &&
    toValue(
      new NumberArray(
        [rows.length, ...array.shape.slice(1)],
        rows.flatMap(({ data }) => data),
        array.whole,
      ),
      call,
    )
  );
}

/** `a + b` and `b + a` of arrays. */
const operator = (name: string, swapped: boolean) =>
  method((array, call) => {
    const other = arrayOf(call.interpreter, call.positional[1]);
    const compute = name === 'divide' ? (x: number, y: number) => x / y : pairwise[name];
    const [a, b] = swapped ? [other, array] : [array, other];
    const result = a && b && compute && elementwise(a, b, compute, name === 'divide' ? false : undefined);
    return result && toValue(result, call);
  }, name);

const operatorNames = {
  add: 'add',
  sub: 'subtract',
  mul: 'multiply',
  truediv: 'divide',
  floordiv: 'floor_divide',
  mod: 'mod',
  pow: 'power',
} as const;

const methods: Readonly<Record<string, (call: Call) => Value>> = {
  tolist: method(nested, 'tolist'),
  item: method((array) => (array.data.length === 1 ? scalar(array.data[0] ?? 0, array.whole) : undefined), 'item'),
  astype: method((array, call) => toValue(typed(array, call.positional[1]), call), 'astype'),
  copy: method((array, call) => toValue(array, call), 'copy'),
  flatten: method((array, call) => toValue(NumberArray.of(array.data, array.whole), call), 'flatten'),
  reshape: method((array, call) => {
    const sizes = call.positional.slice(1).flatMap((size) => arrayOf(call.interpreter, size)?.data ?? [Number.NaN]);
    const result = array.reshaped(sizes);
    return result && toValue(result, call);
  }, 'reshape'),
  __len__: method((array) => int(array.shape[0] ?? 0), 'len'),
  __iter__: method((array, call) => new ListValue(rowsOf(array).map((row) => toValue(row, call))), 'iter'),
  __getitem__: method(item, 'getitem'),
  __neg__: method(
    (array, call) =>
      toValue(
        array.map((value) => -value),
        call,
      ),
    'neg',
  ),
  ...Object.fromEntries(
    ['sum', 'prod', 'max', 'min', 'mean', 'cumsum', 'round'].map((name) => [
      name,
      arrayFunctions[name] ?? (() => none),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(operatorNames).flatMap(([short, name]) => [
      [`__${short}__`, operator(name, false)],
      [`__r${short}__`, operator(name, true)],
    ]),
  ),
};

const property = (compute: (array: NumberArray, call: Call) => Value | undefined, name: string): Value => ({
  type: 'property',
  getter: builtin(name, method(compute, name)),
});

arrayClass.attributes.fill(
  new Map<string, Value>([
    ...Object.entries(methods).map(([name, call]) => [name, builtin(name, call, true)] as const),
    ['shape', property(({ shape }) => tuple(shape.map(int)), 'shape')],
    ['size', property(({ data }) => int(data.length), 'size')],
    ['ndim', property(({ shape }) => int(shape.length), 'ndim')],
  ]),
);

/** The part of numpy that sizes, rates and gains are computed with. */
export const numpyModule = moduleOf('numpy', () => ({
  ...Object.fromEntries(Object.entries(arrayFunctions).map(([name, call]) => [name, builtin(name, call)])),
  ndarray: arrayClass,
  newaxis: none,
  isnan: builtin('isnan', ({ positional: [value] }) => bool(Number.isNaN(numberOf(value) ?? 0))),
  ...Object.fromEntries((['pi', 'inf', 'nan', 'e'] as const).map((name) => [name, mathModule.get(name) ?? none])),
  ...Object.fromEntries(
    ['int32', 'int64', 'int_', 'float32', 'float64', 'uint8', 'bool_'].map((name) => [
      name,
      builtin(name, ({ positional: [value = none], interpreter }) => {
        const number = numberOf(value);
        if (number === undefined) return interpreter.unknown(`${name}(${symbolOf(value)})`, 'is not a number');
        return name.includes('int') ? int(Math.trunc(number)) : float(number);
      }),
    ]),
  ),
}));
