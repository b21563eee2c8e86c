import * as vscode from 'vscode';
import type { TextEdit } from '../network';
import { rangeOf } from './ranges';

/** Edits of texts as the editor takes them; of texts that have not changed since they were read. */
export function workspaceEditOf(edits: readonly TextEdit[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { span, newText } of edits) edit.replace(vscode.Uri.parse(span.file, true), rangeOf(span), newText);
  return edit;
}
