import type { Position, SourceSpan } from '../../network';

/** A text with its name, and the way from offsets to lines. */
export class SourceText {
  #lineStarts: number[] | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  /** Where each line begins. */
  get lineStarts(): readonly number[] {
    if (!this.#lineStarts) {
      this.#lineStarts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1))
        this.#lineStarts.push(at + 1);
    }
    return this.#lineStarts;
  }

  position(offset: number): Position {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - (starts[low] ?? 0), offset };
  }

  span({ start, end }: Range): SourceSpan {
    return { file: this.file, start: this.position(start), end: this.position(end) };
  }

  slice({ start, end }: Range): string {
    return this.text.slice(start, end);
  }
}

/** Offsets in UTF-16 units, half open. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A place in a source text; its lines are worked out only when asked for. */
export interface Site extends Range {
  readonly source: SourceText;
}

export function spanOf(site: Site): SourceSpan {
  return site.source.span(site);
}

/** `line 12`, as people count. */
export function lineText(site: Site): string {
  return `line ${site.source.position(site.start).line + 1}`;
}
