import { Session } from '../frameworks/session';
import type { Interpreter } from '../python/interpreter';
import type { InstanceValue } from '../python/values';
import type { Owner } from '../kerasLayers/graph';
import { Names } from './names';

/** One entry of Keras' stack of name scopes. */
export interface NameScope {
  readonly name: string;
  readonly caller: InstanceValue | undefined;
  /** Where the caller was first met: its path does not change with the place of a later call. */
  readonly parent: string | undefined;
}

/** What is gathered of Keras while one file is evaluated. */
export class KerasSession extends Session {
  readonly names = new Names();
  /** The paths that variables have. */
  readonly paths = new Names();
  scopes: readonly NameScope[] = [];
  /** The layers whose `call` is open. */
  owner: Owner<InstanceValue> | undefined;

  /** Keras' `current_path()`. */
  get path(): string {
    let parts: string[] = [];
    for (const { name, parent } of this.scopes) {
      if (parent !== undefined) parts = parent === '' ? [] : parent.split('/');
      parts.push(name);
    }
    return parts.join('/');
  }

  /** Run `body` inside of a name scope. The scope that is open already is not opened again. */
  within<T>(scope: NameScope, body: () => T): T {
    const before = this.scopes;
    const open = before.at(-1);
    const again = scope.caller !== undefined && open?.caller === scope.caller && open.name === scope.name;
    if (!again) this.scopes = [...before, scope];
    try {
      return body();
    } finally {
      this.scopes = before;
    }
  }

  /** Run `body` as the `call` of a layer. */
  calling<T>(layer: InstanceValue, body: () => T): T {
    const before = this.owner;
    this.owner = { layer, outer: before };
    try {
      return body();
    } finally {
      this.owner = before;
    }
  }
}

const sessions = new WeakMap<Interpreter, KerasSession>();

export function openKerasSession(interpreter: Interpreter): KerasSession {
  const session = new KerasSession(interpreter.site.source);
  sessions.set(interpreter, session);
  return session;
}

/** @throws Error for an interpreter that was not made for Keras. */
export function kerasSession(interpreter: Interpreter): KerasSession {
  const session = sessions.get(interpreter);
  if (!session) throw new Error('No session is open for this interpreter.');
  return session;
}
