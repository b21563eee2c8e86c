import type { Range } from '../text/source';
import type { Names } from './parsing/names';
import type { Section } from './parsing/sections';

/** The part of Python's syntax that the evaluator works on, without types, comments and brackets. Ranges are offsets of the text. */

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '&' | '|' | '^' | '<<' | '>>';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';

export type Literal =
  | { readonly type: 'none' }
  | { readonly type: 'ellipsis' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'str'; readonly value: string };

export interface Argument {
  readonly kind: 'positional' | 'keyword' | 'star' | 'doubleStar';
  /** Of a keyword argument. */
  readonly name?: string;
  readonly value: Expression;
}

export interface FormatField {
  readonly value: Expression;
  readonly specification: readonly (string | FormatField)[];
  readonly conversion: string;
}

export interface Parameter {
  readonly kind: 'positional' | 'keywordOnly' | 'star' | 'doubleStar';
  readonly name: string;
  readonly fallback?: Expression;
}

export interface ComprehensionClause {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}

interface Expressions {
  name: { readonly name: string };
  literal: { readonly value: Literal };
  formatted: { readonly parts: readonly (string | FormatField)[] };
  sequence: { readonly type: 'tuple' | 'list' | 'set'; readonly items: readonly Expression[] };
  dict: { readonly entries: readonly { readonly key?: Expression; readonly value: Expression }[] };
  attribute: { readonly object: Expression; readonly name: string };
  subscript: { readonly object: Expression; readonly index: Expression };
  slice: { readonly lower?: Expression; readonly upper?: Expression; readonly step?: Expression };
  call: { readonly callee: Expression; readonly arguments: readonly Argument[] };
  unary: { readonly operator: '-' | '+' | '~' | 'not'; readonly operand: Expression };
  binary: { readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression };
  logical: { readonly operator: 'and' | 'or'; readonly left: Expression; readonly right: Expression };
  comparison: { readonly operands: readonly Expression[]; readonly operators: readonly ComparisonOperator[] };
  conditional: { readonly test: Expression; readonly then: Expression; readonly otherwise: Expression };
  lambda: { readonly parameters: readonly Parameter[]; readonly body: Expression };
  comprehension: {
    readonly type: 'list' | 'set' | 'dict' | 'generator';
    /** The key of a dict comprehension. */
    readonly key?: Expression;
    readonly element: Expression;
    readonly clauses: readonly ComprehensionClause[];
  };
  walrus: { readonly name: string; readonly value: Expression };
  star: { readonly value: Expression };
  yield: { readonly value?: Expression; readonly from: boolean };
  await: { readonly value: Expression };
  /** Syntax that the evaluator does not know, or that does not parse. */
  unsupported: { readonly what: string };
}

/** What a `case` asks for. */
export type Pattern =
  | { readonly kind: 'value'; readonly value: Expression }
  /** Takes everything; without a name it is `_`. */
  | { readonly kind: 'capture'; readonly name: string | undefined }
  | { readonly kind: 'either'; readonly patterns: readonly Pattern[] }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  /** `*rest` in a sequence. */
  | { readonly kind: 'star'; readonly name: string | undefined }
  | {
      readonly kind: 'mapping';
      readonly entries: readonly { readonly key: Expression; readonly pattern: Pattern }[];
      readonly rest: string | undefined;
    }
  | {
      readonly kind: 'class';
      readonly cls: Expression;
      readonly positional: readonly Pattern[];
      readonly keywords: readonly { readonly name: string; readonly pattern: Pattern }[];
    }
  | { readonly kind: 'as'; readonly pattern: Pattern; readonly name: string }
  | { readonly kind: 'unsupported'; readonly what: string };

export interface MatchCase {
  readonly pattern: Pattern;
  readonly guard?: Expression;
  readonly body: readonly Statement[];
}

export type ExpressionOf<K extends keyof Expressions> = Range & { readonly kind: K } & Expressions[K];
export type Expression = { [K in keyof Expressions]: ExpressionOf<K> }[keyof Expressions];

export interface ExceptHandler {
  readonly types?: Expression;
  readonly name?: string;
  readonly body: readonly Statement[];
}

export interface WithItem {
  readonly value: Expression;
  readonly target?: Expression;
}

interface Statements {
  expression: { readonly value: Expression };
  assign: { readonly targets: readonly Expression[]; readonly value: Expression };
  /** `name: type` and `name: type = value`. */
  annotated: { readonly target: Expression; readonly annotation: string; readonly value?: Expression };
  augmented: { readonly target: Expression; readonly operator: BinaryOperator; readonly value: Expression };
  if: { readonly test: Expression; readonly body: readonly Statement[]; readonly otherwise: readonly Statement[] };
  match: { readonly subject: Expression; readonly cases: readonly MatchCase[] };
  for: {
    readonly target: Expression;
    readonly iterable: Expression;
    readonly body: readonly Statement[];
    readonly otherwise: readonly Statement[];
  };
  while: { readonly test: Expression; readonly body: readonly Statement[]; readonly otherwise: readonly Statement[] };
  function: FunctionSyntax;
  class: ClassSyntax;
  return: { readonly value?: Expression };
  /** `import a.b as c`: without an alias the name bound is `a`. */
  import: { readonly module: string; readonly alias?: string };
  /** `from ..a import b as c`; `name` is `*` for a star import. `level` counts the dots. */
  importFrom: {
    readonly module: string;
    readonly level: number;
    readonly names: readonly { readonly name: string; readonly alias?: string }[];
  };
  with: { readonly items: readonly WithItem[]; readonly body: readonly Statement[] };
  try: {
    readonly body: readonly Statement[];
    readonly handlers: readonly ExceptHandler[];
    readonly otherwise: readonly Statement[];
    readonly finally: readonly Statement[];
  };
  raise: { readonly value?: Expression };
  assert: { readonly test: Expression };
  delete: { readonly targets: readonly Expression[] };
  scope: { readonly binding: 'global' | 'nonlocal'; readonly names: readonly string[] };
  pass: object;
  break: object;
  continue: object;
  unsupported: { readonly what: string };
}

export interface FunctionSyntax {
  readonly name: string;
  readonly nameRange: Range;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  readonly generator: boolean;
  /** Part of it does not parse. */
  readonly broken: boolean;
}

export interface ClassSyntax {
  readonly name: string;
  readonly nameRange: Range;
  readonly bases: readonly Argument[];
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  /** Part of it does not parse. */
  readonly broken: boolean;
}

export type StatementOf<K extends keyof Statements> = Range & { readonly kind: K } & Statements[K];
export type Statement = { [K in keyof Statements]: StatementOf<K> }[keyof Statements];

/** A part of the top of a module, turned into syntax when it is asked for. */
export interface ModulePart {
  readonly section: Section;
  readonly text: string;
  /** Its text without the comments and empty lines behind it, unless one of them speaks to us; all of it while it is not parsed. */
  readonly code: string;
  readonly statements: readonly Statement[];
  /** Whether somebody has asked for what is parsed of it. */
  readonly isParsed: boolean;
  /** Whether all of it parses. */
  readonly parses: boolean;
  readonly names: Names;
  /** The comments in it that speak to us. */
  readonly comments: readonly Range[];
}
