import type { ChartKind } from './content';
import { fromFirstToLast, layerTitle, weightLayers } from './depth';
import { sample, type Series } from './series';

/** The second moment of every weight layer's output. */
export const momentChart: ChartKind = {
  id: 'moments',
  title: 'Signal strength by depth',
  meaning:
    'The second moment E[z²] of each layer’s output; it should neither run to zero nor grow without end, and near 1 is comfortable.',
  missing: 'signals',
  content: (snapshot) => {
    const rows = weightLayers(snapshot);
    const series: readonly Series[] = [
      {
        label: 'Predicted',
        source: 'predicted',
        form: 'line',
        samples: rows.flatMap((row) => sample(row.depth, row.predicted?.secondMoment)),
      },
      {
        label: 'Measured',
        source: 'measured',
        form: 'line',
        samples: rows.flatMap((row) => sample(row.depth, row.measured?.secondMoment)),
      },
    ];
    if (series.every(({ samples }) => samples.length === 0)) return undefined;
    return {
      xAxis: 'Weight layer, from input to output',
      yAxis: 'E[z²]',
      series,
      ranges: [],
      byDepth: true,
      titleAt: layerTitle(snapshot),
      summary: `Signal second moment by depth. ${fromFirstToLast(series)}.`,
    };
  },
};
