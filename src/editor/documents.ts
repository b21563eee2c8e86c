import * as vscode from 'vscode';
import { isCell } from './notebooks';

const languages: readonly string[] = ['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact'];

/**
 * Files in Python, JavaScript and TypeScript, saved or not, also of virtual workspaces, and cells of notebooks; not the left side of a
 * diff or a file of the past.
 */
export function isAnalysed(document: vscode.TextDocument): boolean {
  if (document.isClosed || !languages.includes(document.languageId)) return false;
  return isCell(document) ? document.languageId === 'python' : isSourceScheme(document.uri.scheme);
}

function isSourceScheme(scheme: string): boolean {
  if (scheme === 'file' || scheme === 'untitled') return true;
  return vscode.workspace.workspaceFolders?.some((folder) => folder.uri.scheme === scheme) ?? false;
}

/** For the providers that VS Code asks; they answer only where {@link isAnalysed}. */
export const analysedSelector: vscode.DocumentSelector = languages.map((language) => ({ language }));
