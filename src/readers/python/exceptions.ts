import type { Interpreter } from './interpreter';
import { isInstance } from './instances';
import { exceptionClasses } from './library/exceptions';
import { Raised } from './raised';
import type { Scope } from './scope';
import type { Site } from '../text/source';
import { goOn, type Signal } from './signals';
import type { ExceptHandler, StatementOf } from './syntax';
import { symbolOf, textOf } from './truth';
import { isSubclass, none, type Value } from './values';

/** `try`: the first handler that fits what is raised; what is raised by built-in operations is known where somebody waits for it. */
export function executeTry(interpreter: Interpreter, statement: StatementOf<'try'>, scope: Scope): Signal | undefined {
  const attempt = (): Signal | undefined => {
    const { guards } = interpreter;
    interpreter.guards = [...guards, ...statement.handlers.map((handler) => typesOf(interpreter, handler, scope))];
    let signal: Signal | undefined;
    try {
      signal = interpreter.execute(statement.body, scope);
    } catch (error) {
      interpreter.guards = guards;
      return handle(interpreter, error, statement, scope);
    } finally {
      interpreter.guards = guards;
    }
    return goOn(interpreter, signal, () => interpreter.execute(statement.otherwise, scope));
  };
  let signal: Signal | undefined;
  try {
    signal = attempt();
  } catch (error) {
    if (error instanceof Raised) interpreter.execute(statement.finally, scope);
    throw error;
  }
  return interpreter.execute(statement.finally, scope) ?? signal;
}

/** What a handler waits for; a handler without types waits for everything. */
function typesOf(interpreter: Interpreter, { types }: ExceptHandler, scope: Scope): Value {
  return types ? interpreter.evaluate(types, scope) : (exceptionClasses().get('BaseException') ?? none);
}

function handle(
  interpreter: Interpreter,
  error: unknown,
  { handlers }: StatementOf<'try'>,
  scope: Scope,
): Signal | undefined {
  if (!(error instanceof Raised)) throw error;
  const handler = handlers.find((one) => catches(interpreter, typesOf(interpreter, one, scope), error.value));
  if (!handler) throw error;
  if (handler.name !== undefined) scope.assign(handler.name, error.value ?? none, interpreter.journal);
  const { handling } = interpreter;
  interpreter.handling = error;
  try {
    return interpreter.execute(handler.body, scope);
  } finally {
    interpreter.handling = handling;
  }
}

/** Of what is not known it is taken that it fits: the handler is there for something. */
function catches(interpreter: Interpreter, types: Value, raised: Value | undefined): boolean {
  if (types.type === 'tuple') return types.items.some((one) => catches(interpreter, one, raised));
  if (types.type !== 'class' || raised === undefined) return true;
  return raised.type === 'class' ? isSubclass(raised, types) : isInstance(interpreter, raised, types) !== false;
}

/** `raise` and `raise value`. */
export function raise(interpreter: Interpreter, value: Value | undefined): never {
  if (value === undefined && interpreter.handling) throw interpreter.handling;
  const words = value?.type === 'instance' ? value.attributes.get('args') : undefined;
  const shown =
    words?.type === 'tuple' && words.items[0] ? `: ${textOf(words.items[0]) ?? symbolOf(words.items[0])}` : '';
  const name = value?.type === 'instance' ? value.cls.name : value?.type === 'class' ? value.name : 'An exception';
  throw new Raised(`${name} is raised${shown}.`, value, interpreter.site);
}

/** What is raised where an object has no such attribute. */
export function noAttribute(name: string, site: Site): Raised {
  return new Raised(`There is no attribute \`${name}\`.`, exceptionClasses().get('AttributeError'), site);
}

/** An exception that a built-in operation raises, where a handler waits for it; elsewhere the result is simply not known. */
export function raiseIfCaught(interpreter: Interpreter, name: string, message: string): void {
  const cls = exceptionClasses().get(name);
  if (cls && interpreter.guards.some((types) => catches(interpreter, types, cls)))
    throw new Raised(`${name} is raised: ${message}.`, cls, interpreter.site);
}
