import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { picture } from '../picture';
import { useTheme } from '../theme';

describe('VS Code', () => {
  it('opens a file of the workspace and shows it', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder, 'a folder is open');
    const file = vscode.Uri.joinPath(folder.uri, 'smoke.py');
    await vscode.workspace.fs.writeFile(file, Buffer.from('import torch\n\nprint(torch.ones(2))\n'));
    const editor = await vscode.window.showTextDocument(file);
    assert.equal(editor.document.languageId, 'python');
    assert.equal(editor.document.lineCount, 4);
  });

  it('changes to the light theme and to the dark one', async () => {
    await useTheme('light');
    await picture('smoke-light');
    await useTheme('dark');
    await picture('smoke-dark');
    assert.equal(vscode.window.activeColorTheme.kind, vscode.ColorThemeKind.Dark);
  });
});
