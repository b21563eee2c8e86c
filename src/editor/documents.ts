import * as vscode from 'vscode';

/** Python files, saved or not, also of virtual workspaces; not the left side of a diff or a file of the past. */
export function isAnalysed(document: vscode.TextDocument): boolean {
  return document.languageId === 'python' && !document.isClosed && isSourceScheme(document.uri.scheme);
}

function isSourceScheme(scheme: string): boolean {
  if (scheme === 'file' || scheme === 'untitled') return true;
  return vscode.workspace.workspaceFolders?.some((folder) => folder.uri.scheme === scheme) ?? false;
}

/** For the providers that VS Code asks; they answer only where {@link isAnalysed}. */
export const pythonSelector: vscode.DocumentSelector = { language: 'python' };
