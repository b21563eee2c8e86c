import fc from 'fast-check';

/** A change that a text goes through while it is typed, pasted into, or broken. Places are shares of the text's length. */
type Mutation = (text: string) => string;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (text: string, share: number): number => Math.floor(text.length * share);

const typed = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ':',
    ',',
    '.',
    '\n',
    '    ',
    '\t',
    '"',
    '"""',
    "'",
    '#',
    '=',
    ' = ',
    '*',
    '**',
    '-1',
    '0',
    '1e9',
  ],
  ...[
    'None',
    'self.',
    'lambda x: ',
    'for i in range(10 ** 9):\n',
    'while True:\n',
    'if x:',
    'import ',
    'return ',
    'nn.Linear(',
    '...',
    '=>',
  ],
  ...['${', '`', 'const ', 'tf.layers.dense({', 'NaN', '\u0000', 'é😀', '\r', '\u2028'],
];

/** Cut off, as a file that is still being written. */
const truncation = place.map(
  (end): Mutation =>
    (text) =>
      text.slice(0, at(text, end)),
);

/** A piece taken out, another put in its place. */
const replacement = fc
  .tuple(place, fc.nat(120), fc.constantFrom('', ...typed))
  .map(([start, length, insert]): Mutation => (text) => {
    const from = at(text, start);
    return text.slice(0, from) + insert + text.slice(from + length);
  });

/** Lines put in a second time elsewhere. */
const duplication = fc.tuple(place, place, fc.nat(30)).map(([from, to, count]): Mutation => (text) => {
  const lines = text.split('\n');
  const first = Math.floor(lines.length * from);
  lines.splice(Math.floor(lines.length * to), 0, ...lines.slice(first, first + count));
  return lines.join('\n');
});

/** Lines that change their places. */
const exchange = fc.tuple(place, place).map(([one, other]): Mutation => (text) => {
  const lines = text.split('\n');
  const [a, b] = [Math.floor((lines.length - 1) * one), Math.floor((lines.length - 1) * other)];
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
});

/** A name or a number that becomes another of the same text. */
const confusion = fc.tuple(place, place).map(([one, other]): Mutation => (text) => {
  const words = [...text.matchAll(/\w+/g)];
  const [from, to] = [words[Math.floor((words.length - 1) * one)], words[Math.floor((words.length - 1) * other)]];
  return from && to ? text.slice(0, from.index) + to[0] + text.slice(from.index + from[0].length) : text;
});

/** A block that is indented once more, or less. */
const indentation = fc
  .tuple(place, fc.nat(12), fc.constantFrom(4, -4, 1))
  .map(([start, count, shift]): Mutation => (text) => {
    const lines = text.split('\n');
    const first = Math.floor(lines.length * start);
    for (let line = first; line < Math.min(first + count, lines.length); line++)
      lines[line] = shift > 0 ? ' '.repeat(shift) + (lines[line] ?? '') : (lines[line] ?? '').slice(-shift);
    return lines.join('\n');
  });

/** One to five changes, one after the other. */
export const mutations: fc.Arbitrary<Mutation> = fc
  .array(fc.oneof(truncation, replacement, replacement, duplication, exchange, confusion, indentation), {
    minLength: 1,
    maxLength: 5,
  })
  .map(
    (steps): Mutation =>
      (text) =>
        steps.reduce((changed, step) => step(changed), text),
  );
