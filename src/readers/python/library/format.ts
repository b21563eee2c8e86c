import { textOf } from '../truth';
import { numberOf, type Value } from '../values';

/** `format(value, specification)` for fills, widths, precisions and the types d, f, e, g, %, s; undefined for the rest. */
export function formatNumber(value: Value, specification: string): string | undefined {
  const number = numberOf(value);
  const { fill, align, zero, width, precision, type } = readSpecification(specification);
  let shown: string | undefined;
  const integer = number !== undefined && type === 'x' ? number.toString(16) : undefined;
  if (integer !== undefined) shown = integer;
  else if (value.type === 'str') shown = precision === undefined ? value.value : value.value.slice(0, precision);
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

/** `template % values`; undefined where a value is not known. */
export function percentFormatted(
  template: string,
  values: Value,
  plain: (value: Value) => string | undefined,
): string | undefined {
  const positional = values.type === 'tuple' ? values.items : [values];
  let next = 0;
  let result = '';
  for (let at = 0; at < template.length; at++) {
    const character = template.charAt(at);
    if (character !== '%') {
      result += character;
      continue;
    }
    if (template.charAt(at + 1) === '%') {
      result += '%';
      at++;
      continue;
    }
    let value: Value | undefined;
    if (template.charAt(at + 1) === '(') {
      const close = template.indexOf(')', at);
      if (close < 0 || values.type !== 'dict') return undefined;
      value = values.get({ type: 'str', value: template.slice(at + 2, close) });
      at = close;
    } else value = positional[next++];
    let end = at + 1;
    while (end < template.length && !isLetter(template.charAt(end))) end++;
    const shown = value && conversion(value, template.slice(at + 1, end), template.charAt(end), plain);
    if (shown === undefined) return undefined;
    result += shown;
    at = end;
  }
  return result;
}

const isLetter = (character: string): boolean => character.toLowerCase() !== character.toUpperCase();

function conversion(
  value: Value,
  flags: string,
  type: string,
  plain: (value: Value) => string | undefined,
): string | undefined {
  if (type === 's' || type === 'r') {
    const shown = plain(value);
    return shown === undefined
      ? undefined
      : formatNumber({ type: 'str', value: shown }, flags === '' ? '' : `>${flags}`);
  }
  const number = numberOf(value);
  if (number === undefined) return undefined;
  const whole = type === 'd' || type === 'i';
  return formatNumber(whole ? { type: 'int', value: Math.trunc(number) } : value, `${flags}${whole ? 'd' : type}`);
}
