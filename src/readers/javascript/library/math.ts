import { symbolOf, toNumber } from '../operators';
import { builtin, number, type BuiltinValue, type NamespaceValue, type Value } from '../values';

const constants: ReadonlyMap<string, Value> = new Map(
  (['PI', 'E', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'SQRT2', 'SQRT1_2'] as const).map((name) => [
    name,
    number(Math[name]),
  ]),
);

/** Functions of numbers alone. */
const computed: Readonly<Record<string, (...numbers: number[]) => number>> = {
  abs: Math.abs,
  acos: Math.acos,
  asin: Math.asin,
  atan: Math.atan,
  atan2: Math.atan2,
  cbrt: Math.cbrt,
  ceil: Math.ceil,
  cos: Math.cos,
  exp: Math.exp,
  floor: Math.floor,
  hypot: Math.hypot,
  log: Math.log,
  log10: Math.log10,
  log1p: Math.log1p,
  log2: Math.log2,
  max: Math.max,
  min: Math.min,
  pow: Math.pow,
  round: Math.round,
  sign: Math.sign,
  sin: Math.sin,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
  trunc: Math.trunc,
};

function called(name: string, compute: (...numbers: number[]) => number): BuiltinValue {
  return builtin(name, ({ arguments: given, hidden, interpreter }) => {
    const numbers = given.flatMap((value) => toNumber(value) ?? []);
    if (numbers.length === given.length && !hidden && given.length <= 1000) return number(compute(...numbers));
    const symbol = `Math.${name}(${given.map(symbolOf).join(', ')})`.slice(0, 80);
    const from = given.find((value) => value.type === 'unknown') ?? hidden;
    return from?.type === 'unknown'
      ? { ...from, symbol, subject: from.subject ?? from.symbol }
      : interpreter.unknown(symbol, 'is not known');
  });
}

const members = new Map<string, Value>([
  ...constants,
  ...Object.entries(computed).map(([name, compute]): [string, Value] => [name, called(name, compute)]),
  [
    'random',
    builtin('random', ({ interpreter, site }) =>
      interpreter.unknown(
        `Math.random() (line ${site.source.position(site.start).line + 1})`,
        'is drawn when the code runs',
      ),
    ),
  ],
]);

export const mathNamespace: NamespaceValue = { type: 'namespace', name: 'Math', get: (name) => members.get(name) };
