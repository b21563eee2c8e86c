import type { TextEdit } from '../network';

/** The text after `edits`, which are all told in offsets of the text before. @throws RangeError where two of them overlap */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.span.start.offset - b.span.start.offset);
  let result = '';
  let done = 0;
  for (const { span, newText } of ordered) {
    if (span.start.offset < done) throw new RangeError('Two edits change the same text.');
    result += text.slice(done, span.start.offset) + newText;
    done = span.end.offset;
  }
  return result + text.slice(done);
}
