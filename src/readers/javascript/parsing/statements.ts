import { deepestNesting, type Subtree } from '../../text/tree';
import type { Declarator, Expression, ImportName, Pattern, Statement, StatementOf } from '../syntax';
import { toClass, toFunction } from './definitions';
import { toExpression } from './expressions';
import { unescape } from './literals';
import { toPattern } from './patterns';

type Convert = (tree: Subtree) => readonly Statement[];

export function toStatements(tree: Subtree): readonly Statement[] {
  return tree.children.flatMap(toStatement);
}

/** Turns a statement of tree-sitter's grammars into ours. What is not known becomes `unsupported`; it never throws. */
export function toStatement(tree: Subtree): readonly Statement[] {
  if (tree.depth > deepestNesting) return unsupported(tree, 'code nested this deeply');
  if (withoutEffect.has(tree.type)) return [];
  const convert = conversions.get(tree.type);
  return convert ? convert(tree) : unsupported(tree, tree.type === 'ERROR' ? 'a syntax error' : `\`${tree.type}\``);
}

/** The statements of a block, or the one that stands in its place. */
export function toBlock(tree: Subtree | undefined): readonly Statement[] {
  if (!tree) return [];
  return tree.type === 'statement_block' ? toStatements(tree) : toStatement(tree);
}

const unsupported = (tree: Subtree, what: string): readonly Statement[] => [
  { kind: 'unsupported', what, ...tree.range },
];

/** Types, and what does nothing. */
const withoutEffect = new Set([
  'empty_statement',
  'interface_declaration',
  'type_alias_declaration',
  'ambient_declaration',
  'function_signature',
  'debugger_statement',
  'hash_bang_line',
]);

const declaration =
  (scope: StatementOf<'declare'>['scope']): Convert =>
  (tree) => [{ kind: 'declare', scope, declarators: declarators(tree), ...tree.range }];

function declarators(tree: Subtree): readonly Declarator[] {
  return tree.children
    .filter(({ type }) => type === 'variable_declarator')
    .map((child) => {
      const value = child.field('value');
      return { target: toPattern(child.field('name')), value: value && toExpression(value), ...child.range };
    });
}

const classDeclaration: Convert = (tree) => [{ kind: 'class', definition: toClass(tree), ...tree.range }];
const functionDeclaration: Convert = (tree) => [{ kind: 'function', definition: toFunction(tree), ...tree.range }];

const forEach: Convert = (tree) => [
  {
    kind: 'forEach',
    over: tree.field('operator')?.type === 'in' ? 'keys' : 'values',
    target: toPattern(tree.field('left')),
    iterable: toExpression(tree.field('right')),
    body: toBlock(tree.field('body')),
    ...tree.range,
  },
];

/** A condition of a `for`: the grammars give an expression, or a statement that holds it. */
function part(tree: Subtree | undefined): Expression | undefined {
  if (!tree || tree.type === 'empty_statement' || tree.type === ';') return undefined;
  return toExpression(tree.type === 'expression_statement' ? tree.children[0] : tree);
}

const loop =
  (bodyFirst: boolean): Convert =>
  (tree) => [
    {
      kind: 'while',
      test: toExpression(tree.field('condition')),
      body: toBlock(tree.field('body')),
      bodyFirst,
      ...tree.range,
    },
  ];

const tryStatement: Convert = (tree) => {
  const handler = tree.field('handler');
  const parameter = handler?.field('parameter');
  return [
    {
      kind: 'try',
      body: toBlock(tree.field('body')),
      handler: handler && toBlock(handler.field('body')),
      caught: parameter && toPattern(parameter),
      finally: toBlock(tree.field('finalizer')?.field('body')),
      ...tree.range,
    },
  ];
};

const switchStatement: Convert = (tree) => [
  {
    kind: 'switch',
    value: toExpression(tree.field('value')),
    cases: (tree.field('body')?.children ?? []).map((child) => ({
      test: child.type === 'switch_case' ? toExpression(child.field('value')) : undefined,
      body: child.fields('body').flatMap(toStatement),
    })),
    ...tree.range,
  },
];

const moduleName = (tree: Subtree): string => unescape((tree.field('source')?.text ?? '""').slice(1, -1));

const importStatement: Convert = (tree) => {
  // `import type` brings nothing that is there when the code runs.
  if (tree.tokens[1]?.type === 'type') return [];
  const clause = tree.children.find(({ type }) => type === 'import_clause');
  const required = tree.children.find(({ type }) => type === 'import_require_clause');
  const names = (clause?.children ?? []).flatMap((child): readonly ImportName[] => {
    switch (child.type) {
      case 'identifier':
        return [{ imported: 'default', local: child.text }];
      case 'namespace_import':
        return [{ imported: '*', local: child.children[0]?.text ?? '' }];
      default:
        return child.children.map((specifier) => ({
          imported: specifier.field('name')?.text ?? '',
          local: (specifier.field('alias') ?? specifier.field('name'))?.text ?? '',
        }));
    }
  });
  if (required)
    return [
      {
        kind: 'import',
        module: moduleName(required),
        names: [{ imported: '*', local: required.children[0]?.text ?? '' }],
        ...tree.range,
      },
    ];
  return [{ kind: 'import', module: moduleName(tree), names, ...tree.range }];
};

const exportStatement: Convert = (tree) => {
  const declared = tree.field('declaration');
  const isDefault = tree.tokens.some(({ type }) => type === 'default');
  const value = tree.field('value');
  if (value) return [{ kind: 'exportDefault', value: toExpression(value), ...tree.range }];
  if (declared) {
    const statements = toStatement(declared);
    const names = statements.flatMap(declaredNames);
    const exported = names.map((local) => ({ local, exported: isDefault ? 'default' : local }));
    return [...statements, { kind: 'export', module: undefined, names: exported, all: false, ...tree.range }];
  }
  const module = tree.field('source') ? moduleName(tree) : undefined;
  const clause = tree.children.find(({ type }) => type === 'export_clause');
  const names = (clause?.children ?? []).map((specifier) => {
    const local = specifier.field('name')?.text ?? '';
    return { local, exported: specifier.field('alias')?.text ?? local };
  });
  const namespace = tree.children.find(({ type }) => type === 'namespace_export')?.children[0]?.text;
  if (namespace !== undefined) names.push({ local: '*', exported: namespace });
  return [{ kind: 'export', module, names, all: !clause && namespace === undefined, ...tree.range }];
};

/** The names that a statement declares. */
export function declaredNames(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case 'function':
    case 'class':
      return [statement.definition.name];
    case 'enum':
      return [statement.name];
    case 'declare':
      return statement.declarators.flatMap(({ target }) => patternNames(target));
    case 'import':
      return statement.names.map(({ local }) => local);
    default:
      return [];
  }
}

export function patternNames(pattern: Pattern): readonly string[] {
  switch (pattern.kind) {
    case 'name':
      return [pattern.name];
    case 'place':
      return [];
    case 'array':
      return [
        ...pattern.elements.flatMap((element) => (element ? patternNames(element.target) : [])),
        ...(pattern.rest ? patternNames(pattern.rest) : []),
      ];
    case 'object':
      return [
        ...pattern.properties.flatMap(({ target }) => patternNames(target)),
        ...(pattern.rest ? patternNames(pattern.rest) : []),
      ];
  }
}

const conversions = new Map<string, Convert>(
  Object.entries<Convert>({
    expression_statement: (tree) => [{ kind: 'expression', value: toExpression(tree.children[0]), ...tree.range }],
    lexical_declaration: declaration('block'),
    variable_declaration: declaration('function'),
    function_declaration: functionDeclaration,
    generator_function_declaration: functionDeclaration,
    class_declaration: classDeclaration,
    abstract_class_declaration: classDeclaration,
    enum_declaration: (tree) => [
      {
        kind: 'enum',
        name: tree.field('name')?.text ?? '',
        members: (tree.field('body')?.children ?? []).map((child) => {
          const value = child.type === 'enum_assignment' ? child.field('value') : undefined;
          return { name: (child.field('name') ?? child).text, ...(value ? { value: toExpression(value) } : {}) };
        }),
        ...tree.range,
      },
    ],
    if_statement: (tree) => [
      {
        kind: 'if',
        test: toExpression(tree.field('condition')),
        then: toBlock(tree.field('consequence')),
        otherwise: toBlock(tree.field('alternative')?.children[0]),
        ...tree.range,
      },
    ],
    for_statement: (tree) => {
      const initializer = tree.field('initializer');
      return [
        {
          kind: 'for',
          initialise:
            initializer?.type.endsWith('declaration') === true || initializer?.type === 'expression_statement'
              ? toStatement(initializer)
              : initializer && part(initializer)
                ? [{ kind: 'expression', value: toExpression(initializer), ...initializer.range }]
                : [],
          test: part(tree.field('condition')),
          step: part(tree.field('increment')),
          body: toBlock(tree.field('body')),
          ...tree.range,
        },
      ];
    },
    for_in_statement: forEach,
    while_statement: loop(false),
    do_statement: loop(true),
    switch_statement: switchStatement,
    statement_block: (tree) => [{ kind: 'block', body: toStatements(tree), ...tree.range }],
    labeled_statement: (tree) => toBlock(tree.field('body')),
    return_statement: (tree) => {
      const [value] = tree.children;
      return [{ kind: 'return', value: value && toExpression(value), ...tree.range }];
    },
    throw_statement: (tree) => [{ kind: 'throw', value: toExpression(tree.children[0]), ...tree.range }],
    try_statement: tryStatement,
    break_statement: (tree) => [{ kind: 'break', ...tree.range }],
    continue_statement: (tree) => [{ kind: 'continue', ...tree.range }],
    import_statement: importStatement,
    export_statement: exportStatement,
  }),
);
