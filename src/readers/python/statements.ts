import { assign } from './assignment';
import { executeBranches, type BranchResult } from './branches';
import { defineClass } from './classes';
import { decorate } from './decorators';
import { makeFunction } from './calls';
import { executeTry, raise } from './exceptions';
import { importFrom, importModule } from './imports';
import type { Interpreter } from './interpreter';
import { executeFor, executeWhile } from './loops';
import { augmented } from './operators';
import { executeMatch } from './matching';
import { Raised } from './raised';
import { ModuleScope, type Scope } from './scope';
import { goOn, type Signal } from './signals';
import { deleteItem, getItem, setItem } from './subscripts';
import type { Site } from '../text/source';
import type { Expression, Statement, StatementOf } from './syntax';
import { testOf } from './tests';
import { none, type Value } from './values';

/** Execute a block. Throws `Raised` for an exception of the Python code, `Exhausted` where a limit is reached. */
export function execute(
  interpreter: Interpreter,
  statements: readonly Statement[],
  scope: Scope,
  from = 0,
): Signal | undefined {
  for (let index = from; index < statements.length; index++) {
    const statement = statements[index];
    if (!statement) break;
    interpreter.budget.spend();
    const site = { source: interpreter.site.source, start: statement.start, end: statement.end };
    interpreter.site = site;
    interpreter.statement = statement;
    let signal: Signal | undefined;
    if (statement.kind === 'if' || statement.kind === 'match') {
      const rest = restOf(interpreter, statements, scope, index + 1, site);
      const result =
        statement.kind === 'if'
          ? executeIf(interpreter, statement, scope, rest)
          : executeMatch(interpreter, statement, scope, rest);
      signal = result.signal;
      if (result.restIncluded) return signal;
    } else signal = executeOne(interpreter, statement, scope);
    if (signal) return goOn(interpreter, signal, restOf(interpreter, statements, scope, index + 1, site));
  }
  return undefined;
}

/** The rest of a block, to be executed if it is come to. */
function restOf(
  interpreter: Interpreter,
  statements: readonly Statement[],
  scope: Scope,
  from: number,
  site: Site,
): () => Signal | undefined {
  return () => {
    interpreter.site = site;
    return execute(interpreter, statements, scope, from);
  };
}

function executeIf(
  interpreter: Interpreter,
  { test, body, otherwise }: StatementOf<'if'>,
  scope: Scope,
  rest: () => Signal | undefined,
): BranchResult {
  if (scope instanceof ModuleScope && saysTypeChecking(test)) {
    keepHints(interpreter, body, scope);
    // A module that puts something else in its own place hands out there what it has named here.
    if (replacesItself(interpreter, otherwise)) return { signal: undefined, restIncluded: false };
  }
  const truth = testOf(interpreter, test, scope);
  if (typeof truth === 'boolean')
    return { signal: execute(interpreter, truth ? body : otherwise, scope), restIncluded: false };
  const { source } = interpreter.site;
  const within = (block: readonly Statement[]) => () => {
    interpreter.site = { source, start: test.start, end: test.end };
    return execute(interpreter, block, scope);
  };
  return executeBranches(interpreter, {
    condition: truth,
    site: { source, start: test.start, end: test.end },
    then: within(body),
    otherwise: within(otherwise),
    rest,
  });
}

function saysTypeChecking(test: Expression): boolean {
  return (test.kind === 'name' || test.kind === 'attribute') && test.name === 'TYPE_CHECKING';
}

function replacesItself(interpreter: Interpreter, statements: readonly Statement[]): boolean {
  const { source } = interpreter.site;
  const end = statements.at(-1)?.end ?? 0;
  return source.slice({ start: statements[0]?.start ?? end, end }).includes('sys.modules[__name__]');
}

/** `if TYPE_CHECKING:` is not executed; but a package that loads its parts when asked names them there. */
function keepHints(interpreter: Interpreter, body: readonly Statement[], scope: ModuleScope): void {
  let hints: ModuleScope | undefined;
  scope.hints = () => {
    if (hints) return hints;
    hints = new ModuleScope(scope.source, scope);
    const { site } = interpreter;
    interpreter.site = { source: scope.source, start: 0, end: 0 };
    for (const statement of body) if (statement.kind === 'importFrom') importFrom(interpreter, statement, hints);
    interpreter.site = site;
    return hints;
  };
}

function executeOne(
  interpreter: Interpreter,
  statement: Exclude<Statement, { kind: 'if' | 'match' }>,
  scope: Scope,
): Signal | undefined {
  switch (statement.kind) {
    case 'expression':
      interpreter.evaluate(statement.value, scope);
      return undefined;
    case 'assign': {
      const value = interpreter.evaluate(statement.value, scope);
      for (const target of statement.targets)
        assign(interpreter, target, target.kind === 'name' ? interpreter.named(value, target.name) : value, scope);
      return undefined;
    }
    case 'annotated':
      if (statement.value) assign(interpreter, statement.target, interpreter.evaluate(statement.value, scope), scope);
      else declareField(interpreter, statement.target, scope);
      return undefined;
    case 'augmented':
      executeAugmented(interpreter, statement, scope);
      return undefined;
    case 'for':
      return executeFor(interpreter, statement, scope);
    case 'while':
      return executeWhile(interpreter, statement, scope);
    case 'function': {
      const made = makeFunction(interpreter, { ...statement, syntax: statement }, scope, statement);
      scope.assign(statement.name, decorate(interpreter, statement.decorators, made, scope), interpreter.journal);
      return undefined;
    }
    case 'class': {
      const made = defineClass(interpreter, statement, scope);
      scope.assign(statement.name, decorate(interpreter, statement.decorators, made, scope), interpreter.journal);
      return undefined;
    }
    case 'return':
      return { kind: 'return', value: statement.value ? interpreter.evaluate(statement.value, scope) : none };
    case 'import':
      importModule(interpreter, statement, scope);
      return undefined;
    case 'importFrom':
      importFrom(interpreter, statement, scope);
      return undefined;
    case 'with':
      return executeWith(interpreter, statement, scope);
    case 'try':
      return executeTry(interpreter, statement, scope);
    case 'raise':
      return raise(interpreter, statement.value && interpreter.evaluate(statement.value, scope));
    case 'assert': {
      if (testOf(interpreter, statement.test, scope) === false) {
        const words = interpreter.site.source.slice(statement.test);
        throw new Raised(`The assertion \`${words.slice(0, 80)}\` does not hold.`, undefined, {
          source: interpreter.site.source,
          ...statement,
        });
      }
      return undefined;
    }
    case 'delete':
      for (const target of statement.targets) remove(interpreter, target, scope);
      return undefined;
    case 'scope':
      for (const name of statement.names) scope.bindElsewhere(name, statement.binding);
      return undefined;
    case 'break':
      return { kind: 'break' };
    case 'continue':
      return { kind: 'continue' };
    case 'pass':
    case 'unsupported':
      return undefined;
  }
}

/** In a class body, `name: type` declares a field without a default: dataclasses ask for it. */
function declareField(interpreter: Interpreter, target: Expression, scope: Scope): void {
  if (scope.kind === 'class' && target.kind === 'name' && !scope.variables.has(target.name))
    scope.variables.set(
      target.name,
      interpreter.unknown(target.name, 'is declared without a value'),
      interpreter.journal,
    );
}

function executeAugmented(interpreter: Interpreter, statement: StatementOf<'augmented'>, scope: Scope): void {
  const { target, operator } = statement;
  const here = { source: interpreter.site.source, start: statement.start, end: statement.end };
  if (target.kind === 'subscript') {
    const object = interpreter.evaluate(target.object, scope);
    const index = interpreter.evaluate(target.index, scope);
    const value = interpreter.evaluate(statement.value, scope);
    interpreter.site = here;
    setItem(interpreter, object, index, augmented(interpreter, operator, getItem(interpreter, object, index), value));
    return;
  }
  const before = interpreter.evaluate(target, scope);
  const value = interpreter.evaluate(statement.value, scope);
  interpreter.site = here;
  assign(interpreter, target, augmented(interpreter, operator, before, value), scope);
}

function executeWith(interpreter: Interpreter, statement: StatementOf<'with'>, scope: Scope): Signal | undefined {
  const exits: Value[] = [];
  for (const item of statement.items) {
    const manager = interpreter.evaluate(item.value, scope);
    const enter = manager.type === 'instance' && interpreter.findSpecial(manager, '__enter__');
    const exit = manager.type === 'instance' && interpreter.findSpecial(manager, '__exit__');
    const entered = enter ? interpreter.apply(enter) : manager;
    if (exit) exits.unshift(exit);
    if (item.target) assign(interpreter, item.target, entered, scope);
  }
  try {
    return execute(interpreter, statement.body, scope);
  } finally {
    for (const exit of exits) interpreter.apply(exit, none, none, none);
  }
}

function remove(interpreter: Interpreter, target: Expression, scope: Scope): void {
  const { journal } = interpreter;
  if (target.kind === 'name') scope.variables.delete(target.name, journal);
  if (target.kind === 'attribute') {
    const object = interpreter.evaluate(target.object, scope);
    if (object.type === 'instance') object.attributes.delete(target.name, journal);
  }
  if (target.kind === 'subscript')
    deleteItem(interpreter, interpreter.evaluate(target.object, scope), interpreter.evaluate(target.index, scope));
  if (target.kind === 'sequence') for (const item of target.items) remove(interpreter, item, scope);
}
