import { executePerhaps, executeUnknownBranches } from './branches';
import { makeClass } from './calls';
import { makeFunction } from './expressions';
import type { Interpreter } from './interpreter';
import { executeFor, executeForEach, executeWhile } from './loops';
import { compare, truth } from './operators';
import { bind } from './patterns';
import type { Scope } from './scope';
import type { Statement, StatementOf } from './syntax';
import { Thrown } from './thrown';
import { undefinedValue, type Value } from './values';

/** Why a block ended before its last statement. */
export type Signal = { readonly kind: 'return'; readonly value: Value } | { readonly kind: 'break' | 'continue' };

/** Execute the statements of one block. Functions are there from its beginning. */
export function execute(interpreter: Interpreter, statements: readonly Statement[], scope: Scope): Signal | undefined {
  for (const statement of statements)
    if (statement.kind === 'function') {
      const made = makeFunction(interpreter, statement.definition, scope);
      scope.declare(statement.definition.name, made, interpreter.journal);
    }
  for (const [index, statement] of statements.entries()) {
    interpreter.budget.spend();
    if (statement.kind === 'if') {
      const { signal, restIncluded } = executeIf(interpreter, statement, statements.slice(index + 1), scope);
      if (signal || restIncluded) return signal;
      continue;
    }
    const signal = executeOne(interpreter, statement, scope);
    if (signal) return signal;
  }
  return undefined;
}

function executeIf(
  interpreter: Interpreter,
  statement: StatementOf<'if'>,
  rest: readonly Statement[],
  scope: Scope,
): { readonly signal: Signal | undefined; readonly restIncluded: boolean } {
  const condition = truth(interpreter.evaluate(statement.test, scope));
  if (typeof condition === 'boolean') {
    const block = condition ? statement.then : statement.otherwise;
    return { signal: interpreter.execute(block, scope.block()), restIncluded: false };
  }
  const site = { source: scope.source, start: statement.test.start, end: statement.test.end };
  return executeUnknownBranches(interpreter, [statement.then, statement.otherwise], condition, site, rest, scope);
}

function executeOne(
  interpreter: Interpreter,
  statement: Exclude<Statement, { kind: 'if' }>,
  scope: Scope,
): Signal | undefined {
  const { journal } = interpreter;
  const site = { source: scope.source, start: statement.start, end: statement.end };
  switch (statement.kind) {
    case 'expression':
      interpreter.evaluate(statement.value, scope);
      return undefined;
    case 'declare':
      for (const { target, value } of statement.declarators) {
        const given = value ? interpreter.evaluate(value, scope) : undefinedValue;
        const into = statement.scope === 'function' ? scope.function : scope;
        interpreter.site = { ...site, start: target.start, end: target.end };
        bind(interpreter, target, given, scope, { kind: 'declare', into });
      }
      return undefined;
    case 'class':
      scope.declare(statement.definition.name, makeClass(interpreter, statement.definition, scope), journal);
      return undefined;
    case 'enum': {
      const object = interpreter.newObject();
      let next = 0;
      for (const { name, value } of statement.members) {
        const given: Value = value ? interpreter.evaluate(value, scope) : { type: 'number', value: next };
        next = given.type === 'number' ? given.value + 1 : next + 1;
        object.properties.set(name, given, journal);
      }
      scope.declare(statement.name, object, journal);
      return undefined;
    }
    case 'block':
      return interpreter.execute(statement.body, scope.block());
    case 'for':
      return executeFor(interpreter, statement, scope);
    case 'forEach':
      return executeForEach(interpreter, statement, scope);
    case 'while':
      return executeWhile(interpreter, statement, scope);
    case 'switch':
      return executeSwitch(interpreter, statement, scope);
    case 'return':
      return { kind: 'return', value: statement.value ? interpreter.evaluate(statement.value, scope) : undefinedValue };
    case 'throw': {
      const value = interpreter.evaluate(statement.value, scope);
      throw new Thrown('The code throws an error here.', value, site);
    }
    case 'try':
      return executeTry(interpreter, statement, scope);
    case 'import':
      for (const { imported, local } of statement.names)
        scope.declare(local, interpreter.modules.imported(interpreter, statement.module, imported, site), journal);
      return undefined;
    case 'export':
      interpreter.modules.exports(interpreter, statement, scope);
      return undefined;
    case 'exportDefault':
      interpreter.modules.exportDefault(interpreter, interpreter.evaluate(statement.value, scope), scope);
      return undefined;
    case 'break':
    case 'continue':
      return { kind: statement.kind };
    case 'function':
    case 'unsupported':
      return undefined;
  }
}

function executeTry(interpreter: Interpreter, statement: StatementOf<'try'>, scope: Scope): Signal | undefined {
  let signal: Signal | undefined;
  try {
    signal = interpreter.execute(statement.body, scope.block());
  } catch (error) {
    if (!(error instanceof Thrown) || !statement.handler) throw error;
    const inner = scope.block();
    if (statement.caught) bind(interpreter, statement.caught, error.value, inner, { kind: 'declare', into: inner });
    signal = interpreter.execute(statement.handler, inner);
  }
  return interpreter.execute(statement.finally, scope.block()) ?? signal;
}

function executeSwitch(
  interpreter: Interpreter,
  { value, cases }: StatementOf<'switch'>,
  scope: Scope,
): Signal | undefined {
  const subject = interpreter.evaluate(value, scope);
  const site = { source: scope.source, start: value.start, end: value.end };
  const inner = scope.block();
  let from = -1;
  for (const [index, { test }] of cases.entries()) {
    if (!test) continue;
    const same = truth(compare('===', subject, interpreter.evaluate(test, scope), site));
    if (typeof same !== 'boolean') {
      // Any of the cases may be taken: what they change is not known.
      for (const { body } of cases) executePerhaps(interpreter, () => interpreter.execute(body, inner), same, site);
      return cases.some(({ body }) => body.some(({ kind }) => kind === 'return'))
        ? {
            kind: 'return',
            value: { ...same, symbol: `switch (${same.symbol})`, subject: same.subject ?? same.symbol },
          }
        : undefined;
    }
    if (same) {
      from = index;
      break;
    }
  }
  if (from < 0) from = cases.findIndex(({ test }) => !test);
  if (from < 0) return undefined;
  const signal = interpreter.execute(
    cases.slice(from).flatMap(({ body }) => body),
    inner,
  );
  return signal?.kind === 'break' ? undefined : signal;
}
