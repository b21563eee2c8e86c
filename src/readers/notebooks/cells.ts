import type { Position, SourceSpan, TextEdit } from '../../network';
import { SourceText } from '../text/source';
import { withoutMagics } from './magics';

/** A cell of a notebook. */
export interface Cell {
  /** The name that spans in it shall carry. */
  readonly name: string;
  readonly text: string;
  /** Code that the notebook's kernel runs as Python; everything else is blank for us. */
  readonly isPython: boolean;
}

const cellName = /^(.*), cell (\d+)$/s;

/** The name of a cell that has none of its own: `notebook.ipynb, cell 3`. Cells count from one, code and prose alike. */
export const nameOfCell = (notebook: string, index: number): string => `${notebook}, cell ${index + 1}`;

/** The notebook of a cell that is named so; undefined for every other name. */
export function notebookOf(name: string): string | undefined {
  return cellName.exec(name)?.[1];
}

interface Placed {
  readonly source: SourceText;
  /** Where it begins in the whole. */
  readonly start: number;
}

/**
 * The cells of a notebook as one text, in their order: what an earlier cell defines is known in a later one. Places are as many
 * characters and lines from the beginning of their cell as in the cell itself.
 */
export class NotebookText {
  readonly text: string;
  readonly #whole: SourceText;
  readonly #cells: readonly Placed[];

  /** @param file the name of spans in the whole text */
  constructor(
    readonly file: string,
    cells: readonly Cell[],
  ) {
    const placed: Placed[] = [];
    let text = '';
    for (const { name, text: own, isPython } of cells) {
      placed.push({ source: new SourceText(name, own), start: text.length });
      text += `${isPython ? withoutMagics(own) : blank(own)}\n`;
    }
    this.text = text;
    this.#whole = new SourceText(file, text);
    this.#cells = placed;
  }

  /** A span of the whole text as one of the cell that it begins in; spans of other files are left as they are. */
  inCell(span: SourceSpan): SourceSpan {
    if (span.file !== this.file) return span;
    const cell = this.#cells.findLast(({ start }) => start <= span.start.offset);
    if (!cell) return span;
    const within = ({ offset }: Position): Position =>
      cell.source.position(Math.min(Math.max(offset - cell.start, 0), cell.source.text.length));
    return { file: cell.source.file, start: within(span.start), end: within(span.end) };
  }

  /**
   * An edit of the whole text as one of a cell. What is put in front of a cell's first character belongs behind the last line of the cell
   * before: edits that add lines stand at the beginning of a line.
   */
  editInCell({ span, newText }: TextEdit): TextEdit {
    const at = this.#cells.findIndex(({ start }) => start === span.start.offset);
    const before = this.#cells[at - 1];
    if (span.start.offset !== span.end.offset || !before || !newText.endsWith('\n'))
      return { span: this.inCell(span), newText };
    const end = before.source.text.length;
    return { span: before.source.span({ start: end, end }), newText: `\n${newText.slice(0, -1)}` };
  }

  /** And back: a span of a cell as one of the whole text. */
  inWhole(span: SourceSpan): SourceSpan {
    const cell = this.#cells.find(({ source }) => source.file === span.file);
    if (!cell) return span;
    const { start, end } = span;
    return this.#whole.span({ start: cell.start + start.offset, end: cell.start + end.offset });
  }
}

/** As many lines, and nothing in them. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
