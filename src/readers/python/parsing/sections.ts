import type { Range } from '../../text/source';

/** A stretch of statements at the top of a module. */
export interface Section extends Range {
  /** Set where the section does no more than give a value to this name: it may wait until somebody asks for it. */
  readonly name: string | undefined;
}

/** A value that is written over fewer characters is evaluated where it stands. */
const longValue = 1_500;

/**
 * The top of a module, cut where statements begin, without parsing it: every definition and every long value is a section of its
 * own, what stands between them is one.
 */
export function sectionsOf(text: string): readonly Section[] {
  const sections: Section[] = [];
  const starts = statementStarts(text);
  let code: number | undefined;
  const closeCode = (end: number): void => {
    if (code !== undefined) sections.push({ start: code, end, name: undefined });
    code = undefined;
  };
  for (let at = 0; at < starts.length; at++) {
    const start = starts[at] ?? 0;
    // Decorators belong to what they stand above.
    while (text.charAt(starts[at] ?? 0) === '@' && at + 1 < starts.length) at++;
    const definition = starts[at] ?? start;
    const end = starts[at + 1] ?? text.length;
    const name = definedName(text, definition, text.slice(start, definition)) ?? longAssigned(text, start, end);
    if (name === undefined) {
      code ??= start;
      continue;
    }
    closeCode(start);
    sections.push({ start, end, name });
  }
  closeCode(text.length);
  return sections;
}

/** The name of a `def` or `class` that changes nothing but its name; others are executed where they stand. */
function definedName(text: string, at: number, decorators: string): string | undefined {
  const line = text.slice(at, endOfLine(text, at));
  const word = ['def ', 'class ', 'async def '].find((one) => line.startsWith(one));
  if (word === undefined) return undefined;
  // What enters something in a table is executed where it stands: the table may be asked.
  const settings = word === 'class ' && line.includes('=');
  if (settings || decorators.toLowerCase().includes('regist')) return undefined;
  return nameAt(text, at + word.length);
}

function longAssigned(text: string, start: number, end: number): string | undefined {
  if (end - start < longValue) return undefined;
  const name = nameAt(text, start);
  const sign = text.slice(start + name.length, endOfLine(text, start)).trimStart();
  const assigns = (sign.startsWith('=') && !sign.startsWith('==')) || (sign.startsWith(':') && sign.includes('='));
  return name !== '' && assigns ? name : undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function nameAt(text: string, from: number): string {
  let end = from;
  while (end < text.length && isWordCharacter(text.charAt(end))) end++;
  return text.slice(from, end);
}

function isWordCharacter(character: string): boolean {
  return (
    character === '_' || (character >= '0' && character <= '9') || character.toLowerCase() !== character.toUpperCase()
  );
}

/** Words that go on with the statement before. */
const continuing = ['else', 'elif', 'except', 'finally'];
/** Words that begin a statement even where a bracket before them was never closed. */
const beginning = ['def ', 'class ', 'import ', 'from ', '@'];

const quote = 34;
const apostrophe = 39;
const hash = 35;
const backslash = 92;
const newline = 10;
const opening = new Set(Array.from('([{', (character) => character.charCodeAt(0)));
const closing = new Set(Array.from(')]}', (character) => character.charCodeAt(0)));

/** Where the statements of the outermost level begin. */
function statementStarts(text: string): readonly number[] {
  const starts: number[] = [];
  let depth = 0;
  const beginsAt = (at: number): void => {
    const first = text.charAt(at);
    if (first === '' || first.trim() === '' || first === '#') return;
    if (depth > 0 && !beginning.some((word) => text.startsWith(word, at))) return;
    depth = 0;
    if (closing.has(first.charCodeAt(0)) || continuing.includes(nameAt(text, at))) return;
    starts.push(at);
  };
  beginsAt(0);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === newline) beginsAt(at + 1);
    else if (code === quote || code === apostrophe) at = endOfString(text, at) - 1;
    else if (code === hash) at = endOfLine(text, at) - 1;
    else if (code === backslash) at++;
    else if (opening.has(code)) depth++;
    else if (closing.has(code)) depth = Math.max(0, depth - 1);
  }
  return starts;
}

/** After the closing quotes of a string that begins here; one of a single line ends with its line at the latest. */
function endOfString(text: string, start: number): number {
  const sign = text.charAt(start);
  const long = text.startsWith(sign.repeat(3), start);
  const end = long ? sign.repeat(3) : sign;
  for (let at = start + end.length; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '\n' && !long) return at;
    else if (character === sign && text.startsWith(end, at)) return at + end.length;
  }
  return text.length;
}
