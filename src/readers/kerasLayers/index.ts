import type { LayerDefinition } from './define';
import { activationLayers } from './layers/activation';
import { convolutionLayers } from './layers/convolution';
import { denseLayers } from './layers/dense';
import { mergingLayers } from './layers/merging';
import { normalisationLayers } from './layers/normalisation';
import { poolingLayers } from './layers/pooling';
import { recurrentLayers } from './layers/recurrent';
import { regularisationLayers } from './layers/regularisation';
import { shapingLayers } from './layers/shaping';

const definitions = new Map(
  [
    ...denseLayers,
    ...convolutionLayers,
    ...recurrentLayers,
    ...normalisationLayers,
    ...activationLayers,
    ...mergingLayers,
    ...poolingLayers,
    ...regularisationLayers,
    ...shapingLayers,
  ].map((definition): [string, LayerDefinition] => [definition.name, definition]),
);

/** The layer of a class's name (`Conv2D`); undefined where it is not known. */
export function layerDefinition(className: string): LayerDefinition | undefined {
  return definitions.get(className);
}
