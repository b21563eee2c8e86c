/** Two significant digits for people: `0.58`, `6.1e-8`, `12`, `1.5e+4`; a count keeps its digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e4) return String(value);
  const size = Math.abs(value);
  if (size >= 0.01 && size < 1000) return String(Number(value.toPrecision(size >= 100 ? 3 : 2)));
  return value.toExponential(1).replace('.0e', 'e');
}

/** `512`, `66.4 k`, `1.97 M`, `7.2 G` */
export function formatCount(count: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e4, 'k'],
  ];
  for (const [size, unit] of units)
    if (count >= size) return `${Number((count / (unit === 'k' ? 1e3 : size)).toPrecision(3))} ${unit}`;
  return String(count);
}
