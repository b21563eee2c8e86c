/** A number as JSON carries it: what JSON would turn into `null` is spelled out. `Number(x)` reads it back. */
export type PlainNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export function plainNumber(value: number): PlainNumber {
  return Number.isFinite(value) ? value : (String(value) as PlainNumber);
}

/** Three significant digits for tables and charts: `0.571`, `1.24e−9`, `12,800`, `∞`, `NaN`; a dash for what is not known. */
export function numberText(plain: PlainNumber | undefined): string {
  if (plain === undefined) return '–';
  const value = Number(plain);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2).replace('e+', 'e').replaceAll('-', '−');
  if (size >= 1000) return Math.round(value).toLocaleString('en-US').replace('-', '−');
  return value.toPrecision(3).replace('-', '−');
}
