import type { Subtree } from '../../text/tree';
import type { Expression, Pattern } from '../syntax';
import { toExpression } from './expressions';

/** The pattern of a `case`, which may be several with commas between them. */
export function toCasePattern(trees: readonly Subtree[], commas: boolean): Pattern {
  const [only] = trees;
  return only && trees.length === 1 && !commas ? toPattern(only) : { kind: 'sequence', items: trees.map(toPattern) };
}

function toPattern(tree: Subtree): Pattern {
  const convert = conversions[tree.type];
  return convert ? convert(tree) : { kind: 'unsupported', what: `\`${tree.text.slice(0, 40)}\`` };
}

const value = (tree: Subtree): Pattern => ({ kind: 'value', value: toExpression(tree) });

/** Minus signs stand as tokens of their own before the numbers that they belong to. */
function signed(tree: Subtree): readonly Pattern[] {
  const patterns: Pattern[] = [];
  let minus: Subtree | undefined;
  for (const token of tree.tokens)
    if (token.type === '-') minus = token;
    else if (token.node.isNamed) {
      const pattern = toPattern(token);
      patterns.push(minus && pattern.kind === 'value' ? negative(pattern.value, minus) : pattern);
      minus = undefined;
    }
  return patterns;
}

function negative(operand: Expression, minus: Subtree): Pattern {
  return {
    kind: 'value',
    value: { kind: 'unary', operator: '-', operand, start: minus.range.start, end: operand.end },
  };
}

/** A name alone takes what it meets; with dots it is a value. */
function dotted(tree: Subtree): Pattern {
  const names = tree.children;
  const [first] = names;
  if (!first) return { kind: 'unsupported', what: 'a name' };
  if (names.length === 1) return { kind: 'capture', name: first.text };
  return { kind: 'value', value: dottedName(tree) };
}

function dottedName(tree: Subtree): Expression {
  const [first, ...rest] = tree.children;
  return rest.reduce<Expression>(
    (object, part) => ({ kind: 'attribute', object, name: part.text, start: tree.range.start, end: part.range.end }),
    { kind: 'name', name: first?.text ?? '', ...(first ?? tree).range },
  );
}

const sequence = (tree: Subtree): Pattern => ({ kind: 'sequence', items: tree.children.map(toPattern) });

function mapping(tree: Subtree): Pattern {
  const keys = tree.fields('key');
  const values = tree.fields('value');
  const rest = tree.children.find(({ type }) => type === 'splat_pattern')?.children[0]?.text;
  return {
    kind: 'mapping',
    entries: keys.flatMap((key, index) => {
      const pattern = values[index];
      return pattern ? [{ key: toExpression(key), pattern: toPattern(pattern) }] : [];
    }),
    rest,
  };
}

function ofClass(tree: Subtree): Pattern {
  const [cls, ...parts] = tree.children;
  if (!cls) return { kind: 'unsupported', what: 'a class' };
  const positional: Pattern[] = [];
  const keywords: { name: string; pattern: Pattern }[] = [];
  for (const part of parts) {
    const inner = part.type === 'case_pattern' ? part.children[0] : part;
    if (inner?.type === 'keyword_pattern') {
      const [name, pattern] = inner.children;
      if (name && pattern) keywords.push({ name: name.text, pattern: toPattern(pattern) });
    } else positional.push(toPattern(part));
  }
  return { kind: 'class', cls: dottedName(cls), positional, keywords };
}

function named(tree: Subtree): Pattern {
  const [pattern, name] = tree.children;
  return pattern && name
    ? { kind: 'as', pattern: toPattern(pattern), name: name.text }
    : { kind: 'unsupported', what: 'a pattern' };
}

const conversions: Readonly<Record<string, (tree: Subtree) => Pattern>> = {
  case_pattern: (tree) => signed(tree)[0] ?? { kind: 'capture', name: undefined },
  union_pattern: (tree) => ({ kind: 'either', patterns: signed(tree) }),
  integer: value,
  float: value,
  string: value,
  concatenated_string: value,
  true: value,
  false: value,
  none: value,
  identifier: (tree) => ({ kind: 'capture', name: tree.text }),
  dotted_name: dotted,
  list_pattern: sequence,
  tuple_pattern: sequence,
  splat_pattern: (tree) => ({ kind: 'star', name: tree.children[0]?.text }),
  dict_pattern: mapping,
  class_pattern: ofClass,
  as_pattern: named,
};
