const bars = '▁▂▃▄▅▆▇█';
const longest = 32;
/** Below this factor between the smallest and the largest value the line is drawn flat: a healthy profile must not look wild. */
const flat = 2;

/**
 * Positive values on a logarithmic scale as a row of bars, at most 32. Where there are more values, each bar shows the one of
 * its share that lies farthest from the median, so that no spike is lost. Zero is `_`, an overflow `!`, a value that is not known `·`.
 */
export function sparkline(values: readonly (number | undefined)[]): string {
  const logs = values.map((value) => (value === undefined ? NaN : Math.log(value)));
  const finite = logs.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const median = finite.toSorted((a, b) => a - b)[finite.length >> 1] ?? 0;
  const glyph = (log: number): string => {
    if (Number.isNaN(log)) return '·';
    if (!Number.isFinite(log)) return log < 0 ? '_' : '!';
    const height = high - low < Math.log(flat) ? 0.5 : (log - low) / (high - low);
    return bars.charAt(Math.min(bars.length - 1, Math.floor(height * bars.length)));
  };
  const count = Math.min(longest, logs.length);
  return Array.from({ length: count }, (_, index) => {
    const share = logs.slice(
      Math.floor((index * logs.length) / count),
      Math.floor(((index + 1) * logs.length) / count),
    );
    return glyph(farthest(share, median));
  }).join('');
}

function farthest(logs: readonly number[], from: number): number {
  return logs.reduce(
    (best, log) => (Number.isNaN(best) || Math.abs(log - from) > Math.abs(best - from) ? log : best),
    NaN,
  );
}
