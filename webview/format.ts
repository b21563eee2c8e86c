import type { PlainNumber } from '../src/panels/messages';

/** Three significant digits, as people write them: `0.571`, `1.24e-9`, `12,800`, `∞`, `NaN`. */
export function numberText(plain: PlainNumber): string {
  const value = Number(plain);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2).replace('e+', 'e').replaceAll('-', '−');
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3).replace('-', '−');
}

/** The same, or a dash for what is not known. */
export function numberOrDash(plain: PlainNumber | undefined): string {
  return plain === undefined ? '–' : numberText(plain);
}

/** 10^exponent as an axis writes it. */
export function powerOfTen(exponent: number): string {
  if (exponent >= -2 && exponent <= 3) return String(Number((10 ** exponent).toPrecision(3)));
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

export function secondsText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

/** `3 layers`, `1 layer` */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
