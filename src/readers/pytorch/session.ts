import type { Note } from '../../network';
import { Session } from '../frameworks/session';
import type { Interpreter } from '../python/interpreter';
import { spanOf, type Site } from '../text/source';
import type { Trace } from './trace';

/** What is gathered of PyTorch while one file is evaluated. */
export class PytorchSession extends Session {
  /** Set while a model's `forward` is followed. */
  trace: Trace | undefined;
  /** Set while the constructor of a module runs. */
  constructing = 0;

  override note(kind: Note['kind'], message: string, site: Site): void {
    if (this.trace) this.trace.builder.note({ kind, message, span: spanOf(site) });
    else super.note(kind, message, site);
  }
}

const sessions = new WeakMap<Interpreter, PytorchSession>();

export function openSession(interpreter: Interpreter): PytorchSession {
  const session = new PytorchSession(interpreter.site.source);
  sessions.set(interpreter, session);
  return session;
}

/** @throws Error for an interpreter that was not made for PyTorch. */
export function sessionOf(interpreter: Interpreter): PytorchSession {
  const session = sessions.get(interpreter);
  if (!session) throw new Error('No session is open for this interpreter.');
  return session;
}
