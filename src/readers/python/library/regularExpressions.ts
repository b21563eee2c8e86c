import { CallArguments } from '../arguments';
import { builtin, builtinClass } from '../classes';
import {
  InstanceValue,
  int,
  ListValue,
  none,
  numberOf,
  text,
  tuple,
  type Call,
  type UnknownValue,
  type Value,
} from '../values';
import { moduleOf } from './module';
import { objectClass } from './types';

/** Longer patterns and texts are not looked through. */
const longest = 200;

/**
 * A pattern of the part of the language that both Python and JavaScript have, and that cannot take long: a group is not
 * repeated. Undefined for the rest.
 */
export function toPattern(pattern: string, flags: string): RegExp | undefined {
  if (
    pattern.length > longest ||
    hasRepeatedGroup(pattern) ||
    pattern.split('*').length + pattern.split('+').length > 8
  )
    return undefined;
  const named = pattern.replaceAll('(?P<', '(?<').replaceAll('\\A', '^').replaceAll('\\Z', '$');
  if (named.includes('(?P') || named.includes('(?i') || named.includes('(?x') || named.includes('\\1'))
    return undefined;
  try {
    return new RegExp(named, flags);
  } catch {
    // Python's language and JavaScript's differ: what is no pattern here may be one there.
    return undefined;
  }
}

const repeats = ['*', '+', '{'];
const hasRepeatedGroup = (pattern: string): boolean =>
  Array.from(pattern).some((character, at) => character === ')' && repeats.includes(pattern.charAt(at + 1)));

const patternClass = builtinClass('Pattern', [objectClass], {});
const matchClass = builtinClass('Match', [objectClass], {});

class Found {
  constructor(readonly match: RegExpExecArray) {}
}

const valueOf = (group: string | undefined): Value => (group === undefined ? none : text(group));

function matchOf(match: RegExpExecArray | null, { site }: Call): Value {
  return match ? new InstanceValue(matchClass, site, new Found(match)) : none;
}

const onMatch =
  (compute: (match: RegExpExecArray, call: Call) => Value) =>
  (call: Call): Value => {
    const [self] = call.positional;
    return self?.type === 'instance' && self.native instanceof Found ? compute(self.native.match, call) : none;
  };

function groupOf(match: RegExpExecArray, which: Value): Value {
  const number = numberOf(which);
  return valueOf(number !== undefined ? match[number] : which.type === 'str' ? match.groups?.[which.value] : undefined);
}

const matchMethods: Readonly<Record<string, (call: Call) => Value>> = {
  group: onMatch((match, { positional: [, ...which] }) => {
    const groups = (which.length === 0 ? [int(0)] : which).map((one) => groupOf(match, one));
    return groups.length === 1 ? (groups[0] ?? none) : tuple(groups);
  }),
  groups: onMatch((match) => tuple(match.slice(1).map(valueOf))),
  __getitem__: onMatch((match, { positional: [, which = int(0)] }) => groupOf(match, which)),
  start: onMatch((match) => int(match.index)),
  end: onMatch((match) => int(match.index + match[0].length)),
};

/** The pattern and the text of a call, if both are known and short. */
function asked(call: Call, flags: string): { readonly pattern: RegExp; readonly words: string } | UnknownValue {
  const args = new CallArguments(call, ['pattern', 'string']);
  const [given, words] = [args.value('pattern'), args.value('string')];
  const source = given.type === 'instance' ? given.attributes.get('pattern') : given;
  const pattern =
    source?.type === 'str' && call.positional[2] === undefined && !call.keywords.has('flags')
      ? toPattern(source.value, flags)
      : undefined;
  if (!pattern || words.type !== 'str' || words.value.length > longest)
    return call.interpreter.unknown('re', 'looks for a pattern that is not followed');
  return { pattern, words: words.value };
}

const searching =
  (anchor: (source: string) => string) =>
  (call: Call): Value => {
    const found = asked(call, '');
    if ('type' in found) return found;
    return matchOf(new RegExp(anchor(found.pattern.source)).exec(found.words), call);
  };

const functions: Readonly<Record<string, (call: Call) => Value>> = {
  search: searching((source) => source),
  match: searching((source) => `^(?:${source})`),
  fullmatch: searching((source) => `^(?:${source})$`),
  findall: (call) => {
    const found = asked(call, 'g');
    if ('type' in found) return found;
    const matches = [...found.words.matchAll(found.pattern)];
    return new ListValue(
      matches.map((match) =>
        match.length > 2 ? tuple(match.slice(1).map(valueOf)) : valueOf(match.length === 2 ? match[1] : match[0]),
      ),
    );
  },
  split: (call) => {
    const found = asked(call, '');
    return 'type' in found ? found : new ListValue(found.words.split(found.pattern).map(valueOf));
  },
  sub: (call) => {
    const [pattern, replacement, ...rest] = call.positional;
    const found = pattern && asked({ ...call, positional: [pattern, ...rest.slice(0, 1)] }, 'g');
    if (!found || replacement?.type !== 'str' || replacement.value.includes('\\'))
      return call.interpreter.unknown('re.sub(…)', 'replaces what is not followed');
    return 'type' in found ? found : text(found.words.replace(found.pattern, () => replacement.value));
  },
  compile: ({ positional: [pattern = none, flags], interpreter, site }) => {
    if (flags || pattern.type !== 'str')
      return interpreter.unknown('re.compile(…)', 'is a pattern that is not followed');
    const compiled = new InstanceValue(patternClass, site);
    compiled.attributes.set('pattern', pattern, interpreter.journal);
    return compiled;
  },
};

const builtins = Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, builtin(name, call, true)]));
matchClass.attributes.fill(
  new Map(Object.entries(matchMethods).map(([name, call]) => [name, builtin(name, call, true)])),
);
patternClass.attributes.fill(new Map(Object.entries(builtins)));

/** A small part of `re`: plain patterns on short texts. */
export const reModule = moduleOf('re', () => ({ ...builtins, Pattern: patternClass, Match: matchClass }));
