import type { Interpreter } from './interpreter';
import type { Scope } from './scope';
import type { StatementOf } from './syntax';
import type { ModuleValue, Value } from './values';

/** `import a.b as c`. */
export function importModule(interpreter: Interpreter, statement: StatementOf<'import'>, scope: Scope): void {
  const { module, alias } = statement;
  const [head = module] = module.split('.');
  const value = alias === undefined ? load(interpreter, head) : load(interpreter, module);
  scope.assign(alias ?? head, value, interpreter.journal);
}

/** `from a.b import c as d`. Names of a star import that is not known stay undefined, and so unknown where they are used. */
export function importFrom(interpreter: Interpreter, statement: StatementOf<'importFrom'>, scope: Scope): void {
  const name = '.'.repeat(statement.level) + statement.module;
  const module = statement.level === 0 ? interpreter.host.importModule(name) : undefined;
  for (const imported of statement.names) {
    if (imported.name === '*') {
      if (module) importAll(interpreter, module, scope);
      continue;
    }
    const value =
      module?.get(imported.name) ??
      interpreter.host.importModule(`${name}.${imported.name}`) ??
      interpreter.unknown(imported.name, module ? `of ${name} is not understood` : `comes from ${name || 'elsewhere'}`);
    scope.assign(imported.alias ?? imported.name, value, interpreter.journal);
  }
}

function load(interpreter: Interpreter, name: string): Value {
  return interpreter.host.importModule(name) ?? interpreter.unknown(name, `comes from ${name}`);
}

function importAll(interpreter: Interpreter, module: ModuleValue, scope: Scope): void {
  for (const name of module.names()) {
    const value = module.get(name);
    if (value) scope.assign(name, value, interpreter.journal);
  }
}
