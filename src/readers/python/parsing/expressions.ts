import type {
  Argument,
  BinaryOperator,
  ComparisonOperator,
  ComprehensionClause,
  Expression,
  ExpressionOf,
  Parameter,
} from '../syntax';
import { numberLiteral } from './literals';
import { formattedString, joinStrings } from './strings';
import { deepestNesting, type Subtree } from '../../text/tree';

type Convert = (tree: Subtree) => Expression;

/** Turns an expression of tree-sitter's grammar into ours. What is not known becomes `unsupported`; it never throws. */
export function toExpression(tree: Subtree | undefined): Expression {
  if (!tree) return { kind: 'unsupported', what: 'an expression that is missing', start: 0, end: 0 };
  if (tree.depth > deepestNesting) return unsupported(tree, 'code nested this deeply');
  const convert = conversions[tree.type];
  return convert
    ? convert(tree)
    : unsupported(tree, tree.type === 'ERROR' ? 'a syntax error' : `\`${tree.text.slice(0, 40)}\``);
}

export function toArguments(tree: Subtree | undefined): readonly Argument[] {
  if (!tree) return [];
  if (tree.type === 'generator_expression') return [{ kind: 'positional', value: toExpression(tree) }];
  return tree.children.map((child): Argument => {
    switch (child.type) {
      case 'keyword_argument':
        return { kind: 'keyword', name: child.field('name')?.text ?? '', value: toExpression(child.field('value')) };
      case 'list_splat':
        return { kind: 'star', value: toExpression(child.children[0]) };
      case 'dictionary_splat':
        return { kind: 'doubleStar', value: toExpression(child.children[0]) };
      default:
        return { kind: 'positional', value: toExpression(child) };
    }
  });
}

export function toParameters(tree: Subtree | undefined): readonly Parameter[] {
  const parameters: Parameter[] = [];
  let kind: 'positional' | 'keywordOnly' = 'positional';
  for (const child of tree?.children ?? []) {
    const pattern = child.type === 'typed_parameter' ? (child.children[0] ?? child) : child;
    switch (pattern.type) {
      case 'identifier':
        parameters.push({ kind, name: pattern.text });
        break;
      case 'default_parameter':
      case 'typed_default_parameter':
        parameters.push({
          kind,
          name: pattern.field('name')?.text ?? '',
          fallback: toExpression(pattern.field('value')),
        });
        break;
      case 'list_splat_pattern':
        parameters.push({ kind: 'star', name: pattern.children[0]?.text ?? '' });
        kind = 'keywordOnly';
        break;
      case 'dictionary_splat_pattern':
        parameters.push({ kind: 'doubleStar', name: pattern.children[0]?.text ?? '' });
        break;
      case 'keyword_separator':
        kind = 'keywordOnly';
        break;
    }
  }
  return parameters;
}

function unsupported(tree: Subtree, what: string): ExpressionOf<'unsupported'> {
  return { kind: 'unsupported', what, ...tree.range };
}

const literal =
  (value: ExpressionOf<'literal'>['value']): Convert =>
  (tree) => ({ kind: 'literal', value, ...tree.range });

const sequence =
  (type: ExpressionOf<'sequence'>['type']): Convert =>
  (tree) => ({ kind: 'sequence', type, items: tree.children.map(toExpression), ...tree.range });

const star: Convert = (tree) => ({ kind: 'star', value: toExpression(tree.children[0]), ...tree.range });

const number: Convert = (tree) => {
  const value = numberLiteral(tree.text);
  return value ? { kind: 'literal', value, ...tree.range } : unsupported(tree, `the number \`${tree.text}\``);
};

const comprehension =
  (type: ExpressionOf<'comprehension'>['type']): Convert =>
  (tree) => {
    const body = tree.field('body');
    const pair = body?.type === 'pair';
    return {
      kind: 'comprehension',
      type,
      ...(pair ? { key: toExpression(body.field('key')) } : {}),
      element: toExpression(pair ? body.field('value') : body),
      clauses: comprehensionClauses(tree),
      ...tree.range,
    };
  };

function comprehensionClauses(tree: Subtree): readonly ComprehensionClause[] {
  const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
  for (const child of tree.children)
    if (child.type === 'for_in_clause')
      clauses.push({
        target: toExpression(child.field('left')),
        iterable: toExpression(child.field('right')),
        conditions: [],
      });
    else if (child.type === 'if_clause') clauses.at(-1)?.conditions.push(toExpression(child.children[0]));
  return clauses;
}

const comparison: Convert = (tree) => {
  const operators: ComparisonOperator[] = [];
  for (const token of tree.tokens)
    if (!token.node.isNamed) operators.push((token.type === '<>' ? '!=' : token.type) as ComparisonOperator);
  return { kind: 'comparison', operands: tree.children.map(toExpression), operators, ...tree.range };
};

const subscript: Convert = (tree) => {
  const indices = tree.fields('subscript').map(toExpression);
  const [only] = indices;
  const trailingComma = tree.tokens.at(-2)?.type === ',';
  const index: Expression =
    only && indices.length === 1 && !trailingComma
      ? only
      : { kind: 'sequence', type: 'tuple', items: indices, ...tree.range };
  return { kind: 'subscript', object: toExpression(tree.field('value')), index, ...tree.range };
};

const slice: Convert = (tree) => {
  const parts: (Expression | undefined)[] = [undefined];
  for (const token of tree.tokens)
    if (token.type === ':') parts.push(undefined);
    else parts[parts.length - 1] = toExpression(token);
  const [lower, upper, step] = parts;
  return {
    kind: 'slice',
    ...(lower ? { lower } : {}),
    ...(upper ? { upper } : {}),
    ...(step ? { step } : {}),
    ...tree.range,
  };
};

const dictionary: Convert = (tree) => ({
  kind: 'dict',
  entries: tree.children.map((child) =>
    child.type === 'pair'
      ? { key: toExpression(child.field('key')), value: toExpression(child.field('value')) }
      : { value: toExpression(child.children[0]) },
  ),
  ...tree.range,
});

const yielded: Convert = (tree) => {
  const [value] = tree.children;
  const from = tree.tokens[1]?.type === 'from';
  return { kind: 'yield', from, ...(value ? { value: toExpression(value) } : {}), ...tree.range };
};

const conditional: Convert = (tree) => {
  const [then, test, otherwise] = tree.children;
  return {
    kind: 'conditional',
    test: toExpression(test),
    then: toExpression(then),
    otherwise: toExpression(otherwise),
    ...tree.range,
  };
};

const conversions: Readonly<Record<string, Convert>> = {
  identifier: (tree) => ({ kind: 'name', name: tree.text, ...tree.range }),
  integer: number,
  float: number,
  true: literal({ type: 'bool', value: true }),
  false: literal({ type: 'bool', value: false }),
  none: literal({ type: 'none' }),
  ellipsis: literal({ type: 'ellipsis' }),
  string: (tree) => formattedString(tree, toExpression),
  concatenated_string: (tree) => joinStrings(tree, toExpression),
  parenthesized_expression: (tree) => toExpression(tree.children[0]),
  tuple: sequence('tuple'),
  tuple_pattern: sequence('tuple'),
  pattern_list: sequence('tuple'),
  expression_list: sequence('tuple'),
  list: sequence('list'),
  list_pattern: sequence('list'),
  set: sequence('set'),
  dictionary,
  list_splat: star,
  list_splat_pattern: star,
  attribute: (tree) => ({
    kind: 'attribute',
    object: toExpression(tree.field('object')),
    name: tree.field('attribute')?.text ?? '',
    ...tree.range,
  }),
  subscript,
  slice,
  call: (tree) => ({
    kind: 'call',
    callee: toExpression(tree.field('function')),
    arguments: toArguments(tree.field('arguments')),
    ...tree.range,
  }),
  unary_operator: (tree) => ({
    kind: 'unary',
    operator: (tree.field('operator')?.type ?? '-') as '-' | '+' | '~',
    operand: toExpression(tree.field('argument')),
    ...tree.range,
  }),
  not_operator: (tree) => ({
    kind: 'unary',
    operator: 'not',
    operand: toExpression(tree.field('argument')),
    ...tree.range,
  }),
  binary_operator: (tree) => ({
    kind: 'binary',
    operator: (tree.field('operator')?.type ?? '+') as BinaryOperator,
    left: toExpression(tree.field('left')),
    right: toExpression(tree.field('right')),
    ...tree.range,
  }),
  boolean_operator: (tree) => ({
    kind: 'logical',
    operator: tree.field('operator')?.type === 'or' ? 'or' : 'and',
    left: toExpression(tree.field('left')),
    right: toExpression(tree.field('right')),
    ...tree.range,
  }),
  comparison_operator: comparison,
  conditional_expression: conditional,
  lambda: (tree) => ({
    kind: 'lambda',
    parameters: toParameters(tree.field('parameters')),
    body: toExpression(tree.field('body')),
    ...tree.range,
  }),
  list_comprehension: comprehension('list'),
  set_comprehension: comprehension('set'),
  dictionary_comprehension: comprehension('dict'),
  generator_expression: comprehension('generator'),
  named_expression: (tree) => ({
    kind: 'walrus',
    name: tree.field('name')?.text ?? '',
    value: toExpression(tree.field('value')),
    ...tree.range,
  }),
  yield: yielded,
  await: (tree) => ({ kind: 'await', value: toExpression(tree.children[0]), ...tree.range }),
};
