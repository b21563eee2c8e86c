import type { Range } from '../../text/source';

/** A stretch of statements at the top of a module. */
export interface Section extends Range {
  readonly kind: 'function' | 'class' | 'value' | 'code';
  /** What a section that is not code gives a value to, and does nothing else: it may wait until somebody asks for it. */
  readonly name?: string;
  /** Of a function: it has decorators. */
  readonly decorated?: boolean;
  /**
   * What is called here is told of something (`@register_model`, `register_aliases(…)`), by a plain name: it may wait until
   * somebody asks whom it tells.
   */
  readonly registrar?: string;
}

/** A value that is written over fewer characters is evaluated where it stands. */
const longValue = 1_500;

/**
 * The top of a module, cut where statements begin, without parsing it. What stands before the first belongs to it. Imports that
 * follow each other are one section.
 */
export function sectionsOf(text: string): readonly Section[] {
  const sections: Section[] = [];
  const starts = statementStarts(text);
  let imports: number | undefined;
  for (let at = 0; at < starts.length; at++) {
    const start = starts[at] ?? 0;
    // Decorators belong to what they stand above.
    while (text.charAt(starts[at] ?? 0) === '@' && at + 1 < starts.length) at++;
    const definition = starts[at] ?? start;
    const end = starts[at + 1] ?? text.length;
    const isImport = text.startsWith('import ', start) || text.startsWith('from ', start);
    if (isImport && imports !== undefined) sections.pop();
    imports = isImport ? (imports ?? start) : undefined;
    const what = definitionAt(text, definition, start) ??
      longValueAt(text, start, end) ??
      registrationAt(text, start) ?? { kind: 'code' };
    const begin = imports ?? start;
    sections.push({ ...what, start: sections.length === 0 ? 0 : begin, end });
  }
  return sections;
}

type Kind = Omit<Section, 'start' | 'end'>;

/** A `def` or `class`, its decorators from `start` on. */
function definitionAt(text: string, at: number, start: number): Kind | undefined {
  const line = text.slice(at, endOfLine(text, at));
  const word = ['def ', 'class ', 'async def '].find((one) => line.startsWith(one));
  if (word === undefined) return undefined;
  const decorators = text.slice(start, at).trim();
  const registers = isRegistering(decorators);
  const registrar = registers ? /^@(\w+)$/.exec(decorators)?.[1] : undefined;
  const kind = word === 'class ' ? 'class' : 'function';
  // What enters something in a table that is not known by one name is executed where it stands: the table may be asked.
  const settings = kind === 'class' && line.includes('=');
  if (settings || (registers && (registrar === undefined || kind === 'class'))) return { kind: 'code' };
  return {
    kind,
    name: nameAt(text, at + word.length),
    decorated: decorators !== '',
    ...(registrar === undefined ? {} : { registrar }),
  };
}

function longValueAt(text: string, start: number, end: number): Kind | undefined {
  if (end - start < longValue) return undefined;
  const name = nameAt(text, start);
  const sign = text.slice(start + name.length, endOfLine(text, start)).trimStart();
  const assigns = (sign.startsWith('=') && !sign.startsWith('==')) || (sign.startsWith(':') && sign.includes('='));
  return name !== '' && assigns ? { kind: 'value', name } : undefined;
}

/** `register_aliases(…)` for a statement. */
function registrationAt(text: string, start: number): Kind | undefined {
  const name = nameAt(text, start);
  return isRegistering(name) && text.charAt(start + name.length) === '('
    ? { kind: 'code', registrar: name }
    : undefined;
}

const isRegistering = (words: string): boolean => words.toLowerCase().includes('regist');

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

/** The words of a piece of code that may be names: not those of attributes, comments and plain texts. */
export function plainWords(code: string): ReadonlySet<string> {
  const words = new Set<string>();
  let formatted = false;
  for (let at = 0; at < code.length; at++) {
    const sign = code.charCodeAt(at);
    if (sign === quote || sign === apostrophe) {
      const end = endOfString(code, at);
      if (formatted) for (const word of code.slice(at, end).match(/\w+/g) ?? []) words.add(word);
      at = end - 1;
    } else if (sign === hash) at = endOfLine(code, at) - 1;
    else if (isWordCharacter(code.charAt(at))) {
      const word = nameAt(code, at);
      if (code.charAt(at - 1) !== '.') words.add(word);
      formatted = /^(f|rf|fr)$/i.test(word);
      at += word.length - 1;
      continue;
    }
    formatted = false;
  }
  return words;
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
