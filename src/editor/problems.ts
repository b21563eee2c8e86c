import * as vscode from 'vscode';
import { allFindings } from '../analysis/analysis';
import type { Note } from '../network';
import type { Finding, Severity } from '../rules';
import type { Analyses } from './analyses';
import { commandUri } from './commandLinks';
import { rangeOf } from './ranges';
import type { TextChange } from './shift';

/** The source of every problem, as the Problems panel shows it. */
export const problemSource = 'GradLens';

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** A contradiction cannot run; what was not understood is said as a hint, which no list counts; an assumption only in the hover. */
const noteSeverities: Readonly<Record<Note['kind'], vscode.DiagnosticSeverity | undefined>> = {
  contradiction: vscode.DiagnosticSeverity.Warning,
  notUnderstood: vscode.DiagnosticSeverity.Hint,
  assumption: undefined,
};

/** Keeps the Problems panel in step with the analyses. */
export function showProblems(analyses: Analyses): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('gradlens');
  const subscription = analyses.onDidChange((document) => {
    const known = analyses.known(document);
    if (known === undefined) collection.delete(document.uri);
    else {
      const { analysis, changes } = known;
      const { models, notes } = analysis;
      collection.set(document.uri, [
        ...allFindings(analysis).map((finding) => problemOf(finding, document.uri, changes)),
        ...[...notes, ...models.flatMap(({ network }) => network.notes)]
          .filter(({ span }) => span.file === analysis.file)
          .flatMap((note) => noteProblem(note, changes)),
      ]);
    }
  });
  return vscode.Disposable.from(collection, subscription);
}

function problemOf(finding: Finding, uri: vscode.Uri, changes: readonly TextChange[]): vscode.Diagnostic {
  const problem = new vscode.Diagnostic(rangeOf(finding.span, changes), finding.message, severities[finding.severity]);
  problem.source = problemSource;
  problem.code = { value: finding.rule, target: commandUri('gradlens.explainRule', finding.rule) };
  problem.relatedInformation = finding.related.map((span) => {
    const own = span.file === uri.toString();
    const place = new vscode.Location(own ? uri : vscode.Uri.parse(span.file), rangeOf(span, own ? changes : []));
    return new vscode.DiagnosticRelatedInformation(place, own ? 'The same cause' : 'The layer itself');
  });
  return problem;
}

function noteProblem(note: Note, changes: readonly TextChange[]): vscode.Diagnostic[] {
  const severity = noteSeverities[note.kind];
  if (severity === undefined) return [];
  const problem = new vscode.Diagnostic(rangeOf(note.span, changes), note.message, severity);
  problem.source = problemSource;
  return [problem];
}
