import Table from 'cli-table3';
import type { LayerRow, MeasurementFigures, PanelSnapshot } from '../../panels/messages';
import { numberText, type PlainNumber } from '../../panels/number';
import { wrap, type Paint } from '../paint';

/** What a probe measured, for people: key figures, then the weight layers, predicted beside measured. */
export function measuredReport(snapshot: PanelSnapshot, paint: Paint, width: number): string {
  const { model, summary, verdict, notes } = snapshot;
  const lines = [`${paint.bold(model)} · ${summary}`, verdict.text, '', ...keyFigures(snapshot, paint)];
  const table = layerTable(snapshot, paint);
  if (table !== undefined) lines.push('', table);
  if (notes.length > 0) lines.push('', ...notes.map(({ line, message }) => `line ${line}: ${message}`));
  lines.push('', ...provenance(snapshot, width).map(paint.dim));
  return `${lines.join('\n')}\n`;
}

function keyFigures({ depth, gradients, spectrum }: PanelSnapshot, paint: Paint): readonly string[] {
  const lines: string[] = [];
  const add = (name: string, text: string): void => void lines.push(`${paint.dim(name.padEnd(28))}${text}`);
  const both = (predicted: PlainNumber | undefined, measured: PlainNumber | undefined, unit: string): string =>
    [
      ...(predicted === undefined ? [] : [`predicted ${paint.yellow(unit + numberText(predicted))}`]),
      ...(measured === undefined ? [] : [`measured ${paint.cyan(unit + numberText(measured))}`]),
    ].join(', ');
  if (depth) {
    add('gradient gain a layer', both(depth.predictedGainPerLayer, depth.measuredGainPerLayer, '×'));
    add(`gradient gain, ${depth.steps} steps`, both(depth.predictedGain, depth.measuredGain, '×'));
    add('depth scale ξ', `${numberText(depth.depthScale)} layers`);
  }
  if (gradients) add('loss at the start', `${numberText(gradients.loss)} (${gradients.lossName}, random targets)`);
  if (spectrum) {
    const { singularValues, predictedRms, rms } = spectrum;
    add(
      'Jacobian, singular values',
      `${singularValues.length}, from ${numberText(singularValues[0])} to ${numberText(singularValues.at(-1))}`,
    );
    add('  their root mean square', both(predictedRms, rms, ''));
  }
  return lines;
}

interface Column {
  readonly title: string;
  readonly value: (row: LayerRow) => PlainNumber | undefined;
  readonly source: 'predicted' | 'measured';
}

const columns: readonly Column[] = [
  { title: 'E[z²]\npredicted', source: 'predicted', value: ({ predicted }) => predicted?.secondMoment },
  { title: '\nmeasured', source: 'measured', value: ({ measured }) => measured?.secondMoment },
  { title: '‖∂L/∂z‖\npredicted', source: 'predicted', value: ({ predicted }) => predicted?.gradientNorm },
  { title: '\nmeasured', source: 'measured', value: ({ measured }) => measured?.gradientNorm },
  { title: 's RMS\npredicted', source: 'predicted', value: ({ jacobian }) => jacobian?.predictedRms },
  { title: '\nmeasured', source: 'measured', value: ({ jacobian }) => jacobian?.rms },
  { title: '\nlargest', source: 'measured', value: ({ jacobian }) => jacobian?.largest },
];

/** The columns that have numbers; undefined where none has. */
function layerTable({ layers }: PanelSnapshot, paint: Paint): string | undefined {
  const rows = layers.filter(({ hasWeights }) => hasWeights);
  const known = columns.filter(({ value }) => rows.some((row) => value(row) !== undefined));
  if (known.length === 0) return undefined;
  const right = 'right' as const;
  const table = new Table({
    head: ['', '\nlayer', '\noperation', ...known.map(({ title }) => title)],
    colAligns: [right, 'left', 'left', ...known.map(() => right)],
    chars: {
      ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', left: '', right: '', middle: '  ' },
      ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
      ...{ mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  for (const row of rows)
    table.push([
      paint.dim(String(row.depth)),
      row.path || '–',
      paint.dim(row.kind),
      ...known.map(({ value, source }) => (source === 'predicted' ? paint.yellow : paint.cyan)(numberText(value(row)))),
    ]);
  return table.toString();
}

function provenance({ gradients, spectrum, gradientAnchor }: PanelSnapshot, width: number): readonly string[] {
  const how = (name: string, figures: MeasurementFigures): string =>
    `${name}: ${figures.backend} · ${figures.seed} · ${figures.seconds.toFixed(2)} s`;
  const texts = [
    ...(gradients ? [how('gradient norms', gradients)] : []),
    ...(spectrum ? [how('Jacobian', spectrum)] : []),
    ...new Set([...(gradients?.notes ?? []), ...(spectrum?.notes ?? [])]),
    gradientAnchor === 'measured'
      ? 'Predicted gradient norms are set to the measured one at the last weight layer; s: singular values of ∂z/∂z₋₁.'
      : 'Predicted gradient norms are relative to the last weight layer; s: singular values of ∂z/∂z₋₁.',
  ];
  return texts.flatMap((text) => wrap(text, width));
}
