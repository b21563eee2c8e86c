import * as vscode from 'vscode';
import type { TextEdit } from '../network';
import { rangeOf } from './ranges';
import type { TextChange } from './shift';

/**
 * Edits of texts as the editor takes them.
 * @param own the file that has changed since it was read, by these changes
 */
export function workspaceEditOf(
  edits: readonly TextEdit[],
  own?: { readonly file: string; readonly changes: readonly TextChange[] },
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { span, newText } of edits)
    edit.replace(vscode.Uri.parse(span.file, true), rangeOf(span, span.file === own?.file ? own.changes : []), newText);
  return edit;
}
