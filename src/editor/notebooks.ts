import * as vscode from 'vscode';
import type { Analysis } from '../analysis';
import { withSpans } from '../network';
import { NotebookText } from '../readers/notebooks';

const cellScheme = 'vscode-notebook-cell';

export const isCell = ({ uri }: vscode.TextDocument): boolean => uri.scheme === cellScheme;

/** The notebook that a document is a cell of. */
export function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
  if (!isCell(document)) return undefined;
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some((cell) => cell.document === document),
  );
}

/** The cells of a notebook as they are now, as one text; its cells are named by their URIs. */
export function textOf(notebook: vscode.NotebookDocument): NotebookText {
  return new NotebookText(
    notebook.uri.toString(),
    notebook.getCells().map(({ kind, document }) => ({
      name: document.uri.toString(),
      text: document.getText(),
      isPython: kind === vscode.NotebookCellKind.Code && document.languageId === 'python',
    })),
  );
}

/** What of a notebook's analysis belongs to one cell: the models that stand there, and those with something to say of it. */
export function inCell(analysis: Analysis, notebook: NotebookText, cell: string): Analysis {
  const here = ({ span }: { readonly span: { readonly file: string } }): boolean => span.file === cell;
  const { models, findings, notes } = withSpans(analysis, (span) => notebook.inCell(span));
  return {
    file: cell,
    models: models
      .map((model) => ({ ...model, findings: model.findings.filter(here) }))
      .filter(({ network, findings }) => here(network) || findings.length > 0),
    findings: findings.filter(here),
    notes: notes.filter(here),
  };
}

/** Analyses of whole notebooks: every cell asks for one, and they share it. */
export class NotebookAnalyses {
  private readonly last = new Map<string, { readonly key: string; readonly result: Promise<Analysis> }>();

  /** @param settings what the analysis depends on besides the text */
  analyze(notebook: NotebookText, settings: unknown, run: () => Promise<Analysis>): Promise<Analysis> {
    const key = `${JSON.stringify(settings)}\n${notebook.text}`;
    const last = this.last.get(notebook.file);
    if (last?.key === key) return last.result;
    const result = run();
    this.last.set(notebook.file, { key, result });
    return result;
  }

  /** What a notebook imports has changed. */
  forget(file: string): void {
    this.last.delete(file);
  }
}

/** Puts the cursor on a place of a document, in the editor where it, or the one that led there, is shown already. */
export async function showPlace(
  document: vscode.TextDocument,
  range: vscode.Range,
  from: vscode.TextDocument = document,
): Promise<void> {
  const notebook = notebookOf(document);
  const index = notebook?.getCells().findIndex((cell) => cell.document === document) ?? -1;
  if (notebook && index >= 0) {
    const cells = new vscode.NotebookRange(index, index + 1);
    const editor = await vscode.window.showNotebookDocument(notebook, { selections: [cells] });
    editor.revealRange(cells, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
    await vscode.commands.executeCommand('notebook.cell.edit');
  }
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === (notebook ? document : from));
  const editor =
    notebook && shown
      ? shown
      : await vscode.window.showTextDocument(document, shown?.viewColumn ?? vscode.ViewColumn.One);
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
