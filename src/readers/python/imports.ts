import { raiseIfCaught } from './exceptions';
import type { Interpreter } from './interpreter';
import { ModuleScope, sourceOf, type Scope } from './scope';
import type { StatementOf } from './syntax';
import { unknown, type ModuleValue, type Value } from './values';
import { Deferred } from './variables';

/** `import a.b as c`. */
export function importModule(interpreter: Interpreter, statement: StatementOf<'import'>, scope: Scope): void {
  const { module, alias } = statement;
  const [head = module] = module.split('.');
  const value = load(interpreter, alias === undefined ? head : module, scope);
  const known = value ?? namespaceOf(interpreter, module, scope);
  if (!known) notInstalled(interpreter, module);
  scope.assign(alias ?? head, known ?? interpreter.unknown(alias ?? head, `comes from ${module}`), interpreter.journal);
}

/**
 * `from a.b import c as d`. Names of files are looked up when they are used. Names of a star import that is not known stay
 * undefined, and so unknown where they are used.
 */
export function importFrom(interpreter: Interpreter, statement: StatementOf<'importFrom'>, scope: Scope): void {
  const { level } = statement;
  const name = '.'.repeat(level) + statement.module;
  const find = (path: string): ModuleValue | undefined =>
    level === 0 ? load(interpreter, path, scope) : loadRelative(interpreter, level, path, scope);
  const ours = level === 0 && interpreter.modules.isOurs(name);
  // Somebody waits for the import to fail: then it is looked at now, and not when its names are used.
  if (!ours && interpreter.guards.length > 0 && !find(statement.module)) {
    const parts = statement.names.every((one) => find(joined(statement.module, one.name)) !== undefined);
    if (!parts) notInstalled(interpreter, name);
  }
  for (const imported of statement.names) {
    if (imported.name === '*') {
      if (!ours && scope instanceof ModuleScope) scope.stars.push(() => find(statement.module));
      else importAll(interpreter, find(statement.module), scope);
      continue;
    }
    const { site } = interpreter;
    const get = (): Value => {
      const module = find(statement.module);
      return (
        module?.get(imported.name) ??
        find(joined(statement.module, imported.name)) ??
        unknown(imported.name, module ? `of ${name} is not understood` : `comes from ${name || 'elsewhere'}`, site)
      );
    };
    scope.assign(imported.alias ?? imported.name, ours ? get() : new Deferred(get), interpreter.journal);
  }
}

const joined = (module: string, name: string): string => (module === '' ? name : `${module}.${name}`);

function load(interpreter: Interpreter, name: string, scope: Scope): ModuleValue | undefined {
  const importer = sourceOf(scope);
  return importer && interpreter.modules.absolute(name, importer);
}

function loadRelative(interpreter: Interpreter, level: number, name: string, scope: Scope): ModuleValue | undefined {
  const importer = sourceOf(scope);
  return importer && interpreter.modules.relative(level, name, importer);
}

/** What is neither known nor found is not installed, as far as code can tell that is prepared for that. */
function notInstalled(interpreter: Interpreter, module: string): void {
  raiseIfCaught(interpreter, 'ModuleNotFoundError', `there is no module ${module}`);
}

/** `import a.b` where `a` is a folder without a file of its own: it has what can be imported from it. */
function namespaceOf(interpreter: Interpreter, module: string, scope: Scope): ModuleValue | undefined {
  const [head = module, ...rest] = module.split('.');
  if (rest.length === 0 || interpreter.modules.isOurs(head) || !load(interpreter, module, scope)) return undefined;
  const level = (path: string): ModuleValue => ({
    type: 'module',
    name: path,
    get: (name) => {
      const inner = `${path}.${name}`;
      return load(interpreter, inner, scope) ?? (module.startsWith(`${inner}.`) ? level(inner) : undefined);
    },
    names: () => [],
  });
  return level(head);
}

function importAll(interpreter: Interpreter, module: ModuleValue | undefined, scope: Scope): void {
  for (const name of module?.names() ?? []) {
    const value = module?.get(name);
    if (value) scope.assign(name, value, interpreter.journal);
  }
}
