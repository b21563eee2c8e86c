import { layerDefinitions } from '../../kerasLayers';
import type { ClassValue } from '../../python/values';
import { cellClass, configuredClass } from './configured';

/** The classes of the layers whose settings say all of them, and of the cells of recurrent ones. */
export const configuredClasses: ReadonlyMap<string, ClassValue> = new Map(
  layerDefinitions.flatMap((definition): (readonly [string, ClassValue])[] => {
    const cell = definition.cell && ([definition.cell.definition.name, cellClass(definition.cell.definition)] as const);
    return [[definition.name, configuredClass(definition)], ...(cell ? [cell] : [])];
  }),
);
