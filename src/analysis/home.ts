import type { Network, Note, SourceSpan } from '../network';
import type { Finding } from '../rules';

/**
 * A model may be made of modules of other files. What is found there is told where the model is, with the place itself as related, since
 * problems, lenses and edits belong to the text that was analysed.
 */
export function findingAtHome(finding: Finding, network: Network, file: string): Finding {
  const fixes = finding.fixes.filter(({ edits }) => edits.every(({ span }) => span.file === file));
  if (finding.span.file === file) return fixes.length === finding.fixes.length ? finding : { ...finding, fixes };
  return { ...finding, fixes, span: homeSpan(network, file), related: [finding.span, ...finding.related] };
}

/** The same for what the reader has to say: the message then names the place. */
export function noteAtHome(note: Note, network: Network, file: string): Note {
  if (note.span.file === file) return note;
  return { ...note, message: `${placeText(note.span)}: ${note.message}`, span: homeSpan(network, file) };
}

/** `blocks.py, line 12` */
export function placeText({ file, start }: SourceSpan): string {
  return `${file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)}, line ${start.line + 1}`;
}

const top = { line: 0, column: 0, offset: 0 };

function homeSpan({ span }: Network, file: string): SourceSpan {
  return span.file === file ? span : { file, start: top, end: top };
}
