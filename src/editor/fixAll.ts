import * as vscode from 'vscode';
import type { Mended, MendOptions, SourceText } from '../analysis';
import type { Analyses } from './analyses';
import type { Baselines } from './baselines';
import { analysedSelector, isAnalysed } from './documents';
import { isCell } from './notebooks';
import { settingsFor } from './settings';

/** See `mendAll` of the analysis. */
export type MendAll = (source: SourceText, options: MendOptions) => Promise<Mended>;

/** `source.fixAll.gradlens`, as in `editor.codeActionsOnSave`. */
const kind = vscode.CodeActionKind.SourceFixAll.append('gradlens');

/** Milliseconds: a file that is being saved waits for it. */
const patience = 2000;

/** Applies the proven fixes of all warnings and errors of a document, one upon the other. Cells of notebooks are mended one by one. */
export class FixAll implements vscode.CodeActionProvider {
  constructor(
    private readonly analyses: Analyses,
    private readonly baselines: Baselines,
    private readonly mendAll: MendAll,
  ) {}

  register(): vscode.Disposable {
    return vscode.languages.registerCodeActionsProvider(analysedSelector, this, { providedCodeActionKinds: [kind] });
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { only }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    if (!only?.contains(kind) || !isAnalysed(document) || isCell(document)) return [];
    const source = this.analyses.source(document);
    const { severities } = settingsFor(document);
    const leave = await this.baselines.filterOf(document.uri);
    const { text, applied } = await this.mendAll(source, { severities, leave, patience });
    if (applied.length === 0) return [];
    const action = new vscode.CodeAction(`Apply ${applied.length} proven fixes of GradLens`, kind);
    action.edit = new vscode.WorkspaceEdit();
    action.edit.set(document.uri, [changeBetween(document, source.text, text)]);
    return [action];
  }
}

/** What differs, without the beginning and the end that are alike: marks and the cursor outside stay where they are. */
function changeBetween(document: vscode.TextDocument, before: string, after: string): vscode.TextEdit {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const range = new vscode.Range(document.positionAt(start), document.positionAt(before.length - end));
  return vscode.TextEdit.replace(range, after.slice(start, after.length - end));
}
