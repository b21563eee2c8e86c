import type { Interpreter } from '../python/interpreter';
import type { Value } from '../python/values';

/** A name of a module of a file; undefined where there is no such file, or no such name in it. */
export function fileMember(interpreter: Interpreter, module: string, name: string): Value | undefined {
  return interpreter.modules.absolute(module, interpreter.site.source)?.get(name);
}
