import type { Journaled } from '../../evaluation/journal';
import { builtinClass } from '../../python/classes';
import type { InstanceValue, Value } from '../../python/values';
import { Variables } from '../../python/variables';
import { moduleClass } from '../module';

interface Fields {
  readonly parent: InstanceValue | undefined;
  readonly name: string | undefined;
  readonly setup: 'todo' | 'open' | 'done';
  readonly counts: ReadonlyMap<string, number>;
  readonly bound: boolean;
}

/** The hidden state of a `flax.linen.Module`. */
export class LinenState implements Journaled<Fields> {
  parent: InstanceValue | undefined;
  name: string | undefined;
  /** `setup` runs when the first method is called. */
  setup: Fields['setup'] = 'todo';
  /** How many of each class have been named by the method that is open. */
  counts: ReadonlyMap<string, number> = new Map();
  /** Methods with `compact` that are open, one inside the other. */
  compact = 0;
  /** Whether it is the model that is read: it has variables, and what is below it has. */
  bound = false;
  /** Of the model that is read: all its variables by their paths. */
  readonly variables = new Variables();

  capture(): Fields {
    const { parent, name, setup, counts, bound } = this;
    return { parent, name, setup, counts, bound };
  }

  restore(fields: Fields): void {
    Object.assign(this, fields);
  }

  join(a: Fields, b: Fields): void {
    const counts = new Map(
      [...a.counts, ...b.counts].map(([name]) => [name, Math.max(a.counts.get(name) ?? 0, b.counts.get(name) ?? 0)]),
    );
    this.restore({ ...a, parent: a.parent ?? b.parent, name: a.name ?? b.name, counts });
  }
}

/** `flax.linen.Module`; its methods are put in by `module.ts`. */
export const linenModuleClass = builtinClass('Module', [moduleClass], {}, () => new LinenState());

export function linenState(value: Value | undefined): LinenState | undefined {
  return value?.type === 'instance' && value.native instanceof LinenState ? value.native : undefined;
}

/** The model that a module belongs to; undefined while it belongs to none that is read. */
export function rootOf(module: InstanceValue): LinenState | undefined {
  const state = linenState(module);
  if (!state) return undefined;
  if (state.bound) return state;
  return state.parent && rootOf(state.parent);
}

/** How a module is spelled in a checkpoint: `encoder/Dense_0`. */
export function pathOf(module: InstanceValue): string {
  const state = linenState(module);
  if (!state || state.bound || state.name === undefined) return '';
  const above = state.parent ? pathOf(state.parent) : '';
  return above === '' ? state.name : `${above}/${state.name}`;
}
