import { isElements } from '../operators';
import { bool, int, ListValue, none, numberOf, text, tuple, type Call, type Value } from '../values';
import { formatNumber } from './format';
import type { Method, MethodTable } from './method';

type TextValue = Extract<Value, { type: 'str' }>;

const textArgument = ({ positional }: Call, index = 0): string | undefined => {
  const value = positional[index];
  return value?.type === 'str' ? value.value : undefined;
};

function onText(compute: (self: string, argument: string) => Value): Method<TextValue> {
  return (self, call) => {
    const argument = textArgument(call);
    return argument === undefined
      ? call.interpreter.unknown(`'${self.value}'`, 'is compared with text that is not known')
      : compute(self.value, argument);
  };
}

/** Methods of `str`. */
export const textMethods: MethodTable<TextValue> = {
  lower: (self) => text(self.value.toLowerCase()),
  upper: (self) => text(self.value.toUpperCase()),
  casefold: (self) => text(self.value.toLowerCase()),
  swapcase: (self, { interpreter }) => interpreter.unknown(`'${self.value}'`, 'is text that is not known'),
  strip: stripped(true, true),
  lstrip: stripped(true, false),
  rstrip: stripped(false, true),
  title: (self) => text(self.value.split(' ').map(capitalised).join(' ')),
  capitalize: (self) => text(capitalised(self.value)),
  removeprefix: onText((self, part) => text(self.startsWith(part) ? self.slice(part.length) : self)),
  removesuffix: onText((self, part) => text(part !== '' && self.endsWith(part) ? self.slice(0, -part.length) : self)),
  isalpha: (self) => ofAll(self, (character) => character.toLowerCase() !== character.toUpperCase()),
  isalnum: (self) =>
    ofAll(self, (character) => character.toLowerCase() !== character.toUpperCase() || isDigit(character)),
  isnumeric: (self) => ofAll(self, isDigit),
  isidentifier: (self) =>
    bool(
      !isDigit(self.value.charAt(0)) &&
        ofAllCharacters(
          self.value,
          (character) => character === '_' || isDigit(character) || character.toLowerCase() !== character.toUpperCase(),
        ),
    ),
  islower: (self) => bool(self.value !== self.value.toUpperCase() && self.value === self.value.toLowerCase()),
  isupper: (self) => bool(self.value !== self.value.toLowerCase() && self.value === self.value.toUpperCase()),
  isspace: (self) => ofAll(self, (character) => character.trim() === ''),
  encode: (self) => self,
  decode: (self) => self,
  zfill: (self, { positional: [width] }) => text(self.value.padStart(Math.min(numberOf(width) ?? 0, 1000), '0')),
  ljust: (self, { positional: [width] }) => text(self.value.padEnd(Math.min(numberOf(width) ?? 0, 1000))),
  rjust: (self, { positional: [width] }) => text(self.value.padStart(Math.min(numberOf(width) ?? 0, 1000))),
  splitlines: (self) => new ListValue(self.value.split('\n').map(text)),
  partition: onText((self, separator) => {
    const at = self.indexOf(separator);
    return tuple(
      (at < 0 ? [self, '', ''] : [self.slice(0, at), separator, self.slice(at + separator.length)]).map(text),
    );
  }),
  rpartition: onText((self, separator) => {
    const at = self.lastIndexOf(separator);
    return tuple(
      (at < 0 ? ['', '', self] : [self.slice(0, at), separator, self.slice(at + separator.length)]).map(text),
    );
  }),
  isdigit: (self) => ofAll(self, isDigit),
  find: onText((self, part) => int(self.indexOf(part))),
  rfind: onText((self, part) => int(self.lastIndexOf(part))),
  index: onText((self, part) => int(self.indexOf(part))),
  count: onText((self, part) => int(self.split(part).length - 1)),
  startswith: (self, call) => affix(self, call, (whole, part) => whole.startsWith(part)),
  endswith: (self, call) => affix(self, call, (whole, part) => whole.endsWith(part)),
  split: (self, call) => new ListValue(pieces(self.value, call, false).map(text)),
  rsplit: (self, call) => new ListValue(pieces(self.value, call, true).map(text)),
  replace: (self, call) => {
    const [from, to] = [textArgument(call), textArgument(call, 1)];
    const result = from === undefined || to === undefined ? undefined : self.value.replaceAll(from, to);
    return result === undefined || result.length > call.interpreter.budget.limits.elements
      ? call.interpreter.unknown(`'${self.value}'`, 'is replaced by text that is not known')
      : text(result);
  },
  join: (self, call) => {
    const elements = call.interpreter.iterate(call.positional[0] ?? none);
    if (!isElements(elements)) return elements;
    const parts = elements.map((element) => call.interpreter.textOf(element));
    return parts.includes(undefined)
      ? call.interpreter.unknown('join(…)', 'joins text that is not known')
      : text(parts.join(self.value));
  },
  format: (self, call) => {
    let next = 0;
    const pieces = self.value.split('{').map((piece, index) => {
      if (index === 0) return piece;
      const close = piece.indexOf('}');
      const [name = '', specification = ''] = piece.slice(0, close).split(':');
      const position = name === '' ? next++ : Number(name);
      const value = Number.isNaN(position) ? call.keywords.get(name) : call.positional[position];
      const shown =
        value && (specification === '' ? call.interpreter.textOf(value) : formatNumber(value, specification));
      return shown === undefined || close < 0 ? undefined : shown + piece.slice(close + 1);
    });
    return pieces.includes(undefined)
      ? call.interpreter.unknown(`'${self.value}'.format(…)`, 'is text that is not known')
      : text(pieces.join(''));
  },
};

/** The pieces between separators, at most as many as are asked for, counted from the front or from the back. */
function pieces(whole: string, call: Call, fromBack: boolean): readonly string[] {
  const separator = textArgument(call) ?? textOfKeyword(call, 'sep');
  const most = numberOf(call.positional[1] ?? call.keywords.get('maxsplit')) ?? -1;
  const parts = separator === undefined ? whole.split(' ').filter((word) => word !== '') : whole.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  const glue = separator ?? ' ';
  return fromBack
    ? [parts.slice(0, parts.length - most).join(glue), ...parts.slice(parts.length - most)]
    : [...parts.slice(0, most), parts.slice(most).join(glue)];
}

function textOfKeyword({ keywords }: Call, name: string): string | undefined {
  const value = keywords.get(name);
  return value?.type === 'str' ? value.value : undefined;
}

function stripped(front: boolean, back: boolean): Method<TextValue> {
  return (self, call) => {
    const given = textArgument(call);
    const isStripped = (character: string): boolean =>
      character !== '' && (given === undefined ? character.trim() === '' : given.includes(character));
    let [start, end] = [0, self.value.length];
    while (front && start < end && isStripped(self.value.charAt(start))) start++;
    while (back && end > start && isStripped(self.value.charAt(end - 1))) end--;
    return text(self.value.slice(start, end));
  };
}

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
const isDigit = (character: string): boolean => character >= '0' && character <= '9';
const ofAllCharacters = (whole: string, test: (character: string) => boolean): boolean =>
  whole !== '' && Array.from(whole).every(test);
const ofAll = (self: TextValue, test: (character: string) => boolean): Value => bool(ofAllCharacters(self.value, test));

function affix(
  self: TextValue,
  { positional, interpreter }: Call,
  test: (whole: string, part: string) => boolean,
): Value {
  const [given] = positional;
  const candidates = given?.type === 'tuple' ? given.items : given ? [given] : [];
  const known = candidates.flatMap((candidate) => (candidate.type === 'str' ? candidate.value : []));
  if (known.some((part) => test(self.value, part))) return bool(true);
  return known.length === candidates.length
    ? bool(false)
    : interpreter.unknown(`'${self.value}'`, 'is compared with text that is not known');
}
