import { Chart, LinearScale, LineElement, PointElement, ScatterController, type Plugin } from 'chart.js';
import type { MapFigures, MapPoint, WhatIfFigures } from '../../src/panels/messages';
import { readTheme, type Theme } from '../theme';

Chart.register(ScatterController, LineElement, PointElement, LinearScale);

/** ln χ₁ that has the full colour. */
const strong = 1;

/** The order-to-chaos map with the model's layers on it, drawn on one canvas. */
export class PhaseMapChart {
  private theme: Theme = readTheme();
  private chart: Chart<'scatter'> | undefined;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private figures: WhatIfFigures,
  ) {
    canvas.setAttribute('role', 'img');
    this.draw();
  }

  update(figures: WhatIfFigures): void {
    this.figures = figures;
    if (!this.chart) return;
    this.describe();
    const [edge, source, layers] = this.chart.data.datasets;
    if (edge && source && layers) {
      edge.data = figures.map.edge.map(point);
      source.data = [point(figures.source)];
      layers.data = distinct(figures.layers).map(point);
    }
    this.chart.update('none');
  }

  retheme(): void {
    this.theme = readTheme();
    this.draw();
  }

  dispose(): void {
    this.chart?.destroy();
    this.chart = undefined;
  }

  private describe(): void {
    const [first] = this.figures.layers;
    const at = first ? `σ_w = ${first.weightDeviation.toFixed(2)}, σ_b = ${first.biasDeviation.toFixed(2)}` : 'nowhere';
    this.canvas.setAttribute('aria-label', `The order-to-chaos map. The model's layers are at ${at}.`);
  }

  private draw(): void {
    this.dispose();
    this.describe();
    const { colors, fontFamily } = this.theme;
    const { largest, edge } = this.figures.map;
    const font = { family: fontFamily, size: 11 };
    const axis = (text: string, max: number) =>
      ({
        type: 'linear',
        min: 0,
        max,
        title: { display: true, text, color: colors.muted, font },
        border: { color: colors.grid },
        grid: { display: false },
        ticks: { color: colors.muted, font, maxTicksLimit: 7 },
      }) as const;
    this.chart = new Chart(this.canvas, {
      type: 'scatter',
      data: {
        datasets: [
          {
            data: edge.map(point),
            showLine: true,
            borderColor: colors.foreground,
            borderWidth: 1.5,
            pointRadius: edge.length > 0 && isPoint(edge) ? 4 : 0,
            pointBackgroundColor: colors.foreground,
            tension: 0.3,
          },
          {
            data: [point(this.figures.source)],
            pointRadius: 6,
            pointStyle: 'circle',
            pointBorderColor: colors.foreground,
            pointBorderWidth: 1.5,
            pointBackgroundColor: 'transparent',
          },
          {
            data: distinct(this.figures.layers).map(point),
            pointRadius: 5,
            pointStyle: 'triangle',
            pointBorderColor: colors.background,
            pointBackgroundColor: colors.predicted,
          },
        ],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        events: [],
        scales: {
          x: axis('σ_w of the weights', largest.weightDeviation),
          y: axis('σ_b of the biases', largest.biasDeviation),
        },
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
      },
      plugins: [this.cells()],
    });
  }

  /** Ordered cells in the colour of measurements, chaotic ones in that of alarms; the nearer to χ₁ = 1, the paler. */
  private cells(): Plugin<'scatter'> {
    return {
      id: 'cells',
      beforeDatasetsDraw: ({ ctx, chartArea: { left, top, width, height } }) => {
        const { logChi }: MapFigures = this.figures.map;
        const { colors } = this.theme;
        ctx.save();
        for (const [row, cells] of logChi.entries())
          for (const [column, value] of cells.entries()) {
            // On whole pixels: translucent cells that overlap would draw a grid.
            const x = (at: number): number => Math.round(left + (at * width) / cells.length);
            const y = (at: number): number => Math.round(top + height - (at * height) / logChi.length);
            ctx.globalAlpha = 0.6 * Math.min(1, Math.abs(value) / strong);
            ctx.fillStyle = value < 0 ? colors.measured : colors.alarm;
            ctx.fillRect(x(column), y(row + 1), x(column + 1) - x(column), y(row) - y(row + 1));
          }
        ctx.restore();
      },
    };
  }
}

const point = ({ weightDeviation, biasDeviation }: MapPoint): { readonly x: number; readonly y: number } => ({
  x: weightDeviation,
  y: biasDeviation,
});

/** Of scale-free activations the whole edge is one point. */
function isPoint(edge: readonly MapPoint[]): boolean {
  return edge.every(({ weightDeviation }) => Math.abs(weightDeviation - (edge[0]?.weightDeviation ?? 0)) < 1e-6);
}

/** Layers that are drawn alike are one point. */
function distinct(points: readonly MapPoint[]): readonly MapPoint[] {
  const key = (one: MapPoint): string => `${one.weightDeviation.toFixed(3)} ${one.biasDeviation.toFixed(3)}`;
  return [...new Map(points.map((one) => [key(one), one])).values()];
}
