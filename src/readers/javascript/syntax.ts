import type { Range } from '../text/source';

/** The part of JavaScript's and TypeScript's syntax that the evaluator works on, without types. Ranges are offsets of the text. */

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '**' | '&' | '|' | '^' | '<<' | '>>' | '>>>';
export type ComparisonOperator = '==' | '!=' | '===' | '!==' | '<' | '<=' | '>' | '>=' | 'in' | 'instanceof';
export type LogicalOperator = '&&' | '||' | '??';

export type Literal =
  | { readonly type: 'undefined' }
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string };

/** An argument, an element of an array or a part of an object literal: with `spread`, all that is in its value. */
export interface Item {
  readonly value: Expression;
  readonly spread: boolean;
}

export interface PropertySyntax {
  readonly kind: 'property' | 'getter';
  readonly key: Expression;
  readonly value: Expression;
}
export interface SpreadSyntax {
  readonly kind: 'spread';
  readonly value: Expression;
}

interface Expressions {
  name: { readonly name: string };
  this: object;
  super: object;
  literal: { readonly value: Literal };
  template: { readonly parts: readonly (string | Expression)[] };
  array: { readonly items: readonly Item[] };
  object: { readonly entries: readonly (PropertySyntax | SpreadSyntax)[] };
  function: { readonly definition: FunctionSyntax };
  class: { readonly definition: ClassSyntax };
  /** `object.name`; `optional` is `?.`. */
  member: { readonly object: Expression; readonly name: string; readonly nameRange: Range; readonly optional: boolean };
  element: { readonly object: Expression; readonly index: Expression; readonly optional: boolean };
  call: { readonly callee: Expression; readonly arguments: readonly Item[]; readonly optional: boolean };
  new: { readonly callee: Expression; readonly arguments: readonly Item[] };
  unary: { readonly operator: '-' | '+' | '!' | '~' | 'typeof' | 'void' | 'delete'; readonly operand: Expression };
  update: { readonly target: Expression; readonly by: 1 | -1; readonly prefix: boolean };
  binary: { readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression };
  comparison: { readonly operator: ComparisonOperator; readonly left: Expression; readonly right: Expression };
  logical: { readonly operator: LogicalOperator; readonly left: Expression; readonly right: Expression };
  conditional: { readonly test: Expression; readonly then: Expression; readonly otherwise: Expression };
  assign: { readonly target: Pattern; readonly value: Expression };
  augmented: {
    readonly target: Expression;
    readonly operator: BinaryOperator | LogicalOperator;
    readonly value: Expression;
  };
  sequence: { readonly expressions: readonly Expression[] };
  await: { readonly value: Expression };
  /** Syntax that the evaluator does not know, or that does not parse. */
  unsupported: { readonly what: string };
}

export type ExpressionOf<K extends keyof Expressions> = Range & { readonly kind: K } & Expressions[K];
export type Expression = { [K in keyof Expressions]: ExpressionOf<K> }[keyof Expressions];

interface Patterns {
  name: { readonly name: string };
  /** Something that is assigned to: `this.layers`, `sizes[0]`. */
  place: { readonly expression: Expression };
  array: { readonly elements: readonly (PatternElement | undefined)[]; readonly rest?: Pattern };
  object: {
    readonly properties: readonly (PatternElement & { readonly key: Expression })[];
    readonly rest?: Pattern;
  };
}

export interface PatternElement {
  readonly target: Pattern;
  readonly fallback?: Expression;
}

/** What takes a value apart and gives its parts names. */
export type Pattern = { [K in keyof Patterns]: Range & { readonly kind: K } & Patterns[K] }[keyof Patterns];

export interface Parameter extends PatternElement {
  readonly rest: boolean;
  /** TypeScript's `constructor(private units: number)`. */
  readonly property: boolean;
}

export interface FunctionSyntax extends Range {
  /** Empty where it has none. */
  readonly name: string;
  readonly nameRange: Range;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[] | Expression;
  /** Takes `this` from around it. */
  readonly arrow: boolean;
  readonly generator: boolean;
  /** Part of it does not parse. */
  readonly broken: boolean;
}

export interface MemberSyntax {
  readonly kind: 'method' | 'getter' | 'setter' | 'field';
  readonly static: boolean;
  readonly key: Expression;
  /** A function, or the value of a field where it has one. */
  readonly value: Expression | undefined;
}

export interface ClassSyntax extends Range {
  readonly name: string;
  readonly nameRange: Range;
  readonly base: Expression | undefined;
  readonly members: readonly MemberSyntax[];
  readonly broken: boolean;
}

export interface Declarator extends Range {
  readonly target: Pattern;
  readonly value: Expression | undefined;
}

export interface ImportName {
  /** `default`, or `*` for the whole module. */
  readonly imported: string;
  readonly local: string;
}

export interface ExportName {
  readonly local: string;
  readonly exported: string;
}

interface Statements {
  expression: { readonly value: Expression };
  /** `var` belongs to the function around it, `let` and `const` to the block. */
  declare: { readonly scope: 'block' | 'function'; readonly declarators: readonly Declarator[] };
  function: { readonly definition: FunctionSyntax };
  class: { readonly definition: ClassSyntax };
  /** TypeScript's `enum`. */
  enum: { readonly name: string; readonly members: readonly { readonly name: string; readonly value?: Expression }[] };
  if: { readonly test: Expression; readonly then: readonly Statement[]; readonly otherwise: readonly Statement[] };
  for: {
    readonly initialise: readonly Statement[];
    readonly test: Expression | undefined;
    readonly step: Expression | undefined;
    readonly body: readonly Statement[];
  };
  /** `for (const target of iterable)`, or over the keys: `in`. */
  forEach: {
    readonly over: 'values' | 'keys';
    readonly target: Pattern;
    readonly iterable: Expression;
    readonly body: readonly Statement[];
  };
  while: { readonly test: Expression; readonly body: readonly Statement[]; readonly bodyFirst: boolean };
  switch: {
    readonly value: Expression;
    /** Without a test: `default`. */
    readonly cases: readonly { readonly test: Expression | undefined; readonly body: readonly Statement[] }[];
  };
  block: { readonly body: readonly Statement[] };
  return: { readonly value: Expression | undefined };
  throw: { readonly value: Expression };
  try: {
    readonly body: readonly Statement[];
    readonly handler: readonly Statement[] | undefined;
    readonly caught: Pattern | undefined;
    readonly finally: readonly Statement[];
  };
  import: { readonly module: string; readonly names: readonly ImportName[] };
  /** Names of this module, or of another one. `*` without a name hands on all of it. */
  export: { readonly module: string | undefined; readonly names: readonly ExportName[]; readonly all: boolean };
  exportDefault: { readonly value: Expression };
  break: object;
  continue: object;
  unsupported: { readonly what: string };
}

export type StatementOf<K extends keyof Statements> = Range & { readonly kind: K } & Statements[K];
export type Statement = { [K in keyof Statements]: StatementOf<K> }[keyof Statements];

export interface ModuleSyntax {
  readonly body: readonly Statement[];
  /** Part of the text does not parse. */
  readonly broken: boolean;
}
