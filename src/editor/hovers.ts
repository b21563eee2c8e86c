import * as vscode from 'vscode';
import type { ModelAnalysis } from '../analysis';
import type { Finding } from '../rules';
import type { Analyses } from './analyses';
import type { CommandId } from './commandIds';
import { commandUri } from './commandLinks';
import { isAnalysed, analysedSelector } from './documents';
import { findingText, hoverText, type HoverLinks } from './hoverText';
import { rangeOf } from './ranges';

/** The only commands that a hover's links may run. */
const linked: readonly CommandId[] = [
  'gradlens.probe',
  'gradlens.showPanel',
  'gradlens.explainRule',
  'gradlens.showFixes',
];

/** Hovers over the class of a model and over the lines to blame. They hold all that lens and problem say, and more. */
export class Hovers implements vscode.HoverProvider {
  constructor(private readonly analyses: Analyses) {}

  register(): vscode.Disposable {
    return vscode.languages.registerHoverProvider(analysedSelector, this);
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const known = isAnalysed(document) ? this.analyses.known(document) : undefined;
    if (known === undefined) return undefined;
    const links = linksFor(document.uri.toString());
    const messages = !vscode.workspace.getConfiguration('problems', document).get('visibility', true);
    const texts = known.analysis.models.flatMap((model) => {
      const { span } = model.network;
      const overModel = span.file === known.analysis.file && rangeOf(span, known.changes).contains(position);
      const findings = model.findings.filter(({ span }) => touches(rangeOf(span, known.changes), position));
      if (!overModel && findings.length === 0) return [];
      return [hoverText(model, { overModel, findings, messages }, links)];
    });
    const script = known.analysis.findings.filter(({ span }) => touches(rangeOf(span, known.changes), position));
    texts.push(...script.map((finding) => findingText(finding, messages, links)));
    return texts.length === 0 ? undefined : new vscode.Hover(texts.map(markdown));
  }
}

/** A finding about several lines is told on its first: the rest is code that people want to read about. */
function touches(range: vscode.Range, position: vscode.Position): boolean {
  return range.isSingleLine ? range.contains(position) : position.line === range.start.line;
}

function linksFor(uri: string): HoverLinks {
  const link = (command: CommandId, ...args: unknown[]): string => commandUri(command, ...args).toString();
  return {
    probe: ({ network }: ModelAnalysis) => link('gradlens.probe', uri, network.name, 'both'),
    details: ({ network }: ModelAnalysis) => link('gradlens.showPanel', uri, network.name),
    explain: (rule: string) => link('gradlens.explainRule', rule),
    fixes: ({ rule, span }: Finding) => link('gradlens.showFixes', uri, rule, span.start.line),
  };
}

function markdown(text: string): vscode.MarkdownString {
  const result = new vscode.MarkdownString(text, true);
  result.isTrusted = { enabledCommands: linked };
  return result;
}
