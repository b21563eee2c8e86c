import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, codeOf, eventually, openExample, warningsOf } from './gradlens';

describe('quick fixes', () => {
  afterEach(closeEverything);

  it('write what mends the deep tanh MLP: after any of them the problem is gone', async () => {
    const titles = (await fixesOf(await openExample('deep_tanh_mlp.py'))).map(({ title }) => title);
    assert.ok(titles.length > 0);
    for (const title of titles) {
      const editor = await openExample('deep_tanh_mlp.py');
      const fix = (await fixesOf(editor)).find((action) => action.title === title);
      assert.ok(fix?.edit, title);
      assert.match(title, /\d/, 'the title carries the change');
      const before = editor.document.getText();
      assert.ok(await vscode.workspace.applyEdit(fix.edit));
      assert.notEqual(editor.document.getText(), before);
      await eventually(`the problem is gone after ‘${title}’`, () =>
        warningsOf(editor.document.uri).every((problem) => codeOf(problem) !== 'vanishing-gradient'),
      );
      await closeEverything();
    }
  });

  it('all together, as on saving: nothing is left to warn of', async () => {
    const { document } = await openExample('deep_tanh_mlp.py');
    const kind = vscode.CodeActionKind.SourceFixAll.append('gradlens');
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const [action] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      whole,
      kind.value,
    );
    assert.ok(action?.edit);
    assert.ok(await vscode.workspace.applyEdit(action.edit));
    await eventually('no warning is left', () => warningsOf(document.uri).length === 0);
  });

  it('silence a finding on its line by a comment', async () => {
    const editor = await openExample('deep_tanh_mlp.py');
    const problem = warningsOf(editor.document.uri).find((one) => codeOf(one) === 'vanishing-gradient');
    assert.ok(problem);
    const ignore = (await actionsAt(editor.document.uri, problem.range)).find(
      ({ title, edit }) => edit && title.includes('vanishing-gradient') && title.startsWith('Ignore'),
    );
    assert.ok(ignore?.edit);
    assert.ok(await vscode.workspace.applyEdit(ignore.edit));
    await eventually('it is silent', () =>
      warningsOf(editor.document.uri).every((one) => codeOf(one) !== 'vanishing-gradient'),
    );
  });

  it('come with the explanation of the rule and with its switch', async () => {
    const editor = await openExample('deep_tanh_mlp.py');
    const [problem] = warningsOf(editor.document.uri);
    assert.ok(problem);
    const commands = (await actionsAt(editor.document.uri, problem.range)).map(({ command }) => command?.command);
    assert.ok(commands.includes('gradlens.explainRule'));
    assert.ok(commands.includes('gradlens.turnRuleOff'));
  });
});

async function fixesOf({ document }: vscode.TextEditor): Promise<readonly vscode.CodeAction[]> {
  const problem = warningsOf(document.uri).find((candidate) => codeOf(candidate) === 'vanishing-gradient');
  assert.ok(problem);
  return (await actionsAt(document.uri, problem.range)).filter(
    ({ edit, title }) => edit && !title.startsWith('Ignore'),
  );
}

async function actionsAt(uri: vscode.Uri, range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
}
