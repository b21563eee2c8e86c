import { formatNumber } from '../../analysis';
import { shapeText, type Network } from '../../network';
import {
  describeMatch,
  tensorTotals,
  type Checkpoint,
  type CheckpointMatch,
  type CheckpointNote,
  type TensorInfo,
  type TensorStatistics,
} from '../../readers/checkpoints';
import { counted, type Paint } from '../paint';
import { jsonText } from './json';

/** A tensor, and what its numbers are where they were read. */
export interface MeasuredTensor extends TensorInfo {
  readonly statistics?: TensorStatistics;
}

export interface MatchedModel {
  readonly network: Network;
  readonly match: CheckpointMatch;
}

export interface WeightsReport {
  readonly version: string;
  readonly checkpoint: Pick<Checkpoint, 'file' | 'format' | 'notes'>;
  readonly tensors: readonly MeasuredTensor[];
  readonly model: MatchedModel | undefined;
}

/** For people: what the file is, a line a tensor, and how it fits the model. */
export function humanWeights({ checkpoint, tensors, model }: WeightsReport, paint: Paint): string {
  const { file, format, notes } = checkpoint;
  const lines = [
    paint.underline(file),
    `${format} · ${counted(tensors.length, 'tensor')} · ${totalsText(tensors)}`,
    ...notes.map((note) => noteLine(note, paint)),
    ...tensorLines(tensors, paint),
  ];
  if (model !== undefined) lines.push('', paint.bold(model.network.name), describeMatch(model.match));
  return `${lines.join('\n')}\n`;
}

/** For programs. */
export function jsonWeights({ version, checkpoint, tensors, model }: WeightsReport): string {
  const { file, format, notes } = checkpoint;
  const matched = model && { model: model.network.name, ...model.match };
  return jsonText({
    tool: 'gradlens',
    version,
    file,
    format,
    totals: tensorTotals(tensors),
    notes,
    tensors,
    match: matched,
  });
}

function totalsText(tensors: readonly TensorInfo[]): string {
  const { parameters, buffers, optimizer } = tensorTotals(tensors);
  const text = (count: number, what: string): string => `${count.toLocaleString('en-US')} ${what}`;
  return [
    text(parameters, 'parameters'),
    ...(buffers > 0 ? [text(buffers, 'in buffers')] : []),
    ...(optimizer > 0 ? [text(optimizer, 'of the optimiser')] : []),
  ].join(' · ');
}

function noteLine({ kind, message }: CheckpointNote, paint: Paint): string {
  return kind === 'code' ? `  ${paint.red('code')}  ${message}` : `  ${paint.magenta('not read')}  ${message}`;
}

function tensorLines(tensors: readonly MeasuredTensor[], paint: Paint): readonly string[] {
  const rows = tensors.map(({ name, shape, type, sharedWith, statistics }) => [
    name,
    shape.length === 0 ? '-' : shapeText(shape),
    type,
    ...(statistics === undefined ? [] : [statisticsText(statistics)]),
    ...(sharedWith === undefined ? [] : [paint.dim(`is ${sharedWith}`)]),
  ]);
  const width = (column: number): number => Math.max(0, ...rows.map((row) => (row[column] ?? '').length));
  const widths = [width(0), width(1), width(2)];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

function statisticsText({ mean, std, min, max, nonFinite }: TensorStatistics): string {
  const text = `mean ${formatNumber(mean)}  std ${formatNumber(std)}  ${formatNumber(min)} to ${formatNumber(max)}`;
  return nonFinite === 0 ? text : `${text}  ${nonFinite} not finite`;
}
