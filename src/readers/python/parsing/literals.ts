import type { Literal } from '../syntax';

/** An integer or float as Python writes it: `1_000`, `0xff`, `1e-5`. Undefined for complex numbers and what is not a number. */
export function numberLiteral(text: string): Literal | undefined {
  const digits = text.replaceAll('_', '').toLowerCase();
  if (digits.endsWith('j')) return undefined;
  const value = Number(digits.endsWith('l') ? digits.slice(0, -1) : digits);
  if (Number.isNaN(value)) return undefined;
  const prefixed = ['0x', '0o', '0b'].some((prefix) => digits.startsWith(prefix));
  const float = !prefixed && (digits.includes('.') || digits.includes('e'));
  if (!float && !Number.isSafeInteger(value)) return { type: 'float', value };
  return { type: float ? 'float' : 'int', value };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** The text of a string literal between its quotes, with the escapes carried out unless it is raw. */
export function unescape(text: string, raw: boolean): string {
  if (raw || !text.includes('\\')) return text;
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character !== '\\') {
      result += character;
      continue;
    }
    const next = text.charAt(++at);
    const digits = next === 'x' ? 2 : next === 'u' ? 4 : next === 'U' ? 8 : 0;
    const code = digits > 0 ? Number.parseInt(text.slice(at + 1, at + 1 + digits), 16) : Number.NaN;
    if (digits > 0 && code <= 0x10ffff) {
      result += String.fromCodePoint(code);
      at += digits;
    } else result += escapes[next] ?? `\\${next}`;
  }
  return result;
}
