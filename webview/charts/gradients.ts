import type { ChartKind } from './content';
import { fromFirstToLast, layerTitle, weightLayers } from './depth';
import { sample, type Series } from './series';

/** The norm of the loss gradient at every weight layer's output. */
export const gradientChart: ChartKind = {
  id: 'gradients',
  title: 'Gradient norm by depth',
  meaning:
    'How much of the loss gradient is left at each layer; a healthy network stays within about one power of ten from end to end.',
  missing: 'gradient norms',
  content: (snapshot) => {
    const rows = weightLayers(snapshot);
    const series: readonly Series[] = [
      {
        label: 'Predicted',
        source: 'predicted',
        form: 'line',
        samples: rows.flatMap((row) => sample(row.depth, row.predicted?.gradientNorm)),
      },
      {
        label: 'Measured',
        source: 'measured',
        form: 'line',
        samples: rows.flatMap((row) => sample(row.depth, row.measured?.gradientNorm)),
      },
    ];
    if (series.every(({ samples }) => samples.length === 0)) return undefined;
    return {
      xAxis: 'Weight layer, from input to output',
      yAxis: snapshot.gradientAnchor === 'measured' ? '‖∂L/∂z‖' : '‖∂L/∂z‖, relative',
      series,
      ranges: [],
      byDepth: true,
      titleAt: layerTitle(snapshot),
      summary: `Gradient norm by depth. ${fromFirstToLast(series)}.`,
      remark:
        snapshot.gradientAnchor === 'measured'
          ? 'Theory predicts ratios: the prediction is set to the measured norm of the last weight layer.'
          : 'Theory predicts ratios: the norm of the last weight layer counts as 1.',
    };
  },
};
