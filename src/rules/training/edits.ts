import type { SourceSpan, TextEdit } from '../../network';

/** The white space before a statement that begins its line; undefined where something else stands before it. */
function indentOf({ start }: SourceSpan, text: string): string | undefined {
  const line = text.slice(start.offset - start.column, start.offset);
  return line.trim() === '' ? line : undefined;
}

/** A new statement on a line of its own, before another. */
export function statementBefore(statement: SourceSpan, code: string, text: string): TextEdit | undefined {
  const indent = indentOf(statement, text);
  if (indent === undefined) return undefined;
  return { span: { ...statement, end: statement.start }, newText: `${code}\n${indent}` };
}

/** A new statement on a line of its own, behind another. */
export function statementAfter(statement: SourceSpan, code: string, text: string): TextEdit | undefined {
  const indent = indentOf(statement, text);
  if (indent === undefined || !endsItsLine(statement, text)) return undefined;
  return { span: { ...statement, start: statement.end }, newText: `\n${indent}${code}` };
}

function endsItsLine({ end }: SourceSpan, text: string): boolean {
  const rest = text.slice(end.offset).split('\n', 1)[0] ?? '';
  return rest.trim() === '';
}

/** A statement taken out with its line. */
export function withoutStatement(statement: SourceSpan, text: string): TextEdit | undefined {
  const indent = indentOf(statement, text);
  if (indent === undefined || !endsItsLine(statement, text)) return undefined;
  const lineEnd = text.indexOf('\n', statement.end.offset);
  const { start, end } = statement;
  const from = { line: start.line, column: 0, offset: start.offset - start.column };
  const to = lineEnd < 0 ? end : { line: end.line + 1, column: 0, offset: lineEnd + 1 };
  return { span: { file: statement.file, start: from, end: to }, newText: '' };
}

/** A statement moved behind another, or before it; both stand equally deep. */
export function movedStatement(
  statement: SourceSpan,
  side: 'before' | 'after',
  other: SourceSpan,
  text: string,
): readonly TextEdit[] | undefined {
  const code = text.slice(statement.start.offset, statement.end.offset);
  if (code.includes('\n') || statement.start.column !== other.start.column) return undefined;
  const taken = withoutStatement(statement, text);
  const put = (side === 'before' ? statementBefore : statementAfter)(other, code, text);
  return taken && put ? [taken, put] : undefined;
}
