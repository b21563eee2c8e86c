import * as vscode from 'vscode';
import type { FixClaim, ModelAnalysis } from '../analysis';
import { withSpans } from '../network';
import type { Finding, Fix } from '../rules';
import type { Analyses } from './analyses';
import { isAnalysed, analysedSelector } from './documents';
import type { CommandId } from './commandIds';
import { problemSource } from './problems';
import { rangeOf } from './ranges';
import { workspaceEditOf } from './workspaceEdit';

/** See `Analyzer.proveFix`. */
export type ProveFix = (claim: FixClaim) => Promise<Fix | undefined>;

/** What a person may do about one finding. */
interface Offered {
  readonly fixes: readonly vscode.CodeAction[];
  readonly others: readonly vscode.CodeAction[];
}

/** Quick fixes that have been proven by analysing the mended text, the explanation, and what silences the finding. */
export class Fixes implements vscode.CodeActionProvider {
  constructor(
    private readonly analyses: Analyses,
    private readonly prove: ProveFix,
  ) {}

  register(): vscode.Disposable {
    return vscode.languages.registerCodeActionsProvider(analysedSelector, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    });
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    if (!isAnalysed(document) || (context.only && !context.only.contains(vscode.CodeActionKind.QuickFix))) return [];
    const known = await this.analyses.current(document);
    const offered: Offered[] = [];
    const models = known?.analysis.models ?? [];
    const script = { model: undefined, findings: known?.analysis.findings ?? [] };
    for (const { model, findings } of [...models.map((model) => ({ model, findings: model.findings })), script]) {
      for (const finding of findings.filter(({ span }) => rangeOf(span).intersection(range) !== undefined)) {
        if (token.isCancellationRequested) return [];
        offered.push(await this.offeredFor(document, model, finding, context.diagnostics));
      }
    }
    return [...offered.flatMap(({ fixes }) => fixes), ...offered.flatMap(({ others }) => others)];
  }

  private async offeredFor(
    document: vscode.TextDocument,
    model: ModelAnalysis | undefined,
    finding: Finding,
    problems: readonly vscode.Diagnostic[],
  ): Promise<Offered> {
    const mended = problems.filter((problem) => isAbout(problem, finding));
    const { notebook, ...source } = this.analyses.source(document);
    // A fix in a notebook is proven on all of its cells together.
    const claims = finding.fixes.map((fix) => ({ model, finding, fix }));
    const wholes = notebook ? withSpans(claims, (span) => notebook.inWhole(span)) : claims;
    const proven = await Promise.all(wholes.map((claim) => this.prove({ ...source, ...claim })));
    const edits = proven
      .filter((fix) => fix !== undefined)
      .map((fix) => edit(notebook ? { ...fix, edits: fix.edits.map((one) => notebook.editInCell(one)) } : fix, mended));
    if (edits[0]) edits[0].isPreferred = true;
    return {
      fixes: edits,
      others: [
        ...ignoreHere(document, finding, mended),
        command(`Explain ‘${finding.rule}’`, 'gradlens.explainRule', finding.rule, mended),
        command(`Turn rule ‘${finding.rule}’ off`, 'gradlens.turnRuleOff', finding.rule, mended),
      ],
    };
  }
}

function isAbout({ source, code, range }: vscode.Diagnostic, { rule, span }: Finding): boolean {
  return source === problemSource && typeof code === 'object' && code.value === rule && range.isEqual(rangeOf(span));
}

function edit(fix: Fix, diagnostics: vscode.Diagnostic[]): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = diagnostics;
  action.edit = workspaceEditOf(fix.edits);
  return action;
}

/** A comment at the end of the line, or the rule's name in the one that is there. */
function ignoreHere(
  document: vscode.TextDocument,
  { rule, span }: Finding,
  diagnostics: vscode.Diagnostic[],
): vscode.CodeAction[] {
  const { text, range, lineNumber } = document.lineAt(rangeOf(span).start.line);
  // Behind a backslash there is no room for a comment.
  if (text.endsWith('\\')) return [];
  const there = /gradlens:\s*ignore\[[^\]]*(?=\])/.exec(text);
  const mark = document.languageId === 'python' ? '#' : '//';
  const at = there ? new vscode.Position(lineNumber, there.index + there[0].length) : range.end;
  const action = new vscode.CodeAction(`Ignore ‘${rule}’ on this line`, vscode.CodeActionKind.QuickFix);
  action.diagnostics = diagnostics;
  action.edit = new vscode.WorkspaceEdit();
  action.edit.insert(document.uri, at, there ? `, ${rule}` : `  ${mark} gradlens: ignore[${rule}]`);
  return [action];
}

function command(title: string, id: CommandId, rule: string, diagnostics: vscode.Diagnostic[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = diagnostics;
  action.command = { title, command: id, arguments: [rule] };
  return action;
}
