import erf from '@stdlib/math-base-special-erf';
import { builtin } from '../classes';
import { symbolOf } from '../truth';
import { bool, float, int, numberOf, type Call, type Value } from '../values';
import { moduleOf } from './module';

type Real = (...numbers: readonly number[]) => number;

const functions: Readonly<Record<string, Real>> = {
  sqrt: (x) => Math.sqrt(x),
  exp: (x) => Math.exp(x),
  log: (x, base = Math.E) => Math.log(x) / Math.log(base),
  log2: (x) => Math.log2(x),
  log10: (x) => Math.log10(x),
  pow: (x, y) => x ** y,
  sin: (x) => Math.sin(x),
  cos: (x) => Math.cos(x),
  tan: (x) => Math.tan(x),
  tanh: (x) => Math.tanh(x),
  atan: (x) => Math.atan(x),
  atan2: (y, x) => Math.atan2(y, x),
  asin: (x) => Math.asin(x),
  acos: (x) => Math.acos(x),
  sinh: (x) => Math.sinh(x),
  cosh: (x) => Math.cosh(x),
  log1p: (x) => Math.log1p(x),
  expm1: (x) => Math.expm1(x),
  cbrt: (x) => Math.cbrt(x),
  fsum: (...numbers) => numbers.reduce((total, number) => total + number, 0),
  fmod: (x, y) => x % y,
  radians: (x) => (x * Math.PI) / 180,
  degrees: (x) => (x * 180) / Math.PI,
  hypot: (...numbers) => Math.hypot(...numbers),
  fabs: (x) => Math.abs(x),
  erf: (x) => erf(x),
  erfc: (x) => 1 - erf(x),
};

const wholeFunctions: Readonly<Record<string, Real>> = {
  floor: (x) => Math.floor(x),
  ceil: (x) => Math.ceil(x),
  trunc: (x) => Math.trunc(x),
  isqrt: (x) => Math.floor(Math.sqrt(x)),
  prod: (...factors) => factors.reduce((result, factor) => result * factor, 1),
  factorial: (x) => Array.from({ length: Math.min(x, 170) }, (_, at) => at + 1).reduce((a, b) => a * b, 1),
  comb: (n, k) => Array.from({ length: Math.min(k, 1000) }, (_, at) => (n - at) / (at + 1)).reduce((a, b) => a * b, 1),
  lcm: (...numbers) =>
    numbers.reduce((a, b) => (a === 0 || b === 0 ? 0 : Math.abs(a * b) / greatestCommonDivisor(a, b)), 1),
  gcd: (...numbers) => numbers.reduce(greatestCommonDivisor, 0),
};

function greatestCommonDivisor(a: number, b: number): number {
  let [big, small] = [Math.abs(a), Math.abs(b)];
  while (small > 0) [big, small] = [small, big % small];
  return big;
}

/** A function of numbers: of an unknown number the result is unknown, named after it. */
function numeric(name: string, compute: Real, result: (value: number) => Value): Value {
  return builtin(name, ({ interpreter, positional }: Call) => {
    const [only] = positional;
    const elements =
      positional.length === 1 && only?.type !== 'unknown' && numberOf(only) === undefined && only
        ? interpreter.iterate(only)
        : positional;
    const values = 'type' in elements ? [elements] : elements;
    const numbers = values.map(numberOf);
    const known = numbers.filter((number) => number !== undefined);
    const outcome = known.length === numbers.length ? compute(...known) : Number.NaN;
    if (!Number.isNaN(outcome)) return result(outcome);
    const source = values.find((value) => value.type === 'unknown');
    const symbol = `${name}(${values.map(symbolOf).join(', ')})`;
    return source?.type === 'unknown' ? { ...source, symbol } : interpreter.unknown(symbol, 'is not a number');
  });
}

/** Python's `math`. */
export const mathModule = moduleOf('math', () => ({
  ...Object.fromEntries(Object.entries(functions).map(([name, compute]) => [name, numeric(name, compute, float)])),
  ...Object.fromEntries(Object.entries(wholeFunctions).map(([name, compute]) => [name, numeric(name, compute, int)])),
  pi: float(Math.PI),
  e: float(Math.E),
  inf: float(Infinity),
  nan: float(Number.NaN),
  tau: float(2 * Math.PI),
  isnan: builtin('isnan', ({ positional }) => bool(Number.isNaN(numberOf(positional[0]) ?? 0))),
  isinf: builtin('isinf', ({ positional }) => bool(Math.abs(numberOf(positional[0]) ?? 0) === Infinity)),
  isfinite: builtin('isfinite', ({ positional }) => bool(Number.isFinite(numberOf(positional[0]) ?? 0))),
  isclose: builtin('isclose', ({ positional: [a, b] }) => {
    const [x, y] = [numberOf(a) ?? Number.NaN, numberOf(b) ?? Number.NaN];
    return bool(Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y)));
  }),
}));

export { numeric };
