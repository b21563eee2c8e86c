import type { LossKind, Note, Shape } from '../../network';
import type { InstanceValue } from '../python/values';
import { spanOf, type Range, type Site, type SourceText } from '../text/source';

/** A name that an instance was given, and where. */
export interface Binding {
  readonly name: string;
  readonly target: Site;
  readonly statement: Range;
}

/** What is gathered of one framework's models while one file is evaluated. */
export class Session {
  /** Files that are being loaded, one inside the other. */
  loading = 0;
  /** Modules in the order in which they were finished. */
  readonly made: InstanceValue[] = [];
  readonly bindings = new Map<InstanceValue, Binding>();
  /** Shapes that a model is called with outside of any other, argument by argument. */
  readonly calls = new Map<InstanceValue, readonly (Shape | undefined)[]>();
  readonly losses: { readonly model: InstanceValue; readonly kind: LossKind; readonly site: Site }[] = [];
  readonly notes: Note[] = [];
  /** Counts what matters for a model: modules made, parameters drawn, operations recorded. */
  progress = 0;

  /** @param main the file that is read */
  constructor(readonly main: SourceText) {}

  note(kind: Note['kind'], message: string, site: Site): void {
    if (this.loading === 0) this.notes.push({ kind, message, span: spanOf(site) });
  }

  /** A module has been made. What another file makes for itself is no model of this one. */
  finished(instance: InstanceValue): void {
    if (this.loading === 0) this.made.push(instance);
    this.progress++;
  }

  /** An instance is named: the file that is read tells more of a model than those that it comes from. */
  bind(instance: InstanceValue, binding: Binding): void {
    const known = this.bindings.get(instance);
    if (!known || (known.target.source !== this.main && binding.target.source === this.main))
      this.bindings.set(instance, binding);
  }
}
