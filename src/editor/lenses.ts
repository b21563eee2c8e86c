import * as vscode from 'vscode';
import type { ModelAnalysis } from '../analysis';
import { isKnown, type Network } from '../network';
import type { Finding } from '../rules';
import { summaryText } from '../analysis/summary';
import type { Analyses } from './analyses';
import type { CommandId } from './commandIds';
import { isAnalysed, analysedSelector } from './documents';
import { severityIcons } from './icons';
import { rangeOf } from './ranges';
import { settingsFor } from './settings';
import type { TextChange } from './shift';

/**
 * The lenses above models and above the lines to blame. While a text is typed they stay, carried along, until it is analysed
 * anew; those of a model that a syntax error hides stay until there is none.
 */
export class Lenses implements vscode.CodeLensProvider {
  constructor(private readonly analyses: Analyses) {}

  readonly onDidChangeCodeLenses: vscode.Event<void> = (listener: () => unknown, thisArgs, disposables) =>
    this.analyses.onDidChange(() => listener.call(thisArgs), undefined, disposables);

  register(): vscode.Disposable {
    return vscode.languages.registerCodeLensProvider(analysedSelector, this);
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isAnalysed(document)) return [];
    const known = this.analyses.known(document) ?? (await this.analyses.current(document));
    if (known === undefined) return [];
    const read = new Set(known.analysis.models.map(({ network }) => network.name));
    const whole = this.analyses.whole(document);
    const lost = whole?.analysis.models.filter(({ network }) => !read.has(network.name)) ?? [];
    return [
      ...lensesOf(known.analysis.models, known.changes, document),
      ...findingLenses(known.analysis.findings, known.changes, document),
      ...lensesOf(lost, whole?.changes ?? [], document),
    ];
  }
}

function lensesOf(
  models: readonly ModelAnalysis[],
  changes: readonly TextChange[],
  document: vscode.TextDocument,
): vscode.CodeLens[] {
  const { lens: shown } = settingsFor(document);
  const uri = document.uri.toString();
  return models.flatMap((model) => {
    const { network, findings } = model;
    const above = rangeOf(network.span, changes);
    const lenses: vscode.CodeLens[] = [];
    // A model of another cell of the notebook has its lenses there.
    const isHere = network.span.file === uri;
    if (isHere && shown.probe) {
      lenses.push(
        lens(above, '$(beaker)\u00a0Probe', {
          command: 'gradlens.probe',
          tooltip: 'Measure the gradient norms of the layers and the singular values of the Jacobian.',
          arguments: [uri, network.name, 'both'],
        }),
        lens(above, '$(graph-line)\u00a0Details', {
          command: 'gradlens.showPanel',
          tooltip: 'Show every layer and chart beside the source.',
          arguments: [uri, network.name],
        }),
      );
    }
    // After the short ones, so that those stay in sight in a narrow column.
    if (isHere && shown.model) {
      lenses.push(lens(above, summaryText(model)));
      if (sizesAreOpen(network))
        lenses.push(
          lens(above, '$(edit)\u00a0tell its sizes', {
            command: 'gradlens.tellSizes',
            tooltip: `The source does not tell ${network.openArguments?.join(', ') ?? ''}. Said once, it is written above the class.`,
            arguments: [uri, network.name],
          }),
        );
    }
    lenses.push(...findingLenses(findings, changes, document));
    return lenses;
  });
}

function findingLenses(
  findings: readonly Finding[],
  changes: readonly TextChange[],
  document: vscode.TextDocument,
): vscode.CodeLens[] {
  if (!settingsFor(document).lens.finding) return [];
  return findings.map((finding) =>
    lens(rangeOf(finding.span, changes), `${severityIcons[finding.severity]}\u00a0${finding.label}`, {
      command: 'gradlens.showFixes',
      tooltip: finding.message,
      arguments: [document.uri.toString(), finding.rule, finding.span.start.line],
    }),
  );
}

/** Nothing in the file makes the model, and its sizes depend on what it would be made with. */
function sizesAreOpen({ openArguments = [], parameters }: Network): boolean {
  return openArguments.length > 0 && parameters.some(({ shape }) => !shape.every(isKnown));
}

interface Click {
  readonly command: CommandId;
  readonly tooltip: string;
  readonly arguments: unknown[];
}

/** Without a click the lens is plain text. */
function lens(range: vscode.Range, title: string, click?: Click): vscode.CodeLens {
  return new vscode.CodeLens(range, { title, ...(click ?? { command: '' }) });
}
