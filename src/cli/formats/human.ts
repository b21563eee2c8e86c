import {
  allFindings,
  formatNumber,
  sizeText,
  gradientText,
  verdictOf,
  verdictText,
  type Analysis,
  type ModelAnalysis,
} from '../../analysis';
import type { Note, SourceSpan } from '../../network';
import { notebookOf } from '../../readers/notebooks';
import type { Finding, Severity } from '../../rules';
import { counted, severityPaint, wrap, type Paint } from '../paint';

/** Findings for people: a line a model, then each finding with its place, its number, why, and what mends it. */
export function humanReport(analyses: readonly Analysis[], paint: Paint, width: number): string {
  const parts = analyses.flatMap((analysis) => {
    const models = analysis.models.map((model) => modelPart(model, paint, width));
    const notes = analysis.notes.map((note) => noteLine(note, paint));
    const script = analysis.findings.map((finding) => findingLines(finding, paint, width).join('\n'));
    if (script.length > 0) models.push(paint.bold('training script'), ...script);
    if (models.length === 0 && notes.length === 0) notes.push(paint.dim('no model'));
    return [[paint.underline(analysis.file), ...notes, ...models].join('\n')];
  });
  return `${parts.join('\n\n')}\n\n${closing(analyses, paint)}\n`;
}

function modelPart(model: ModelAnalysis, paint: Paint, width: number): string {
  const judged = verdictOf(model);
  const verdict = {
    healthy: () => paint.green(`✔ ${verdictText.healthy}`),
    atRisk: () => paint.yellow(`⚠ ${verdictText.atRisk}`),
    willNotTrain: () => paint.red(`✘ ${verdictText.willNotTrain}`),
    notKnown: () => paint.dim(`? ${verdictText.notKnown}`),
  }[judged]();
  const facts = [sizeText(model), gradientText(model)].filter((fact) => fact !== undefined);
  const lines = [`${paint.bold(model.network.name)} · ${facts.join(' · ')} · ${verdict}`];
  for (const note of model.network.notes) lines.push(noteLine(note, paint));
  for (const finding of model.findings) lines.push('', ...findingLines(finding, paint, width));
  return lines.join('\n');
}

function findingLines(finding: Finding, paint: Paint, width: number): readonly string[] {
  const { severity, rule, label, message, quantity, evidence, confidence, citation, related, fixes } = finding;
  const indent = '    ';
  const body = (text: string): readonly string[] => wrap(text, width - indent.length).map((line) => indent + line);
  const number = `${formatNumber(quantity.value)}${quantity.unit && ` ${quantity.unit}`}`;
  const proof = `${quantity.name}: ${number} (healthy: ${quantity.expected}) · ${evidence.join(' and ')}, ${confidence} confidence`;
  return [
    `  ${paint.cyan(place(finding.span))}  ${severityPaint(paint, severity)(severity)}  ${paint.bold(label)}  ${paint.dim(rule)}`,
    ...body(message),
    ...body(proof).map(paint.dim),
    ...(related.length > 0 ? body(`also at ${related.map(place).join(', ')}`).map(paint.dim) : []),
    ...fixes.flatMap(({ title }) => body(`fix: ${title}`).map(paint.green)),
    ...body(citation).map(paint.dim),
  ];
}

function noteLine({ kind, message, span }: Note, paint: Paint): string {
  const word = { notUnderstood: 'not understood', contradiction: 'contradiction', assumption: 'assumed' }[kind];
  const colored = kind === 'contradiction' ? paint.red(word) : paint.magenta(word);
  return `  ${paint.cyan(place(span))}  ${colored}  ${message}`;
}

/** `model.py:12:9`, from one, as terminals and editors make links of it; in a notebook `net.ipynb, cell 3, line 5`. */
function place({ file, start }: SourceSpan): string {
  if (notebookOf(file) !== undefined) return `${file}, line ${start.line + 1}`;
  return `${file}:${start.line + 1}:${start.column + 1}`;
}

function closing(analyses: readonly Analysis[], paint: Paint): string {
  const models = analyses.flatMap((analysis) => analysis.models);
  const findings = analyses.flatMap((analysis) => allFindings(analysis));
  const read = `${counted(models.length, 'model')} in ${counted(analyses.length, 'file')}`;
  if (findings.length === 0) return `${paint.green('Nothing found')} in ${read}.`;
  const order: readonly Severity[] = ['error', 'warning', 'information'];
  const counts = order.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const words = severity === 'information' ? counted(count, 'remark') : counted(count, severity);
    return count === 0 ? [] : [severityPaint(paint, severity)(words)];
  });
  const mended = findings.filter(({ fixes }) => fixes.length > 0).length;
  const fixable = mended === 0 ? '' : ` ${mended} with a proven fix.`;
  return `${counts.join(', ')} in ${read}.${fixable}`;
}
