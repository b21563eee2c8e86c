import type { Chart, Plugin } from 'chart.js';
import type { Theme } from '../theme';
import type { EdgeEvent, EventKind, Range } from './series';

/** What is drawn over and under a chart's lines; read anew at every drawing. */
export interface Overlay {
  theme: Theme;
  /** Where the cursor's layers stand on the x axis. */
  marks: readonly number[];
  events: readonly EdgeEvent[];
  /** Below it values are not told from zero; undefined where there is none. */
  resolution: number | undefined;
  ranges: readonly Range[];
}

/** Vertical lines at the marked layers; a run of neighbours is one band. */
export function markPlugin(overlay: Overlay): Plugin {
  return {
    id: 'mark',
    beforeDatasetsDraw: (chart) => {
      const { x } = chart.scales;
      if (!x) return;
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.fillStyle = ctx.strokeStyle = overlay.theme.colors.mark;
      for (const [first, last] of runs(overlay.marks)) {
        const left = x.getPixelForValue(first);
        const width = x.getPixelForValue(last) - left;
        ctx.globalAlpha = 0.16;
        ctx.fillRect(left - 5, chartArea.top, width + 10, chartArea.height);
        ctx.globalAlpha = 1;
        if (first === last) ctx.fillRect(left - 0.75, chartArea.top, 1.5, chartArea.height);
      }
      ctx.restore();
    },
  };
}

/** From the smallest to the largest value at a place. */
export function rangePlugin(overlay: Overlay): Plugin {
  return {
    id: 'range',
    beforeDatasetsDraw: (chart) => {
      const { x, y } = chart.scales;
      if (!x || !y) return;
      const { ctx, chartArea } = chart;
      const cap = Math.min(4, chartArea.width / (4 * Math.max(1, overlay.ranges.length)));
      ctx.save();
      ctx.strokeStyle = overlay.theme.colors.measured;
      ctx.globalAlpha = overlay.theme.highContrast ? 1 : 0.55;
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      for (const range of overlay.ranges) {
        const at = x.getPixelForValue(range.x);
        const top = Math.max(chartArea.top, y.getPixelForValue(Math.min(range.high, y.max)));
        // A smallest value that cannot be told from zero runs out of the chart, without a cap.
        const open = !(range.low > y.min);
        const bottom = open ? chartArea.bottom : y.getPixelForValue(range.low);
        ctx.moveTo(at, top);
        ctx.lineTo(at, bottom);
        ctx.moveTo(at - cap, top);
        ctx.lineTo(at + cap, top);
        if (open) continue;
        ctx.moveTo(at - cap, bottom);
        ctx.lineTo(at + cap, bottom);
      }
      ctx.stroke();
      ctx.restore();
    },
  };
}

/** A hatched zone of what float32 does not tell from zero. */
export function resolutionPlugin(overlay: Overlay): Plugin {
  return {
    id: 'resolution',
    beforeDatasetsDraw: (chart) => {
      const { y } = chart.scales;
      if (!y || overlay.resolution === undefined || overlay.resolution <= y.min) return;
      const { ctx, chartArea } = chart;
      const top = Math.max(chartArea.top, y.getPixelForValue(overlay.resolution));
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, top, chartArea.width, chartArea.bottom - top);
      ctx.clip();
      ctx.strokeStyle = overlay.theme.colors.muted;
      ctx.globalAlpha = 0.28;
      ctx.lineWidth = 1;
      ctx.beginPath();
      for (let x = chartArea.left - chartArea.height; x < chartArea.right; x += 7) {
        ctx.moveTo(x, chartArea.bottom);
        ctx.lineTo(x + chartArea.height, chartArea.bottom - chartArea.height);
      }
      ctx.stroke();
      ctx.restore();
      if (chartArea.bottom - top > 16)
        write(chart, overlay, 'not told from zero in float32', chartArea.left + 6, top + 12, 'left');
    },
  };
}

/** Markers at the edges for what has no place on a logarithmic axis, with the word once a run. */
export function eventPlugin(overlay: Overlay): Plugin {
  return {
    id: 'events',
    afterDatasetsDraw: (chart) => {
      const { x } = chart.scales;
      if (!x) return;
      for (const source of ['predicted', 'measured'] as const)
        for (const kind of ['NaN', '∞', '0'] as const) {
          const places = overlay.events.filter((event) => event.kind === kind && event.source === source);
          for (const [first, last] of runs(places.map((event) => event.x))) {
            const { chartArea } = chart;
            const up = kind === '∞' || kind === 'NaN';
            const row = source === 'predicted' ? 1 : 0;
            const at = up ? chartArea.top + 7 + 12 * row : chartArea.bottom - 7 - 12 * row;
            for (let place = first; place <= last; place += 1)
              drawMarker(chart, overlay, kind, source, x.getPixelForValue(place), at);
            const count = last - first + 1;
            const text = `${source} ${kind === '0' ? 'zero' : kind}${count > 1 ? ` × ${count}` : ''}`;
            const middle = (x.getPixelForValue(first) + x.getPixelForValue(last)) / 2;
            write(chart, overlay, text, middle, up ? at + 16 : at - 12, 'center');
          }
        }
    },
  };
}

/** Consecutive whole numbers as pairs of first and last. */
export function runs(places: readonly number[]): readonly (readonly [number, number])[] {
  const result: [number, number][] = [];
  for (const place of [...new Set(places)].sort((a, b) => a - b)) {
    const open = result.at(-1);
    if (open && place === open[1] + 1) open[1] = place;
    else result.push([place, place]);
  }
  return result;
}

function drawMarker(
  { ctx }: Chart,
  { theme }: Overlay,
  kind: EventKind,
  source: EdgeEvent['source'],
  x: number,
  y: number,
): void {
  const r = 4;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = source === 'measured' ? theme.colors.alarm : theme.colors.predicted;
  ctx.lineWidth = 1.8;
  ctx.beginPath();
  if (kind === 'NaN') {
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x + r, y - r);
    ctx.lineTo(x - r, y + r);
    ctx.stroke();
  } else {
    const tip = kind === '∞' ? -r : r;
    ctx.moveTo(x, y + tip);
    ctx.lineTo(x + r, y - tip);
    ctx.lineTo(x - r, y - tip);
    ctx.closePath();
    if (source === 'measured') ctx.fill();
    else ctx.stroke();
  }
  ctx.restore();
}

/** Text with a rim of the background's colour, kept within the chart. */
function write(
  { ctx, chartArea }: Chart,
  { theme }: Overlay,
  text: string,
  x: number,
  y: number,
  align: 'left' | 'center',
): void {
  ctx.save();
  ctx.font = `11px ${theme.fontFamily}`;
  ctx.textAlign = 'left';
  const { width } = ctx.measureText(text);
  const wanted = align === 'left' ? x : x - width / 2;
  const left = Math.max(chartArea.left + 4, Math.min(wanted, chartArea.right - width - 4));
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = theme.colors.background;
  ctx.strokeText(text, left, y);
  ctx.fillStyle = theme.colors.foreground;
  ctx.fillText(text, left, y);
  ctx.restore();
}
