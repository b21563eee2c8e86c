import { textOf } from '../truth';
import { numberOf, type Value } from '../values';

/** `format(value, specification)` for fills, widths, precisions and the types d, f, e, g, %, s; undefined for the rest. */
export function formatNumber(value: Value, specification: string): string | undefined {
  const number = numberOf(value);
  const { fill, align, zero, width, precision, type } = readSpecification(specification);
  let shown: string | undefined;
  if (value.type === 'str') shown = precision === undefined ? value.value : value.value.slice(0, precision);
  else if (number === undefined) shown = textOf(value);
  else if (type === 'f' || type === 'F') shown = number.toFixed(precision ?? 6);
  else if (type === 'e') shown = number.toExponential(precision ?? 6);
  else if (type === '%') shown = `${(number * 100).toFixed(precision ?? 6)}%`;
  else if (type === 'd' || type === '')
    shown = precision === undefined ? textOf(value) : String(Number(number.toPrecision(precision)));
  else if (type === 'g') shown = String(Number(number.toPrecision(precision ?? 6)));
  if (shown === undefined || width > 1000) return undefined;
  const left = align === '<' || (align === undefined && number === undefined);
  return left ? shown.padEnd(width, fill) : shown.padStart(width, zero ? '0' : fill);
}

interface Specification {
  readonly fill: string;
  readonly align: string | undefined;
  readonly zero: boolean;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

const isAlign = (character: string): boolean => character !== '' && '<>^='.includes(character);
const isDigit = (character: string): boolean => character >= '0' && character <= '9';

function readSpecification(specification: string): Specification {
  let at = 0;
  let fill = ' ';
  let align: string | undefined;
  if (isAlign(specification.charAt(1))) {
    fill = specification.charAt(0);
    align = specification.charAt(1);
    at = 2;
  } else if (isAlign(specification.charAt(0))) {
    align = specification.charAt(0);
    at = 1;
  }
  const number = (): number | undefined => {
    const start = at;
    while (isDigit(specification.charAt(at))) at++;
    return at > start ? Number(specification.slice(start, at)) : undefined;
  };
  while (at < specification.length && '+- #'.includes(specification.charAt(at))) at++;
  const zero = specification.charAt(at) === '0';
  const width = number() ?? 0;
  while (at < specification.length && ',_'.includes(specification.charAt(at))) at++;
  let precision: number | undefined;
  if (specification.charAt(at) === '.') {
    at++;
    precision = number();
  }
  return {
    fill,
    align,
    zero,
    width,
    precision: precision === undefined ? undefined : Math.min(precision, 100),
    type: specification.slice(at),
  };
}
