import type { OpenHdf5 } from './library';
import type { Dataset } from './messages';

/**
 * How Keras calls what it stores under other names. Weights of Keras 3 lie at places such as `layers/dense_1/vars/0`, where the
 * group `vars` says the layer's own name: `head/vars/0`. The legacy format puts a layer's name before the weight's own:
 * `model_weights/head/sequential/head/kernel:0` is `sequential/head/kernel`.
 */
export function kerasNames(
  file: OpenHdf5,
  datasets: readonly Dataset[],
  groups: readonly string[],
): ReadonlyMap<string, string> {
  const ownNames = new Map<string, string>();
  for (const group of groups) {
    const name = group.endsWith('vars') ? file.textAttribute(`/${group}`, 'name') : undefined;
    if (name !== undefined) ownNames.set(group.replace(/\/?vars$/, ''), name);
  }
  const names = new Map<string, string>();
  for (const { path } of datasets) {
    const [, place, index] = /^(.+)\/vars\/(\w+)$/.exec(path) ?? [];
    if (place !== undefined && index !== undefined) {
      const layers = placesTo(place).flatMap((ancestor) => ownNames.get(ancestor) ?? []);
      if (layers.length > 0) names.set(path, `${layers.join('/')}/vars/${index}`);
    }
    const legacy = /^model_weights\/[^/]+\/(.+?)(:\d+)?$/.exec(path)?.[1];
    if (legacy !== undefined) names.set(path, legacy);
  }
  return names;
}

/** `layers`, `layers/lstm`, `layers/lstm/cell` */
function placesTo(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
