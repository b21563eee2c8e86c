import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, codeOf, eventually, exampleUri, gradlens, hoverAt, lensesOf, warningsOf } from './gradlens';

describe('notebooks', () => {
  afterEach(closeEverything);

  it('tells a model in its own cell, with the sizes of an earlier one; the other cells stay clean', async () => {
    const cells = await openNotebook();
    const cell = cells[3];
    assert.ok(cell);
    const problem = vanishing(cell);
    assert.ok(problem);
    assert.equal(cell.getText(problem.range), 'DeepNet');
    const lenses = await lensesOf(cell.uri);
    assert.ok(lenses.some(({ line, title }) => line === 0 && title.includes('32 weight layers')));
    assert.match(await hoverAt(cell.uri, problem.range.start), /gradient norm/);
    for (const other of cells.filter((one) => one !== cell)) {
      assert.deepEqual(warningsOf(other.uri), []);
      // Prose is in no editor that could show a lens.
      if (other.languageId === 'python') assert.deepEqual(await lensesOf(other.uri), []);
    }
  });

  it('reads a later cell anew when an earlier one changes', async () => {
    const [, sizes, , cell] = await openNotebook();
    assert.ok(sizes && cell);
    await replace(sizes, 'depth, width = 30', 'depth, width = 2');
    await eventually('the shallow network is fine', () => vanishing(cell) === undefined);
    await replace(sizes, 'depth, width = 2', 'depth, width = 30');
    await eventually('the deep one is not', () => vanishing(cell));
  });

  it('mends a model by an edit of its own cell', async () => {
    const [, , , cell] = await openNotebook();
    assert.ok(cell);
    const problem = vanishing(cell);
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      cell.uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ edit }) => edit !== undefined);
    assert.ok(fix?.edit);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(cell.getText(), /nn\.init\.xavier_normal_\(module\.weight\)/);
    await eventually('the problem is gone', () => vanishing(cell) === undefined);
  });
});

async function openNotebook(): Promise<readonly vscode.TextDocument[]> {
  const notebook = await vscode.workspace.openNotebookDocument(exampleUri('notebook.ipynb'));
  await vscode.window.showNotebookDocument(notebook);
  const api = await gradlens();
  const cells = notebook.getCells().map(({ document }) => document);
  for (const { uri, languageId } of cells) if (languageId === 'python') await api.analysisOf(uri);
  const [, , , model] = cells;
  assert.ok(model);
  await eventually('the model is judged', () => vanishing(model));
  return cells;
}

async function replace(document: vscode.TextDocument, old: string, text: string): Promise<void> {
  const offset = document.getText().indexOf(old);
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + old.length));
  edit.replace(document.uri, range, text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

function vanishing({ uri }: vscode.TextDocument): vscode.Diagnostic | undefined {
  return warningsOf(uri).find((problem) => codeOf(problem) === 'vanishing-gradient');
}
