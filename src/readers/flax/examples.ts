import { asLimit } from '../evaluation/limits';
import type { Interpreter } from '../python/interpreter';
import { Raised } from '../python/raised';
import type { Scope } from '../python/scope';
import { unknown, type Value } from '../python/values';
import type { FlaxSession } from './session';

/** What is called with an example to make the variables of a model. */
const withExample = /\.(init|init_with_output|lazy_init|tabulate|apply)\(/;

/**
 * `def create_train_state(key): … model.init(key, jnp.ones((1, 28, 28, 1)))`: a function that nobody calls here may tell the shapes
 * of the inputs. It is run on arguments that are not known, and what it changes is taken back.
 */
export function learnShapes(interpreter: Interpreter, { main }: FlaxSession, scope: Scope): void {
  if (!withExample.test(main.text)) return;
  for (const value of scope.variables.entries().values()) {
    if (value.type !== 'function' || !value.syntax || value.broken || value.site.source !== main) continue;
    if (interpreter.called.has(value.syntax) || !withExample.test(main.slice(value.site))) continue;
    const given = value.parameters.flatMap(({ name, kind, fallback }): readonly (readonly [string, Value])[] =>
      fallback || kind === 'star' || kind === 'doubleStar'
        ? []
        : [[name, unknown(name, 'is an argument that is not known')]],
    );
    const { outcome } = interpreter.journal.attempt(() =>
      interpreter.call(value, { positional: [], keywords: new Map(given) }),
    );
    // Code that is only looked at for its examples may fail.
    if (outcome.kind === 'thrown' && !(outcome.error instanceof Raised) && !asLimit(outcome.error)) throw outcome.error;
  }
}
