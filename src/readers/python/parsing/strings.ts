import type { Expression, FormatField } from '../syntax';
import { unescape } from './literals';
import type { Subtree } from '../../text/tree';

type Parts = readonly (string | FormatField)[];

/** A string literal, plain or formatted. Bytes are taken as text: nothing here depends on the difference. */
export function formattedString(tree: Subtree, convert: (tree: Subtree | undefined) => Expression): Expression {
  return fromParts(partsOf(tree, convert), tree);
}

/** `'a' 'b'` and `'a' f'{b}'`. */
export function joinStrings(tree: Subtree, convert: (tree: Subtree | undefined) => Expression): Expression {
  return fromParts(
    tree.children.flatMap((child) => partsOf(child, convert)),
    tree,
  );
}

function fromParts(parts: Parts, tree: Subtree): Expression {
  const texts = parts.filter((part) => typeof part === 'string');
  return texts.length === parts.length
    ? { kind: 'literal', value: { type: 'str', value: texts.join('') }, ...tree.range }
    : { kind: 'formatted', parts, ...tree.range };
}

function partsOf(tree: Subtree, convert: (tree: Subtree | undefined) => Expression): Parts {
  const children = tree.children;
  const prefix = children[0]?.type === 'string_start' ? children[0].text.toLowerCase() : '';
  const content = (text: string): string => unescape(text, prefix.includes('r'));
  const braced = prefix.includes('f');
  const parts: (string | FormatField)[] = [];
  for (const child of children)
    if (child.type === 'string_content')
      parts.push(content(braced ? child.text.replaceAll('{{', '{').replaceAll('}}', '}') : child.text));
    else if (child.type === 'interpolation')
      parts.push({
        value: convert(child.field('expression')),
        specification: specificationOf(child.field('format_specifier'), convert),
        conversion: child.field('type_conversion')?.text.slice(1) ?? '',
      });
  return parts;
}

/** `:>{width}.2f` without its colon: text, and fields inside of it. */
function specificationOf(tree: Subtree | undefined, convert: (tree: Subtree | undefined) => Expression): Parts {
  if (!tree) return [];
  const parts: (string | FormatField)[] = [];
  let from = tree.range.start + 1;
  const plain = (to: number): void => {
    if (to > from) parts.push(tree.text.slice(from - tree.range.start, to - tree.range.start));
  };
  for (const child of tree.children) {
    plain(child.range.start);
    parts.push({ value: convert(child.field('expression')), specification: [], conversion: '' });
    from = child.range.end;
  }
  plain(tree.range.end);
  return parts;
}
