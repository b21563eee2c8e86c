import type { Literal } from '../syntax';

/** A number as JavaScript writes it: `1_000`, `0xff`, `1e-5`; undefined for what is none. */
export function numberLiteral(text: string): Literal | undefined {
  const digits = text.replaceAll('_', '');
  const value = Number(digits.endsWith('n') ? digits.slice(0, -1) : digits);
  return Number.isNaN(value) ? undefined : { type: 'number', value };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\n': '',
};

/** The text of a string or template between its quotes, with the escapes carried out. */
export function unescape(text: string): string {
  return text.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g,
    (whole, braced?: string, four?: string, two?: string, one?: string) => {
      const code = braced ?? four ?? two;
      if (code === undefined) return one === undefined ? whole : (escapes[one] ?? one);
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
