import type { LossKind, Note, Shape } from '../../network';
import type { Interpreter } from '../python/interpreter';
import { spanOf, type Range, type Site, type SourceText } from '../text/source';
import type { InstanceValue } from '../python/values';
import type { Trace } from './trace';

/** A name that an instance was given, and where. */
export interface Binding {
  readonly name: string;
  readonly target: Site;
  readonly statement: Range;
}

/** What is gathered while one file is evaluated. */
export class Session {
  /** Set while a model's `forward` is followed. */
  trace: Trace | undefined;
  /** Set while the constructor of a module runs. */
  constructing = 0;
  /** Files that are being loaded, one inside the other. */
  loading = 0;
  /** Modules in the order in which they were finished. */
  readonly made: InstanceValue[] = [];
  readonly bindings = new Map<InstanceValue, Binding>();
  /** Shapes that a model is called with outside of any `forward`, argument by argument. */
  readonly calls = new Map<InstanceValue, readonly (Shape | undefined)[]>();
  readonly losses: { readonly model: InstanceValue; readonly kind: LossKind; readonly site: Site }[] = [];
  readonly notes: Note[] = [];
  /** Counts what matters for a model: modules made, parameters drawn, operations traced. */
  progress = 0;

  /** @param main the file that is read */
  constructor(readonly main: SourceText) {}

  note(kind: Note['kind'], message: string, site: Site): void {
    if (this.trace) this.trace.builder.note({ kind, message, span: spanOf(site) });
    else if (this.loading === 0) this.notes.push({ kind, message, span: spanOf(site) });
  }
}

const sessions = new WeakMap<Interpreter, Session>();

export function openSession(interpreter: Interpreter): Session {
  const session = new Session(interpreter.site.source);
  sessions.set(interpreter, session);
  return session;
}

/** @throws Error for an interpreter that was not made for PyTorch. */
export function sessionOf(interpreter: Interpreter): Session {
  const session = sessions.get(interpreter);
  if (!session) throw new Error('No session is open for this interpreter.');
  return session;
}
