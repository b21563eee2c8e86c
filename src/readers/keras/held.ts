import type { InstanceValue, Value } from '../python/values';
import { isLayer, layerState } from './layerState';
import { variableState } from './tensor';

/** The variables of a layer and of all below it, each once, in Keras' order. */
export function variablesOf(root: InstanceValue): readonly InstanceValue[] {
  return [...new Set(layersBelow(root).flatMap(ownVariables))];
}

/** Those that it made by `add_weight`, and those that it was given as attributes. */
function ownVariables(layer: InstanceValue): readonly InstanceValue[] {
  const given = [...layer.attributes.entries().values()].flatMap((value) =>
    value.type === 'instance' && variableState(value) ? [value] : [],
  );
  return [...(layerState(layer)?.variables.values() ?? []), ...given];
}

/** A layer and all below it, each once. */
export function layersBelow(root: InstanceValue): readonly InstanceValue[] {
  const found = new Set<InstanceValue>();
  const visit = (layer: InstanceValue): void => {
    if (found.has(layer)) return;
    found.add(layer);
    for (const child of sublayersOf(layer)) visit(child);
  };
  visit(root);
  return [...found];
}

/** The layers that a layer holds itself: of its graph, in its attributes, and in lists and dicts there. */
export function sublayersOf(layer: InstanceValue): readonly InstanceValue[] {
  const state = layerState(layer);
  const held: InstanceValue[] = [...(state?.layers ?? [])];
  let left = 2_000;
  const visit = (value: Value): void => {
    if (left-- < 0) return;
    if (isLayer(value)) held.push(value);
    else if (value.type === 'tuple' || value.type === 'list') value.items.forEach(visit);
    else if (value.type === 'dict') [...value.entries.values()].forEach(([, entry]) => visit(entry));
  };
  for (const value of layer.attributes.entries().values()) visit(value);
  return [...new Set(held)];
}
