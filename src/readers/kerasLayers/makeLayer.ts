import type { Site } from '../text/source';
import { layerDefinition } from './index';
import { ConfiguredLayer } from './configuredLayer';
import type { Layer } from './layer';
import { UnknownLayer } from './model';
import type { Settings } from './settings';
import { BidirectionalLayer, TimeDistributedLayer } from './wrappers';

/** A layer of a class by its name; `inner` is the layer that a wrapper wraps. What is not known is opaque. */
export function makeLayer(className: string, name: string, settings: Settings, site: Site, inner?: Layer): Layer {
  if (inner && className === 'TimeDistributed') return new TimeDistributedLayer(name, settings, site, inner);
  if (inner && className === 'Bidirectional') return new BidirectionalLayer(name, settings, site, inner);
  const definition = layerDefinition(className);
  if (definition) return new ConfiguredLayer(definition, name, settings, site);
  return new UnknownLayer(`\`${className}\` is not understood yet.`, site, name);
}
