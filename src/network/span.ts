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
