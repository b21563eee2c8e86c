import type { Subtree } from '../../text/tree';
import type { ClassSyntax, FunctionSyntax, MemberSyntax, Parameter } from '../syntax';
import { toExpression, toKey } from './expressions';
import { toParameters, toPattern } from './patterns';
import { toBlock } from './statements';

/** A function, an arrow function or a method. */
export function toFunction(tree: Subtree): FunctionSyntax {
  const name = tree.field('name');
  const body = tree.field('body');
  const single = tree.field('parameter');
  const parameters: readonly Parameter[] = single
    ? [{ target: toPattern(single), rest: false, property: false }]
    : toParameters(tree.field('parameters'));
  return {
    name: name?.text ?? '',
    nameRange: name?.range ?? tree.range,
    parameters,
    body: body?.type === 'statement_block' ? toBlock(body) : toExpression(body),
    arrow: tree.type === 'arrow_function',
    generator: tree.type.startsWith('generator') || tree.tokens.some(({ type }) => type === '*'),
    broken: tree.node.hasError,
    ...tree.range,
  };
}

export function toClass(tree: Subtree): ClassSyntax {
  const name = tree.field('name');
  const heritage = tree.children.find(({ type }) => type === 'class_heritage');
  const extended = heritage?.children[0];
  // TypeScript wraps the base in a clause of its own.
  const base =
    extended?.type === 'extends_clause'
      ? extended.field('value')
      : extended?.type === 'implements_clause'
        ? undefined
        : extended;
  return {
    name: name?.text ?? '',
    nameRange: name?.range ?? tree.range,
    base: base && toExpression(base),
    members: (tree.field('body')?.children ?? []).flatMap(toMember),
    broken: tree.node.hasError,
    ...tree.range,
  };
}

function toMember(tree: Subtree): readonly MemberSyntax[] {
  const has = (type: string): boolean => tree.tokens.some((token) => token.type === type);
  switch (tree.type) {
    case 'method_definition':
      return [
        {
          kind: has('get') ? 'getter' : has('set') ? 'setter' : 'method',
          static: has('static'),
          key: toKey(tree.field('name')),
          value: { kind: 'function', definition: toFunction(tree), ...tree.range },
        },
      ];
    case 'field_definition':
    case 'public_field_definition': {
      const value = tree.field('value');
      return [
        {
          kind: 'field',
          static: has('static'),
          key: toKey(tree.field('name') ?? tree.field('property')),
          value: value && toExpression(value),
        },
      ];
    }
    default:
      return [];
  }
}
