import { assign } from './assignment';
import { executeUnknownBranches } from './branches';
import { defineClass } from './classes';
import { makeFunction } from './calls';
import { importFrom, importModule } from './imports';
import type { Interpreter } from './interpreter';
import { executeFor, executeWhile } from './loops';
import { augmented } from './operators';
import { Raised } from './raised';
import type { Scope } from './scope';
import { getItem, setItem } from './subscripts';
import type { Expression, Statement, StatementOf } from './syntax';
import { symbolOf, textOf } from './truth';
import { none, numberOf, type Value } from './values';
import { hashKey } from './sameness';

/** How a block ends, where it does not end by coming to its end. */
export type Signal =
  { readonly kind: 'return'; readonly value: Value } | { readonly kind: 'break' } | { readonly kind: 'continue' };

/** Execute a block. Throws `Raised` for an exception of the Python code, `Exhausted` where a limit is reached. */
export function execute(interpreter: Interpreter, statements: readonly Statement[], scope: Scope): Signal | undefined {
  for (const [index, statement] of statements.entries()) {
    interpreter.budget.spend();
    interpreter.site = { source: interpreter.site.source, start: statement.start, end: statement.end };
    interpreter.statement = statement;
    if (statement.kind === 'if') {
      const truth = interpreter.truth(interpreter.evaluate(statement.test, scope));
      if (typeof truth !== 'boolean') {
        const rest = statements.slice(index + 1);
        const result = executeUnknownBranches(interpreter, statement, truth, rest, scope);
        if (result.restIncluded || result.signal) return result.signal;
        continue;
      }
      const signal = execute(interpreter, truth ? statement.body : statement.otherwise, scope);
      if (signal) return signal;
      continue;
    }
    const signal = executeOne(interpreter, statement, scope);
    if (signal) return signal;
  }
  return undefined;
}

function executeOne(
  interpreter: Interpreter,
  statement: Exclude<Statement, { kind: 'if' }>,
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
      const truth = interpreter.truth(interpreter.evaluate(statement.test, scope));
      if (truth === false) {
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

/** Decorators that are not known are taken to leave what they decorate as it is (`@torch.no_grad()`, `@register_model`). */
function decorate(interpreter: Interpreter, decorators: readonly Expression[], made: Value, scope: Scope): Value {
  let result = made;
  for (const decorator of [...decorators].reverse()) {
    const callee = interpreter.evaluate(decorator, scope);
    if (callee.type === 'unknown' || callee.type === 'instance') continue;
    const decorated = interpreter.apply(callee, result);
    if (decorated.type !== 'unknown' && decorated.type !== 'none') result = decorated;
  }
  return result;
}

function executeWith(interpreter: Interpreter, statement: StatementOf<'with'>, scope: Scope): Signal | undefined {
  for (const item of statement.items) {
    const manager = interpreter.evaluate(item.value, scope);
    const enter = manager.type === 'instance' && interpreter.findAttribute(manager, '__enter__');
    const entered = enter ? interpreter.apply(enter) : manager;
    if (item.target) assign(interpreter, item.target, entered, scope);
  }
  return execute(interpreter, statement.body, scope);
}

function executeTry(interpreter: Interpreter, statement: StatementOf<'try'>, scope: Scope): Signal | undefined {
  let signal: Signal | undefined;
  try {
    signal = execute(interpreter, statement.body, scope) ?? execute(interpreter, statement.otherwise, scope);
  } catch (error) {
    const [handler] = statement.handlers;
    if (!(error instanceof Raised) || !handler) throw error;
    if (handler.name !== undefined) scope.assign(handler.name, error.value ?? none, interpreter.journal);
    signal = execute(interpreter, handler.body, scope);
  }
  return execute(interpreter, statement.finally, scope) ?? signal;
}

function raise(interpreter: Interpreter, value: Value | undefined): never {
  const words = value?.type === 'instance' ? value.attributes.get('args') : undefined;
  const shown =
    words?.type === 'tuple' && words.items[0] ? `: ${textOf(words.items[0]) ?? symbolOf(words.items[0])}` : '';
  const name = value?.type === 'instance' ? value.cls.name : value?.type === 'class' ? value.name : 'An exception';
  throw new Raised(`${name} is raised${shown}.`, value, interpreter.site);
}

function remove(interpreter: Interpreter, target: Expression, scope: Scope): void {
  const { journal } = interpreter;
  if (target.kind === 'name') scope.variables.delete(target.name, journal);
  if (target.kind === 'attribute') {
    const object = interpreter.evaluate(target.object, scope);
    if (object.type === 'instance') object.attributes.delete(target.name, journal);
  }
  if (target.kind === 'subscript') removeItem(interpreter, target, scope);
}

function removeItem(interpreter: Interpreter, target: Expression & { kind: 'subscript' }, scope: Scope): void {
  const object = interpreter.evaluate(target.object, scope);
  const index = interpreter.evaluate(target.index, scope);
  if (object.type === 'list') {
    interpreter.journal.beforeChange(object);
    const at = numberOf(index);
    if (at === undefined) object.taint ??= interpreter.unknown(`del […]`, 'takes away elements that are not known');
    else object.items.splice(at, 1);
  }
  if (object.type === 'dict') {
    interpreter.journal.beforeChange(object);
    const hash = hashKey(index);
    if (hash === undefined) object.taint ??= interpreter.unknown(`del […]`, 'takes away a key that is not known');
    else object.entries.delete(hash);
  }
  if (object.type === 'instance') {
    const own = interpreter.findAttribute(object, '__delitem__');
    if (own) interpreter.apply(own, index);
  }
}
