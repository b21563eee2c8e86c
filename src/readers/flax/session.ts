import { Session } from '../frameworks/session';
import type { Owner } from '../kerasLayers/graph';
import type { Interpreter } from '../python/interpreter';
import type { InstanceValue } from '../python/values';

/** What is gathered of Flax while one file is evaluated. */
export class FlaxSession extends Session {
  /** The modules whose methods are open. */
  owner: Owner<InstanceValue> | undefined;
  /** Set while a model is read. Outside of that a call of a module only tells the shapes of its inputs. */
  following = false;
  /** Variables of nnx so far. */
  variables = 0;

  /** Run `body` as a method of a module. */
  within<T>(module: InstanceValue, body: () => T): T {
    const before = this.owner;
    this.owner = { layer: module, outer: before };
    try {
      return body();
    } finally {
      this.owner = before;
    }
  }
}

const sessions = new WeakMap<Interpreter, FlaxSession>();

export function openFlaxSession(interpreter: Interpreter): FlaxSession {
  const session = new FlaxSession(interpreter.site.source);
  sessions.set(interpreter, session);
  return session;
}

/** @throws Error for an interpreter that was not made for Flax. */
export function flaxSession(interpreter: Interpreter): FlaxSession {
  const session = sessions.get(interpreter);
  if (!session) throw new Error('No session is open for this interpreter.');
  return session;
}
