import type { ChartKind } from './content';
import { fromFirstToLast, layerTitle, weightLayers } from './depth';
import { sample, type Series } from './series';

/** The range of each layer's own Jacobian's singular values. */
export const layerChart: ChartKind = {
  id: 'layers',
  title: 'Singular values layer by layer',
  meaning:
    'What one step of depth does to a gradient: bars from the smallest to the largest singular value; a root mean square of 1 keeps its length.',
  missing: 'layer Jacobians',
  content: (snapshot) => {
    const rows = weightLayers(snapshot).flatMap(({ depth, jacobian }) => (jacobian ? [{ depth, ...jacobian }] : []));
    if (rows.length === 0) return undefined;
    const series: readonly Series[] = [
      {
        label: 'Predicted RMS',
        source: 'predicted',
        form: 'line',
        samples: rows.flatMap(({ depth, predictedRms }) => sample(depth, predictedRms)),
      },
      {
        label: 'Measured RMS',
        source: 'measured',
        form: 'line',
        samples: rows.flatMap(({ depth, rms }) => sample(depth, rms)),
      },
      {
        label: 'Measured median',
        source: 'measured',
        form: 'dashes',
        samples: rows.flatMap(({ depth, median }) => sample(depth, median)),
      },
    ];
    return {
      xAxis: 'Weight layer, from input to output',
      yAxis: 'Singular value of ∂z/∂z₋₁',
      series,
      ranges: rows.map(({ depth, smallest, largest }) => ({ x: depth, low: Number(smallest), high: Number(largest) })),
      byDepth: true,
      titleAt: layerTitle(snapshot),
      summary: `Singular values of each layer's Jacobian. ${fromFirstToLast(series)}.`,
    };
  },
};
