import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { GradLensApi } from '../../../src/editor/api';

/** The extension under test, activated. */
export async function gradlens(): Promise<GradLensApi> {
  const extension = vscode.extensions.getExtension<GradLensApi>('gradlens.gradlens');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

/** A file of the workspace, which is a copy of `examples/`. */
export function exampleUri(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Shows an example as it is on disk, analysed. */
export async function openExample(name: string): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(exampleUri(name), { preview: false });
  assert.ok(await (await gradlens()).analysisOf(editor.document.uri));
  return editor;
}

/** Shows a Python text that is in no file, analysed. */
export async function openText(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content });
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  assert.ok(await (await gradlens()).analysisOf(document.uri));
  return editor;
}

/** Closes every editor, throwing away what was typed. */
export async function closeEverything(): Promise<void> {
  while (vscode.window.activeTextEditor?.document.isDirty === true)
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

export function problemsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'GradLens');
}

/** Problems that accuse the model of something; notes on what was not understood are hints. */
export function warningsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return problemsOf(uri).filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Information);
}

/** The rule's id of a problem. */
export function codeOf({ code }: vscode.Diagnostic): string | undefined {
  return typeof code === 'object' ? String(code.value) : undefined;
}

export interface ShownLens {
  readonly line: number;
  readonly title: string;
  readonly command: string;
}

export async function lensesOf(uri: vscode.Uri): Promise<readonly ShownLens[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 1000);
  return lenses.map(({ range, command }) => ({
    line: range.start.line,
    title: command?.title ?? '',
    command: command?.command ?? '',
  }));
}

/** The Markdown of all hovers at a place. */
export async function hoverAt(uri: vscode.Uri, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
    .join('\n\n');
}

/** The position after the first occurrence of `text`'s start. */
export function find(document: vscode.TextDocument, text: string): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.notEqual(offset, -1, `the document holds ‘${text}’`);
  return document.positionAt(offset);
}

/** Waits until `check` gives something truthy. */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  patienceMs = 10_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const result = await check();
    if (result) return result;
    assert.ok(Date.now() < deadline, `waited ${patienceMs / 1000} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Changes settings under `gradlens` for as long as the task runs. */
export async function withSettings(
  values: Readonly<Record<string, unknown>>,
  task: () => Promise<void>,
): Promise<void> {
  const set = async (key: string, value: unknown): Promise<void> =>
    vscode.workspace.getConfiguration('gradlens').update(key, value, vscode.ConfigurationTarget.Global);
  for (const [key, value] of Object.entries(values)) await set(key, value);
  try {
    await task();
  } finally {
    for (const key of Object.keys(values)) await set(key, undefined);
  }
}

/** Adds a measured figure to the title that the report of the tests prints. */
export function note({ test }: Mocha.Context, figure: string): void {
  if (test) test.title += ` (${figure})`;
}
