import * as vscode from 'vscode';
import type { SourceSpan } from '../network';
import { shiftPlace, type TextChange } from './shift';

/** The editor's range of a span, carried through the changes made since it was read. */
export function rangeOf(span: SourceSpan, changes: readonly TextChange[] = []): vscode.Range {
  return new vscode.Range(positionOf(span.start, changes), positionOf(span.end, changes));
}

function positionOf(place: SourceSpan['start'], changes: readonly TextChange[]): vscode.Position {
  const { line, character } = shiftPlace({ line: place.line, character: place.column }, changes);
  return new vscode.Position(line, character);
}
