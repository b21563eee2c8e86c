import type { InitializationSite, SourceSpan } from '../network';

/** Just enough Python to edit one call whose text is known, and to add lines where modules are made. */

/** The text under a span. */
export function textOf({ start, end }: SourceSpan, text: string): string {
  return text.slice(start.offset, end.offset);
}

/** `head(first, …)` taken apart: `nn.init.normal_`, `m.weight`. Of `f(x).g(y)` the last call counts. Undefined where it is no call. */
export function callParts(text: string): { readonly head: string; readonly first: string } | undefined {
  const call = text.trim();
  let open = -1;
  let comma = -1;
  eachOutsideStrings(call, (character, at, depth) => {
    if (character === '(' && depth === 0) [open, comma] = [at, -1];
    if (character === ',' && depth === 1 && comma < 0) comma = at;
  });
  if (open < 0 || !call.endsWith(')')) return undefined;
  return { head: call.slice(0, open).trim(), first: call.slice(open + 1, comma < 0 ? -1 : comma).trim() };
}

/**
 * `f(x, bias=True)` with the keyword `bias` as False: put in the place of the value that is there, else behind the last argument. Undefined
 * where the text is no call.
 */
export function withKeyword(text: string, name: string, value: string): string | undefined {
  let open = -1;
  let starts: number[] = [];
  eachOutsideStrings(text, (character, at, depth) => {
    if (character === '(' && depth === 0) [open, starts] = [at, [at + 1]];
    if (character === ',' && depth === 1) starts.push(at + 1);
  });
  const close = text.trimEnd().length - 1;
  if (open < 0 || text.charAt(close) !== ')') return undefined;
  for (const [index, start] of starts.entries()) {
    const end = (starts[index + 1] ?? close + 1) - 1;
    const given = new RegExp(`^(\\s*${name}\\s*=\\s*)[^=]`).exec(text.slice(start, end));
    if (given) return `${text.slice(0, start)}${given[1] ?? ''}${value}${text.slice(end)}`;
  }
  const before = text.slice(0, close).trimEnd();
  const separator = before.endsWith('(') ? '' : before.endsWith(',') ? ' ' : ', ';
  return `${before}${separator}${name}=${value}${text.slice(before.length)}`;
}

/** The two sides of `a + b` (or `a += b`), trimmed, with where each starts; undefined where the text is no sum of two. */
export function operandsOfSum(text: string): readonly { readonly text: string; readonly start: number }[] | undefined {
  const signs: number[] = [];
  eachOutsideStrings(text, (character, at, depth) => {
    if (character === '+' && depth === 0) signs.push(at);
  });
  const [sign, ...others] = signs;
  if (sign === undefined || others.length > 0) return undefined;
  const next = sign + (text.charAt(sign + 1) === '=' ? 2 : 1);
  return [
    [0, sign],
    [next, text.length],
  ].map(([from = 0, to]) => {
    const part = text.slice(from, to);
    return { text: part.trim(), start: from + part.length - part.trimStart().length };
  });
}

/** Visit what is not in a string, with the number of brackets that are open before it. */
function eachOutsideStrings(text: string, visit: (character: string, at: number, depth: number) => void): void {
  let depth = 0;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
      continue;
    }
    if (character === '"' || character === "'") quote = character;
    visit(character, at, depth);
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
  }
}

/** Lines of code as they stand at the site, each ended. */
export function codeAt(lines: readonly string[], { at, indent }: InitializationSite): string {
  const code = lines.map((line) => `${indent}${line}\n`).join('');
  // At the end of a file without a newline the edit has to begin with one.
  return at.start.column === 0 ? code : `\n${code}`;
}
