import { deepestNesting, type Subtree } from '../../text/tree';
import type {
  BinaryOperator,
  ComparisonOperator,
  Expression,
  ExpressionOf,
  Item,
  Literal,
  LogicalOperator,
  PropertySyntax,
  SpreadSyntax,
} from '../syntax';
import { toClass, toFunction } from './definitions';
import { numberLiteral, unescape } from './literals';
import { toPattern } from './patterns';

type Convert = (tree: Subtree) => Expression;

/** Turns an expression of tree-sitter's grammars into ours. What is not known becomes `unsupported`; it never throws. */
export function toExpression(tree: Subtree | undefined): Expression {
  if (!tree) return { kind: 'unsupported', what: 'an expression that is missing', start: 0, end: 0 };
  if (tree.depth > deepestNesting) return unsupported(tree, 'code nested this deeply');
  const convert = conversions.get(tree.type);
  return convert
    ? convert(tree)
    : unsupported(tree, tree.type === 'ERROR' ? 'a syntax error' : `\`${tree.text.slice(0, 40)}\``);
}

function unsupported(tree: Subtree, what: string): ExpressionOf<'unsupported'> {
  return { kind: 'unsupported', what, ...tree.range };
}

export function toItems(tree: Subtree | undefined): readonly Item[] {
  if (!tree || tree.type === 'template_string') return tree ? [{ value: toExpression(tree), spread: false }] : [];
  return tree.children.map((child) =>
    child.type === 'spread_element'
      ? { value: toExpression(child.children[0]), spread: true }
      : { value: toExpression(child), spread: false },
  );
}

/** The key of a property, a method or a field: a name, a string, a number, or `[computed]`. */
export function toKey(tree: Subtree | undefined): Expression {
  if (tree?.type === 'computed_property_name') return toExpression(tree.children[0]);
  if (tree?.type === 'string' || tree?.type === 'number') return toExpression(tree);
  const value = tree?.text ?? '';
  return { kind: 'literal', value: { type: 'string', value }, ...(tree?.range ?? { start: 0, end: 0 }) };
}

const literal =
  (value: Literal): Convert =>
  (tree) => ({ kind: 'literal', value, ...tree.range });

/** TypeScript's `x as T`, `x!`, and brackets: the value is that of what is inside. */
const inner: Convert = (tree) => toExpression(tree.children[0]);

const binary: Convert = (tree) => {
  const operator = tree.field('operator')?.type ?? '';
  const left = toExpression(tree.field('left'));
  const right = toExpression(tree.field('right'));
  if (isOneOf(logicalOperators, operator)) return { kind: 'logical', operator, left, right, ...tree.range };
  if (isOneOf(comparisonOperators, operator)) return { kind: 'comparison', operator, left, right, ...tree.range };
  if (isOneOf(binaryOperators, operator)) return { kind: 'binary', operator, left, right, ...tree.range };
  return unsupported(tree, `the operator \`${operator}\``);
};

const logicalOperators: readonly LogicalOperator[] = ['&&', '||', '??'];
const comparisonOperators: readonly ComparisonOperator[] = [
  '==',
  '!=',
  '===',
  '!==',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'instanceof',
];
const binaryOperators: readonly BinaryOperator[] = ['+', '-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>', '>>>'];
const unaryOperators: readonly ExpressionOf<'unary'>['operator'][] = ['-', '+', '!', '~', 'typeof', 'void', 'delete'];

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return names.some((one) => one === name);
}

const augmented: Convert = (tree) => {
  const operator = (tree.field('operator')?.type ?? '').slice(0, -1);
  const target = toExpression(tree.field('left'));
  const value = toExpression(tree.field('right'));
  return isOneOf(logicalOperators, operator) || isOneOf(binaryOperators, operator)
    ? { kind: 'augmented', target, operator, value, ...tree.range }
    : unsupported(tree, `the operator \`${operator}=\``);
};

const isOptional = (tree: Subtree): boolean =>
  tree.field('optional_chain') !== undefined ||
  tree.tokens.some(({ type }) => type === '?.' || type === 'optional_chain');

const template: Convert = (tree) => {
  const parts: (string | Expression)[] = [];
  for (const child of tree.children)
    if (child.type === 'template_substitution') parts.push(toExpression(child.children[0]));
    else parts.push(unescape(child.text));
  return { kind: 'template', parts, ...tree.range };
};

const objectLiteral: Convert = (tree) => ({
  kind: 'object',
  entries: tree.children.flatMap((child): readonly (PropertySyntax | SpreadSyntax)[] => {
    switch (child.type) {
      case 'pair':
        return [{ kind: 'property', key: toKey(child.field('key')), value: toExpression(child.field('value')) }];
      case 'shorthand_property_identifier':
        return [{ kind: 'property', key: toKey(child), value: { kind: 'name', name: child.text, ...child.range } }];
      case 'spread_element':
        return [{ kind: 'spread', value: toExpression(child.children[0]) }];
      case 'method_definition': {
        const kind = child.tokens.some(({ type }) => type === 'get') ? 'getter' : 'property';
        if (child.tokens.some(({ type }) => type === 'set')) return [];
        return [
          {
            kind,
            key: toKey(child.field('name')),
            value: { kind: 'function', definition: toFunction(child), ...child.range },
          },
        ];
      }
      default:
        return [{ kind: 'spread', value: toExpression(child) }];
    }
  }),
  ...tree.range,
});

const call: Convert = (tree) => {
  const callee = tree.field('function');
  const given = tree.field('arguments');
  if (given?.type === 'template_string') return unsupported(tree, 'a tagged template');
  if (callee?.type === 'import') return unsupported(tree, 'an import at run time');
  return {
    kind: 'call',
    callee: toExpression(callee),
    arguments: toItems(given),
    optional: isOptional(tree),
    ...tree.range,
  };
};

const functionExpression: Convert = (tree) => ({ kind: 'function', definition: toFunction(tree), ...tree.range });
const classExpression: Convert = (tree) => ({ kind: 'class', definition: toClass(tree), ...tree.range });

const conversions = new Map<string, Convert>(
  Object.entries<Convert>({
    identifier: (tree) => ({ kind: 'name', name: tree.text, ...tree.range }),
    this: (tree) => ({ kind: 'this', ...tree.range }),
    super: (tree) => ({ kind: 'super', ...tree.range }),
    undefined: literal({ type: 'undefined' }),
    null: literal({ type: 'null' }),
    true: literal({ type: 'boolean', value: true }),
    false: literal({ type: 'boolean', value: false }),
    number: (tree) => {
      const value = numberLiteral(tree.text);
      return value ? { kind: 'literal', value, ...tree.range } : unsupported(tree, `the number \`${tree.text}\``);
    },
    string: (tree) => ({
      kind: 'literal',
      value: { type: 'string', value: unescape(tree.text.slice(1, -1)) },
      ...tree.range,
    }),
    template_string: template,
    array: (tree) => ({ kind: 'array', items: toItems(tree), ...tree.range }),
    object: objectLiteral,
    arrow_function: functionExpression,
    function_expression: functionExpression,
    function: functionExpression,
    generator_function: functionExpression,
    class: classExpression,
    call_expression: call,
    new_expression: (tree) => ({
      kind: 'new',
      callee: toExpression(tree.field('constructor')),
      arguments: toItems(tree.field('arguments')),
      ...tree.range,
    }),
    member_expression: (tree) => {
      const property = tree.field('property');
      return {
        kind: 'member',
        object: toExpression(tree.field('object')),
        name: property?.text ?? '',
        nameRange: property?.range ?? tree.range,
        optional: isOptional(tree),
        ...tree.range,
      };
    },
    subscript_expression: (tree) => ({
      kind: 'element',
      object: toExpression(tree.field('object')),
      index: toExpression(tree.field('index')),
      optional: isOptional(tree),
      ...tree.range,
    }),
    unary_expression: (tree) => {
      const operator = tree.field('operator')?.type ?? '';
      return isOneOf(unaryOperators, operator)
        ? { kind: 'unary', operator, operand: toExpression(tree.field('argument')), ...tree.range }
        : unsupported(tree, `the operator \`${operator}\``);
    },
    update_expression: (tree) => ({
      kind: 'update',
      target: toExpression(tree.field('argument')),
      by: tree.field('operator')?.type === '--' ? -1 : 1,
      prefix: tree.tokens[0]?.type === '++' || tree.tokens[0]?.type === '--',
      ...tree.range,
    }),
    binary_expression: binary,
    ternary_expression: (tree) => ({
      kind: 'conditional',
      test: toExpression(tree.field('condition')),
      then: toExpression(tree.field('consequence')),
      otherwise: toExpression(tree.field('alternative')),
      ...tree.range,
    }),
    assignment_expression: (tree) => ({
      kind: 'assign',
      target: toPattern(tree.field('left')),
      value: toExpression(tree.field('right')),
      ...tree.range,
    }),
    augmented_assignment_expression: augmented,
    sequence_expression: (tree) => ({ kind: 'sequence', expressions: tree.children.map(toExpression), ...tree.range }),
    await_expression: (tree) => ({ kind: 'await', value: toExpression(tree.children[0]), ...tree.range }),
    parenthesized_expression: inner,
    as_expression: inner,
    satisfies_expression: inner,
    non_null_expression: inner,
    instantiation_expression: inner,
    type_assertion: (tree) => toExpression(tree.children.at(-1)),
  }),
);
