import type { PlainNumber } from '../../src/panels/number';

/** A value of a chart. What a logarithmic axis cannot show is an event at its edge. */
export interface Sample {
  readonly x: number;
  readonly value: number;
}

/** One line of a chart: what was predicted or what was measured. */
export interface Series {
  readonly label: string;
  readonly source: 'predicted' | 'measured';
  /** A line through its points, or a dash at each of them. */
  readonly form: 'line' | 'dashes';
  readonly samples: readonly Sample[];
}

/** The smallest and the largest value at one place. */
export interface Range {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export type EventKind = 'NaN' | '∞' | '0';

/** What stands at the edge instead of a point: not a number, beyond every number, or zero (or too small to tell). */
export interface EdgeEvent {
  readonly x: number;
  readonly kind: EventKind;
  readonly source: Series['source'];
}

export function sample(x: number, value: PlainNumber | undefined): readonly Sample[] {
  return value === undefined ? [] : [{ x, value: Number(value) }];
}

/** @param floor values up to it cannot be told from zero */
export function eventOf(value: number, floor = 0): EventKind | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return '∞';
  return value <= floor ? '0' : undefined;
}

export function events(series: readonly Series[], floor = 0): readonly EdgeEvent[] {
  return series.flatMap(({ source, samples }) =>
    samples.flatMap(({ x, value }) => {
      const kind = eventOf(value, floor);
      return kind === undefined ? [] : [{ x, kind, source }];
    }),
  );
}

/** Whole decades around all values that a logarithmic axis can show. */
export function decades(values: Iterable<number>): { readonly min: number; readonly max: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || value <= 0) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { min: 0.1, max: 10 };
  const min = Math.floor(Math.log10(low) - 0.08);
  const max = Math.ceil(Math.log10(high) + 0.08);
  return { min: 10 ** min, max: 10 ** max };
}
