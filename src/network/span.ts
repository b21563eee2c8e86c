/** A place in a text. All three count from zero; `column` and `offset` count UTF-16 units, as VS Code and tree-sitter do. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A half-open range of one source file. `file` is whatever the caller named the text (a path or a URI string). */
export interface SourceSpan {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** Replace the text under `span` by `newText`; an empty span inserts. */
export interface TextEdit {
  readonly span: SourceSpan;
  readonly newText: string;
}

/** Plain data with every span in it changed. What holds none is not copied. */
export function withSpans<T>(value: T, change: (span: SourceSpan) => SourceSpan): T {
  return changed(value, change) as T;
}

function changed(value: unknown, change: (span: SourceSpan) => SourceSpan): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isSpan(value)) return change(value);
  let copy: Record<string, unknown> | undefined;
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner !== 'object') continue;
    const other = changed(inner, change);
    if (other === inner) continue;
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
    copy[name] = other;
  }
  return copy ?? value;
}

function isSpan(value: object): value is SourceSpan {
  return 'file' in value && 'start' in value && 'end' in value && typeof value.start === 'object';
}
