import type { Expression, Parameter, Pattern, Statement } from '../syntax';

/** The names of the surrounding scope that code has to do with. */
export interface Names {
  /** Those that it gives a value to. */
  readonly given: ReadonlySet<string>;
  /** Those whose value it may ask for: as names, or by texts that hold them. */
  readonly mentioned: ReadonlySet<string>;
}

/** The names of a module that statements at its top have to do with. Names of parameters, of variables and of attributes are none of them. */
export function namesOf(statements: readonly Statement[]): Names {
  const given = new Set<string>();
  const scope = new ScopeNames(given);
  scope.visit(statements);
  for (const name of scope.given) given.add(name);
  return { given, mentioned: scope.mentioned };
}

/** What a plain piece of syntax is, as far as names go. */
type Syntax = Expression | Statement | Pattern;

class ScopeNames {
  readonly given = new Set<string>();
  readonly mentioned = new Set<string>();

  /** @param module names that `global` hands to the module */
  constructor(private readonly module: Set<string>) {}

  /** Syntax is plain data: what is of no special kind is what is in it. */
  visit(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) for (const item of value) this.visit(item);
    else if (isSyntax(value)) this.#visitSyntax(value);
    else this.#visitInside(value);
  }

  #visitInside(value: object): void {
    for (const inner of Object.values(value)) this.visit(inner);
  }

  #visitSyntax(syntax: Syntax): void {
    switch (syntax.kind) {
      case 'name':
        this.mentioned.add(syntax.name);
        return;
      case 'literal':
        if (syntax.value.type === 'str') this.#mentionWords(syntax.value.value);
        return;
      case 'expression':
        // A docstring, a comment.
        if (syntax.value.kind !== 'literal') this.visit(syntax.value);
        return;
      case 'function':
        this.given.add(syntax.name);
        this.visit(syntax.decorators);
        this.#visitFunction(syntax.parameters, syntax.body);
        return;
      case 'lambda':
        this.#visitFunction(syntax.parameters, syntax.body);
        return;
      case 'comprehension':
        this.#visitWithin(syntax, []);
        return;
      case 'class': {
        // A pattern of a `case`.
        if ('cls' in syntax) break;
        this.given.add(syntax.name);
        this.visit(syntax.decorators);
        this.visit(syntax.bases);
        // What the body names its methods do not see.
        const body = new ScopeNames(this.module);
        body.visit(syntax.body);
        for (const name of body.mentioned) this.mentioned.add(name);
        return;
      }
      case 'annotated':
        this.#mentionWords(syntax.annotation);
        break;
      case 'import':
        this.given.add(syntax.alias ?? syntax.module.split('.')[0] ?? syntax.module);
        return;
      case 'importFrom':
        for (const { name, alias } of syntax.names) this.given.add(alias ?? name);
        return;
      case 'scope':
        for (const name of syntax.names) {
          this.mentioned.add(name);
          if (syntax.binding === 'global') this.module.add(name);
        }
        return;
      case 'walrus':
      case 'capture':
      case 'as':
      case 'star':
        if ('name' in syntax && syntax.name !== undefined) this.given.add(syntax.name);
        break;
      case 'mapping':
        if (syntax.rest !== undefined) this.given.add(syntax.rest);
        break;
      case 'try':
        for (const { name } of syntax.handlers) if (name !== undefined) this.given.add(name);
        break;
      default:
    }
    this.#give(targetsOf(syntax));
    this.#visitInside(syntax);
  }

  #visitFunction(parameters: readonly Parameter[], body: unknown): void {
    this.visit(parameters.map(({ fallback }) => fallback));
    this.#visitWithin(
      body,
      parameters.map(({ name }) => name),
    );
  }

  /** A scope of its own: what it names is not seen from here. */
  #visitWithin(body: unknown, own: readonly string[]): void {
    const inner = new ScopeNames(this.module);
    if (isSyntax(body) && body.kind === 'comprehension') {
      for (const { target } of body.clauses) inner.#give([target]);
      inner.#visitInside(body);
    } else inner.visit(body);
    for (const name of inner.mentioned)
      if (this.module.has(name) || !(inner.given.has(name) || own.includes(name))) this.mentioned.add(name);
  }

  #give(targets: readonly Expression[]): void {
    for (const target of targets)
      if (target.kind === 'name') this.given.add(target.name);
      else if (target.kind === 'sequence') this.#give(target.items);
      else if (target.kind === 'star') this.#give([target.value]);
  }

  #mentionWords(text: string): void {
    for (const word of text.match(/\w+/g) ?? []) this.mentioned.add(word);
  }
}

function targetsOf(syntax: Syntax): readonly Expression[] {
  switch (syntax.kind) {
    case 'assign':
    case 'delete':
      return syntax.targets;
    case 'annotated':
    case 'augmented':
    case 'for':
      return [syntax.target];
    case 'with':
      return syntax.items.flatMap(({ target }) => target ?? []);
    default:
      return [];
  }
}

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
