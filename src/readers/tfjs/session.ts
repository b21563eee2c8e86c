import type { LossKind, Note } from '../../network';
import type { Journal, Journaled } from '../evaluation/journal';
import type { Interpreter } from '../javascript/interpreter';
import type { ClassValue } from '../javascript/values';
import { tfjs } from '../kerasLayers/dialect';
import type { Surroundings } from '../kerasLayers/layer';
import type { Model } from '../kerasLayers/model';
import { spanOf, type Site } from '../text/source';

type Counts = ReadonlyMap<string, number>;

/** tfjs' automatic names count, kind by kind, for the whole program. */
export class Names implements Journaled<Counts> {
  #counts: Counts = new Map();

  constructor(private readonly journal: Journal) {}

  /** `Conv2D` → `conv2d_Conv2D1`. */
  ofLayer(className: string): string {
    return `${snakeCase(className)}_${this.unique(className)}`;
  }

  /** `sequential_` → `sequential_1`. */
  unique(prefix: string): string {
    this.journal.beforeChange(this);
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts = new Map([...this.#counts, [prefix, count]]);
    return `${prefix}${count}`;
  }

  capture(): Counts {
    return this.#counts;
  }

  restore(counts: Counts): void {
    this.#counts = counts;
  }

  /** Which branch was taken is not known: no name that one of them has given is given again. */
  join(a: Counts, b: Counts): void {
    this.#counts = new Map([...a, ...b].map(([name]) => [name, Math.max(a.get(name) ?? 0, b.get(name) ?? 0)]));
  }
}

/** As tfjs-layers spells it (`toSnakeCase`). */
function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** A model that has been made, and what is known of it beside its layers. */
export interface MadeModel {
  readonly model: Model;
  readonly site: Site;
  /** The function of the source in which it was made. */
  readonly within: string | undefined;
  /** The first name that it was given, and where. */
  binding?: { readonly name: string; readonly site: Site };
  /** It is trained by itself. */
  compiled: boolean;
  readonly losses: { readonly kind: LossKind; readonly site: Site }[];
}

/** What is gathered of tfjs while one file is evaluated. */
export class Session {
  readonly names: Names;
  readonly made: MadeModel[] = [];
  readonly notes: Note[] = [];
  /** The classes of the source of which instances have been made. */
  readonly instances = new Set<ClassValue>();
  /** Counts what matters for a model: layers made and applied. */
  progress = 0;
  /** The functions of the source that are being called as if nobody else did. */
  within: string | undefined;
  readonly surroundings: Surroundings;

  constructor(journal: Journal) {
    this.names = new Names(journal);
    this.surroundings = { dialect: tfjs, journal };
  }

  note(kind: Note['kind'], message: string, site: Site): void {
    this.notes.push({ kind, message, span: spanOf(site) });
  }

  remember(model: Model, site: Site): void {
    this.made.push({ model, site, within: this.within, compiled: false, losses: [] });
  }

  of(model: object): MadeModel | undefined {
    return this.made.find((made) => made.model === model);
  }
}

const sessions = new WeakMap<Interpreter, Session>();

export function openSession(interpreter: Interpreter): Session {
  const session = new Session(interpreter.journal);
  sessions.set(interpreter, session);
  return session;
}

/** @throws Error for an interpreter that was not made for tfjs. */
export function sessionOf(interpreter: Interpreter): Session {
  const session = sessions.get(interpreter);
  if (!session) throw new Error('No session is open for this interpreter.');
  return session;
}
