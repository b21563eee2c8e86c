import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartDataset,
  type PointStyle,
  type Tick,
} from 'chart.js';
import { powerOfTen } from '../format';
import { readTheme, type Theme } from '../theme';
import type { ChartContent } from './content';
import { eventPlugin, markPlugin, rangePlugin, resolutionPlugin, type Overlay } from './plugins';
import { decades, eventOf, events, type Series } from './series';
import { numberText, plainNumber } from '../../src/panels/number';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip, Filler);

interface Point {
  readonly x: number;
  readonly y: number;
}
type Lines = Chart<'line', Point[]>;

/** A chart with a logarithmic y axis, drawn on one canvas for as long as its content changes. */
export class LogChart {
  private readonly overlay: Overlay;
  private chart: Lines | undefined;
  private marks: readonly number[] = [];

  /** @param choose a weight layer of the chart was clicked */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private content: ChartContent,
    private readonly choose: (depth: number) => void,
  ) {
    this.overlay = { theme: readTheme(), marks: [], events: [], resolution: undefined, ranges: [] };
    this.draw();
  }

  /** How many values are on it, those at its edge included. */
  get points(): number {
    return this.content.series.reduce((sum, { samples }) => sum + samples.length, 0);
  }

  update(content: ChartContent): void {
    this.content = content;
    this.draw();
  }

  /** Marks these weight layers. */
  mark(depths: readonly number[]): void {
    this.marks = depths;
    this.overlay.marks = this.content.byDepth ? depths : [];
    this.chart?.draw();
  }

  /** Draws anew with the colours of the theme as it is now. */
  retheme(): void {
    this.overlay.theme = readTheme();
    this.draw();
  }

  dispose(): void {
    this.chart?.destroy();
    this.chart = undefined;
  }

  private draw(): void {
    const { content, overlay, canvas } = this;
    const floor = content.resolution ?? 0;
    overlay.events = events(content.series);
    overlay.resolution = content.resolution;
    overlay.ranges = content.ranges;
    overlay.marks = content.byDepth ? this.marks : [];
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', content.summary);
    this.chart?.destroy();
    this.chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: content.series.map((series) => this.dataset(series)) },
      options: this.options(yRange(content, floor)),
      plugins: [rangePlugin(overlay), resolutionPlugin(overlay), markPlugin(overlay), eventPlugin(overlay)],
    });
  }

  private dataset({ label, source, form, samples }: Series): ChartDataset<'line', Point[]> {
    const { colors } = this.overlay.theme;
    const color = colors[source];
    const radius = samples.length > 80 ? 1.25 : samples.length > 24 ? 2.25 : 3;
    const dashes = form === 'dashes';
    return {
      label,
      data: samples.map(({ x, value }) => ({ x, y: eventOf(value) === undefined ? value : NaN })),
      borderColor: color,
      borderWidth: dashes ? 0 : source === 'predicted' ? 1.75 : 2,
      borderDash: source === 'predicted' ? [6, 4] : [],
      pointStyle: shape(source, form),
      pointRadius: dashes ? 4 : radius,
      pointHoverRadius: radius + 2.5,
      pointBorderWidth: 1.5,
      pointBorderColor: color,
      pointBackgroundColor: source === 'predicted' ? colors.background : color,
      pointHoverBackgroundColor: color,
      showLine: !dashes,
      // The prediction is drawn over the measurement: dashes leave it in sight.
      order: source === 'predicted' ? 0 : 1,
    };
  }

  private options({ min, max }: { readonly min: number; readonly max: number }): Lines['options'] {
    const { theme } = this.overlay;
    const { colors, fontFamily } = theme;
    const font = { family: fontFamily, size: 11 };
    const last = Math.max(1, ...this.content.series.flatMap(({ samples }) => samples.map(({ x }) => x)));
    const title = (text: string) => ({ display: true, text, color: colors.muted, font });
    return {
      responsive: true,
      maintainAspectRatio: false,
      // The page is drawn anew while the source is typed: nothing moves.
      animation: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      layout: { padding: { top: 4, right: 8 } },
      onClick: (_event, [hit]) => {
        const point = hit && this.chart?.data.datasets[hit.datasetIndex]?.data[hit.index];
        if (point && this.content.byDepth) this.choose(point.x);
      },
      onHover: (event, hits) => {
        const { native } = event;
        if (native?.target instanceof HTMLElement)
          native.target.classList.toggle('choosable', this.content.byDepth && hits.length > 0);
      },
      scales: {
        x: {
          type: 'linear',
          min: last === 1 ? 0.5 : 1 - 0.02 * last,
          max: last === 1 ? 1.5 : last + 0.02 * last,
          title: title(this.content.xAxis),
          border: { color: colors.grid },
          grid: { display: false },
          afterBuildTicks: (axis) => {
            axis.ticks = wholeTicks(last, axis.width);
          },
          ticks: { color: colors.muted, font, maxRotation: 0, autoSkip: false, callback: (value) => String(value) },
        },
        y: {
          type: 'logarithmic',
          min,
          max,
          title: title(this.content.yAxis),
          border: { display: false },
          grid: { color: colors.grid, lineWidth: theme.highContrast ? 0.5 : 1, tickLength: 0 },
          afterBuildTicks: (axis) => {
            axis.ticks = decadeTicks(min, max);
          },
          ticks: {
            color: colors.muted,
            font,
            padding: 6,
            autoSkip: false,
            callback: (value) => powerOfTen(Math.round(Math.log10(Number(value)))),
          },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipColors(theme),
          titleFont: { family: fontFamily, size: 12, weight: 600 },
          bodyFont: { family: fontFamily, size: 12 },
          usePointStyle: true,
          boxPadding: 4,
          padding: 8,
          callbacks: {
            title: ([item]) => (item ? this.content.titleAt(item.parsed.x ?? 0) : ''),
            label: ({ dataset, parsed }) => `${dataset.label ?? ''}  ${numberText(plainNumber(parsed.y ?? NaN))}`,
          },
        },
      },
    };
  }
}

/** All decades of what can be shown; nothing far below the resolution, which is noise. */
function yRange(content: ChartContent, floor: number): { readonly min: number; readonly max: number } {
  const values = [
    ...content.series.flatMap(({ samples }) => samples.map(({ value }) => value)),
    ...content.ranges.flatMap(({ low, high }) => [low, high]),
  ];
  const told = values.filter((value) => value > floor);
  const range = decades(told.length < values.length && floor > 0 ? [...told, floor / 3] : told);
  return range;
}

function wholeTicks(last: number, width: number): Tick[] {
  const room = Math.max(2, Math.floor(width / 44));
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((size) => last / size <= room) ?? last;
  const ticks: Tick[] = [{ value: 1 }];
  for (let value = step; value <= last; value += step) if (value - 1 > step / 2) ticks.push({ value });
  return ticks;
}

function decadeTicks(min: number, max: number): Tick[] {
  const [low, high] = [Math.round(Math.log10(min)), Math.round(Math.log10(max))];
  const step = Math.max(1, Math.ceil((high - low) / 7));
  const ticks: Tick[] = [];
  for (let exponent = high; exponent >= low; exponent -= step) ticks.unshift({ value: 10 ** exponent });
  return ticks;
}

function shape(source: Series['source'], form: Series['form']): PointStyle {
  if (form === 'dashes') return 'line';
  return source === 'predicted' ? 'triangle' : 'circle';
}

function tooltipColors({ colors }: Theme): {
  readonly backgroundColor: string;
  readonly titleColor: string;
  readonly bodyColor: string;
  readonly borderColor: string;
  readonly borderWidth: number;
} {
  const { background, foreground, muted } = colors;
  return {
    backgroundColor: background,
    titleColor: foreground,
    bodyColor: foreground,
    borderColor: muted,
    borderWidth: 1,
  };
}
