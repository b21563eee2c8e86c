import type { ChartKind } from './content';
import { sample, type Series } from './series';
import { numberText } from '../../src/panels/number';

/** The singular values of the input–output Jacobian, sorted. */
export const spectrumChart: ChartKind = {
  id: 'spectrum',
  title: 'Singular values of the input–output Jacobian',
  meaning:
    'How strongly each direction of the input reaches the output; values close together and near 1 train fastest, many decades of spread are a bottleneck.',
  missing: 'Jacobian',
  content: ({ spectrum }) => {
    if (!spectrum) return undefined;
    const { singularValues, predictedRms, rms, resolution } = spectrum;
    const count = singularValues.length;
    const ends = [...new Set([1, count])];
    const series: readonly Series[] = [
      {
        label: 'Predicted RMS',
        source: 'predicted',
        form: 'line',
        samples: ends.flatMap((x) => sample(x, predictedRms)),
      },
      {
        label: 'Measured, sorted',
        source: 'measured',
        form: 'line',
        samples: singularValues.flatMap((value, index) => sample(index + 1, value)),
      },
    ];
    return {
      xAxis: `Rank, of ${count}`,
      yAxis: 'Singular value',
      series,
      ranges: [],
      resolution: Number(resolution),
      byDepth: false,
      titleAt: (x) => `Singular value ${x} of ${count}`,
      summary:
        `${count} singular values of the input–output Jacobian, from ${numberText(singularValues[0])} down to ` +
        `${numberText(singularValues.at(-1))}; measured RMS ${numberText(rms)}, predicted RMS ${numberText(predictedRms)}.`,
      remark: `Root mean square: measured ${numberText(rms)}, predicted ${numberText(predictedRms)}. Resolution here: ${numberText(resolution)}.`,
    };
  },
};
