/** A snapshot of a {@link LayeredMap}: what was written since the layer below; undefined is a name that was deleted. */
export interface Layer<V> {
  readonly entries: ReadonlyMap<string, V | undefined>;
  readonly below: Layer<V> | undefined;
}

/**
 * Names and values with snapshots that share what did not change. A layer is merged into the one above it once it is not much
 * larger, so that n writes with a snapshot after each cost O(n log n), and there are never more than O(log n) layers.
 */
export class LayeredMap<V extends object> {
  /** Made by the first write: most instances never get an attribute of their own. */
  #top: Map<string, V | undefined> | undefined;
  #below: Layer<V> = nothing;

  get(name: string): V | undefined {
    if (this.#top?.has(name)) return this.#top.get(name);
    for (let layer: Layer<V> | undefined = this.#below; layer; layer = layer.below)
      if (layer.entries.has(name)) return layer.entries.get(name);
    return undefined;
  }

  set(name: string, value: V): void {
    this.#top ??= new Map<string, V | undefined>();
    this.#top.set(name, value);
  }

  /** @returns whether the name was there */
  delete(name: string): boolean {
    const existed = this.get(name) !== undefined;
    if (!existed) return false;
    this.#top ??= new Map<string, V | undefined>();
    // Written anew, it comes after the others.
    this.#top.delete(name);
    this.#top.set(name, undefined);
    return true;
  }

  /** In the order in which the names were first written. It stays as it is, whatever is written from now on. */
  entries(): ReadonlyMap<string, V> {
    const layer = this.snapshot();
    if (isWhole(layer)) return layer.entries;
    const layers: ReadonlyMap<string, V | undefined>[] = [];
    for (let at: Layer<V> | undefined = layer; at; at = at.below) layers.push(at.entries);
    const all = new Map<string, V>();
    for (const entries of layers.reverse())
      for (const [name, value] of entries) {
        if (value === undefined) all.delete(name);
        else all.set(name, value);
      }
    return all;
  }

  snapshot(): Layer<V> {
    if (!this.#top) return this.#below;
    let entries: ReadonlyMap<string, V | undefined> = this.#top;
    let below: Layer<V> | undefined = this.#below;
    while (below && below.entries.size <= 2 * entries.size) {
      if (below.entries.size > 0) entries = new Map([...below.entries, ...entries]);
      below = below.below;
    }
    this.#top = undefined;
    this.#below = { entries, below };
    return this.#below;
  }

  restore(snapshot: Layer<V>): void {
    this.#top = undefined;
    this.#below = snapshot;
  }
}

/** Whether a layer holds all there is, and nothing that was deleted. */
function isWhole<V>(layer: Layer<V>): layer is { readonly entries: ReadonlyMap<string, V>; readonly below: undefined } {
  for (let below = layer.below; below; below = below.below) if (below.entries.size > 0) return false;
  for (const value of layer.entries.values()) if (value === undefined) return false;
  return true;
}

const nothing: Layer<never> = { entries: new Map<string, never>(), below: undefined };

/** All names and values of a snapshot. */
export function entriesOf<V extends object>(snapshot: Layer<V>): ReadonlyMap<string, V> {
  const map = new LayeredMap<V>();
  map.restore(snapshot);
  return map.entries();
}
