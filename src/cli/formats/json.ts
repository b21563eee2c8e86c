import { sizeText, verdictOf, type Analysis, type ModelAnalysis } from '../../analysis';
import { parameterCount, type Note, type SourceSpan } from '../../network';
import { notebookOf } from '../../readers/notebooks';
import { plainNumber } from '../../panels/number';
import type { Finding } from '../../rules';

/** A value as JSON with NaN and the infinities spelled out as text. */
export function jsonText(value: unknown): string {
  const plain = (_key: string, entry: unknown): unknown => (typeof entry === 'number' ? plainNumber(entry) : entry);
  return `${JSON.stringify(value, plain, 2)}\n`;
}

/** Findings for programs. Lines and columns count from one, columns in UTF-16 units. */
export function jsonReport(analyses: readonly Analysis[], version: string): string {
  const files = analyses.map(({ file, models, findings, notes }) => ({
    file,
    notes: notes.map(note),
    models: models.map(model),
    findings: findings.map(finding),
  }));
  return jsonText({ tool: 'gradlens', version, files });
}

function model(analysis: ModelAnalysis): object {
  const { network, report, findings } = analysis;
  return {
    name: network.name,
    framework: network.framework,
    at: region(network.span),
    size: sizeText(analysis),
    parameters: parameterCount(network),
    verdict: verdictOf(analysis),
    confidence: report.confidence,
    depth: report.depth,
    notes: network.notes.map(note),
    findings: findings.map(finding),
  };
}

function finding({ span, related, fixes, ...rest }: Finding): object {
  return {
    ...rest,
    at: region(span),
    related: related.map(region),
    fixes: fixes.map(({ title, edits }) => ({
      title,
      edits: edits.map((edit) => ({ at: region(edit.span), newText: edit.newText })),
    })),
  };
}

function note({ kind, message, span }: Note): object {
  return { kind, message, at: region(span) };
}

function region({ file, start, end }: SourceSpan): object {
  return {
    ...(notebookOf(file) === undefined ? {} : { cell: file }),
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
  };
}
