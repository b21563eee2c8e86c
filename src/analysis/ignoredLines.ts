import type { Note, SourceSpan } from '../network';
import { catalogue, type Finding } from '../rules';

/** A comment `# gradlens: ignore[rule-id, …]` (in JavaScript `// …`), or without brackets, which means every rule. */
interface IgnoreComment {
  /** Lines, from zero, whose findings are not told. */
  readonly lines: readonly number[];
  /** Undefined for all. */
  readonly rules: readonly string[] | undefined;
  readonly span: SourceSpan;
}

const comment = /(?:#|\/\/)\s*gradlens:\s*ignore\b(?:\s*\[([^\]\n]*)\])?/;

/** The findings that no comment in the text silences: one on the line itself, or alone on the line above it. */
export function withoutIgnored(findings: readonly Finding[], file: string, text: string): readonly Finding[] {
  const comments = ignoreComments(file, text);
  if (comments.length === 0) return findings;
  return findings.filter(
    ({ rule, span }) =>
      span.file !== file ||
      !comments.some(
        ({ lines, rules }) => lines.includes(span.start.line) && (rules === undefined || rules.includes(rule)),
      ),
  );
}

/** What is said of comments that name a rule which there is not. */
export function ignoreNotes(file: string, text: string): readonly Note[] {
  return ignoreComments(file, text).flatMap(({ rules = [], span }) =>
    rules
      .filter((rule) => !catalogue.some(({ id }) => id === rule))
      .map((rule): Note => ({ kind: 'notUnderstood', message: `There is no rule ‘${rule}’ to be ignored.`, span })),
  );
}

function ignoreComments(file: string, text: string): readonly IgnoreComment[] {
  // Most texts hold none: they are not cut into lines.
  if (!comment.test(text)) return [];
  const found: IgnoreComment[] = [];
  let offset = 0;
  for (const [line, words] of text.split('\n').entries()) {
    const match = comment.exec(words);
    if (match) {
      const alone = words.slice(0, match.index).trim() === '';
      const start = { line, column: match.index, offset: offset + match.index };
      const length = match[0].length;
      const end = { line, column: start.column + length, offset: start.offset + length };
      const named = match[1]?.split(',').map((rule) => rule.trim());
      found.push({
        lines: alone ? [line, line + 1] : [line],
        rules: named?.filter((rule) => rule !== ''),
        span: { file, start, end },
      });
    }
    offset += words.length + 1;
  }
  return found;
}
