import type { BinaryOperator, ExceptHandler, Expression, Statement, StatementOf, WithItem } from '../syntax';
import { toArguments, toExpression, toParameters } from './expressions';
import { toCasePattern } from './patterns';
import { deepestNesting, type Subtree } from '../../text/tree';

type Convert = (tree: Subtree) => Statement | readonly Statement[];

/** Turns a block of tree-sitter's grammar into our statements. What is not known becomes `unsupported`; it never throws. */
export function toStatements(block: Subtree | undefined): readonly Statement[] {
  if (!block) return [];
  return block.children.flatMap((child) => toStatement(child));
}

/** One statement of a block; several where the grammar has one for what Python calls several. */
export function toStatement(tree: Subtree): readonly Statement[] {
  if (tree.depth > deepestNesting) return [unsupported(tree, 'code nested this deeply')];
  const convert = conversions[tree.type];
  if (!convert) return [unsupported(tree, tree.type === 'ERROR' ? 'a syntax error' : `a \`${tree.type}\``)];
  const result = convert(tree);
  return 'kind' in result ? [result] : result;
}

function unsupported(tree: Subtree, what: string): StatementOf<'unsupported'> {
  return { kind: 'unsupported', what, ...tree.range };
}

const expressionStatement: Convert = (tree) => {
  const inner = tree.children;
  const [only] = inner;
  if (!only) return { kind: 'pass', ...tree.range };
  if (inner.length > 1)
    return {
      kind: 'expression',
      value: { kind: 'sequence', type: 'tuple', items: inner.map(toExpression), ...tree.range },
      ...tree.range,
    };
  if (only.type === 'assignment') return assignment(only);
  if (only.type === 'augmented_assignment')
    return {
      kind: 'augmented',
      target: toExpression(only.field('left')),
      operator: (only.field('operator')?.type ?? '+=').slice(0, -1) as BinaryOperator,
      value: toExpression(only.field('right')),
      ...tree.range,
    };
  return { kind: 'expression', value: toExpression(only), ...tree.range };
};

function assignment(tree: Subtree): Statement {
  const targets: Expression[] = [];
  let current: Subtree | undefined = tree;
  let right: Subtree | undefined;
  let annotation: string | undefined;
  while (current?.type === 'assignment') {
    targets.push(toExpression(current.field('left')));
    annotation ??= current.field('type')?.text;
    right = current.field('right');
    current = right;
  }
  const [target] = targets;
  if (annotation !== undefined && target)
    return { kind: 'annotated', target, annotation, ...(right ? { value: toExpression(right) } : {}), ...tree.range };
  return { kind: 'assign', targets, value: toExpression(right), ...tree.range };
}

const conditional: Convert = (tree) => {
  // `elif` branches nest into each other's else.
  let otherwise: readonly Statement[] = [];
  for (const branch of [...tree.fields('alternative')].reverse())
    otherwise =
      branch.type === 'elif_clause'
        ? [
            {
              kind: 'if',
              test: toExpression(branch.field('condition')),
              body: toStatements(branch.field('consequence')),
              otherwise,
              ...branch.range,
            },
          ]
        : toStatements(branch.field('body'));
  return {
    kind: 'if',
    test: toExpression(tree.field('condition')),
    body: toStatements(tree.field('consequence')),
    otherwise,
    ...tree.range,
  };
};

const matchStatement: Convert = (tree) => {
  const subjects = tree.fields('subject').map(toExpression);
  const [only] = subjects;
  const subject: Expression =
    only && subjects.length === 1 ? only : { kind: 'sequence', type: 'tuple', items: subjects, ...tree.range };
  const clauses = tree.field('body')?.children ?? [];
  return {
    kind: 'match',
    subject,
    cases: clauses
      .filter(({ type }) => type === 'case_clause')
      .map((clause) => {
        const guard = clause.field('guard')?.children[0];
        const commas = clause.tokens.some(({ type }) => type === ',');
        return {
          pattern: toCasePattern(
            clause.children.filter(({ type }) => type === 'case_pattern'),
            commas,
          ),
          ...(guard ? { guard: toExpression(guard) } : {}),
          body: toStatements(clause.field('consequence')),
        };
      }),
    ...tree.range,
  };
};

const loopElse = (tree: Subtree): readonly Statement[] => toStatements(tree.field('alternative')?.field('body'));

const definition: Convert = (tree) => {
  const decorators = tree.children
    .filter((child) => child.type === 'decorator')
    .map((child) => toExpression(child.children[0]));
  const inner = tree.field('definition');
  if (inner?.type === 'class_definition') return classDefinition(inner, decorators);
  return inner ? functionDefinition(inner, decorators) : unsupported(tree, 'a decorator of nothing');
};

function functionDefinition(tree: Subtree, decorators: readonly Expression[]): StatementOf<'function'> {
  const name = tree.field('name');
  const body = tree.field('body');
  return {
    kind: 'function',
    name: name?.text ?? '',
    nameRange: (name ?? tree).range,
    parameters: toParameters(tree.field('parameters')),
    decorators,
    body: toStatements(body),
    generator: body !== undefined && yields(body),
    broken: tree.node.hasError,
    ...tree.range,
  };
}

/** Whether a `yield` stands in this body, functions inside it left out. */
function yields(tree: Subtree): boolean {
  // The word is looked for first: walking every body for the few generators would cost more than all else.
  if (!tree.text.includes('yield')) return false;
  return tree.children.some(
    (child) =>
      child.type === 'yield' || (child.type !== 'function_definition' && child.type !== 'lambda' && yields(child)),
  );
}

function classDefinition(tree: Subtree, decorators: readonly Expression[]): StatementOf<'class'> {
  const name = tree.field('name');
  return {
    kind: 'class',
    name: name?.text ?? '',
    nameRange: (name ?? tree).range,
    bases: toArguments(tree.field('superclasses')),
    decorators,
    body: toStatements(tree.field('body')),
    broken: tree.node.hasError,
    ...tree.range,
  };
}

const importStatement: Convert = (tree) =>
  tree.fields('name').map((name): Statement => {
    const alias = name.type === 'aliased_import' ? name.field('alias')?.text : undefined;
    const module = (name.type === 'aliased_import' ? name.field('name') : name)?.text ?? '';
    return { kind: 'import', module, ...(alias === undefined ? {} : { alias }), ...tree.range };
  });

const importFrom: Convert = (tree) => {
  const module = tree.field('module_name');
  const relative = module?.type === 'relative_import';
  const prefix = relative ? (module.children[0]?.text ?? '.') : '';
  const dotted = relative ? (module.children[1]?.text ?? '') : (module?.text ?? '');
  const everything = tree.children.some((child) => child.type === 'wildcard_import');
  const names = tree.fields('name').map((name) => {
    const alias = name.type === 'aliased_import' ? name.field('alias')?.text : undefined;
    const own = (name.type === 'aliased_import' ? name.field('name') : name)?.text ?? '';
    return { name: own, ...(alias === undefined ? {} : { alias }) };
  });
  return {
    kind: 'importFrom',
    module: dotted,
    level: prefix.length,
    names: everything ? [{ name: '*' }] : names,
    ...tree.range,
  };
};

const withStatement: Convert = (tree) => {
  const clause = tree.children.find((child) => child.type === 'with_clause');
  const items = (clause?.children ?? []).flatMap((item): readonly WithItem[] => {
    const value = item.type === 'with_item' ? item.field('value') : undefined;
    if (!value) return [];
    if (value.type !== 'as_pattern') return [{ value: toExpression(value) }];
    const [inner] = value.children;
    const target = value.field('alias')?.children[0];
    return [{ value: toExpression(inner), ...(target ? { target: toExpression(target) } : {}) }];
  });
  return { kind: 'with', items, body: toStatements(tree.field('body')), ...tree.range };
};

const tryStatement: Convert = (tree) => {
  const clauses = (type: string): readonly Subtree[] => tree.children.filter((child) => child.type === type);
  const blockOf = (clause: Subtree | undefined): readonly Statement[] =>
    toStatements(clause?.children.find((child) => child.type === 'block'));
  const handlers = clauses('except_clause').map((clause): ExceptHandler => {
    const value = clause.children.find((child) => child.type !== 'block');
    const named = value?.type === 'as_pattern';
    const types = named ? value.children[0] : value;
    const name = named ? value.field('alias')?.text : undefined;
    return {
      ...(types ? { types: toExpression(types) } : {}),
      ...(name === undefined ? {} : { name }),
      body: blockOf(clause),
    };
  });
  return {
    kind: 'try',
    body: toStatements(tree.field('body')),
    handlers,
    otherwise: blockOf(clauses('else_clause')[0]),
    finally: blockOf(clauses('finally_clause')[0]),
    ...tree.range,
  };
};

const firstValue = (tree: Subtree): { readonly value?: Expression } => {
  const [value] = tree.children;
  return value ? { value: toExpression(value) } : {};
};

const nothing: Convert = (tree) => ({ kind: 'pass', ...tree.range });

const scope =
  (binding: 'global' | 'nonlocal'): Convert =>
  (tree) => ({ kind: 'scope', binding, names: tree.children.map((child) => child.text), ...tree.range });

const conversions: Readonly<Record<string, Convert>> = {
  expression_statement: expressionStatement,
  if_statement: conditional,
  match_statement: matchStatement,
  for_statement: (tree) => ({
    kind: 'for',
    target: toExpression(tree.field('left')),
    iterable: toExpression(tree.field('right')),
    body: toStatements(tree.field('body')),
    otherwise: loopElse(tree),
    ...tree.range,
  }),
  while_statement: (tree) => ({
    kind: 'while',
    test: toExpression(tree.field('condition')),
    body: toStatements(tree.field('body')),
    otherwise: loopElse(tree),
    ...tree.range,
  }),
  function_definition: (tree) => functionDefinition(tree, []),
  class_definition: (tree) => classDefinition(tree, []),
  decorated_definition: definition,
  return_statement: (tree) => ({ kind: 'return', ...firstValue(tree), ...tree.range }),
  import_statement: importStatement,
  import_from_statement: importFrom,
  future_import_statement: nothing,
  with_statement: withStatement,
  try_statement: tryStatement,
  raise_statement: (tree) => ({ kind: 'raise', ...firstValue(tree), ...tree.range }),
  assert_statement: (tree) => ({ kind: 'assert', test: toExpression(tree.children[0]), ...tree.range }),
  delete_statement: (tree) => ({
    kind: 'delete',
    targets: tree.children.flatMap((child) =>
      child.type === 'expression_list' ? child.children.map(toExpression) : [toExpression(child)],
    ),
    ...tree.range,
  }),
  global_statement: scope('global'),
  nonlocal_statement: scope('nonlocal'),
  pass_statement: nothing,
  print_statement: nothing,
  type_alias_statement: nothing,
  break_statement: (tree) => ({ kind: 'break', ...tree.range }),
  continue_statement: (tree) => ({ kind: 'continue', ...tree.range }),
};
