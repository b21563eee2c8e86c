import type { LayerDefinition } from './define';
import { activationLayers } from './layers/activation';
import { attentionLayers } from './layers/attention';
import { convolutionLayers } from './layers/convolution';
import { denseLayers } from './layers/dense';
import { einsumDense } from './layers/einsumDense';
import { mergingLayers } from './layers/merging';
import { normalisationLayers } from './layers/normalisation';
import { poolingLayers } from './layers/pooling';
import { preprocessingLayers } from './layers/preprocessing';
import { recurrentLayers } from './layers/recurrent';
import { regularisationLayers } from './layers/regularisation';
import { shapingLayers } from './layers/shaping';

/** The layers of Keras whose class and settings say all of them. */
export const layerDefinitions: readonly LayerDefinition[] = [
  ...denseLayers,
  einsumDense,
  ...convolutionLayers,
  ...recurrentLayers,
  ...normalisationLayers,
  ...activationLayers,
  ...attentionLayers,
  ...mergingLayers,
  ...poolingLayers,
  ...regularisationLayers,
  ...shapingLayers,
  ...preprocessingLayers,
];

const definitions = new Map(layerDefinitions.map((definition) => [definition.name, definition]));

/** The layer of a class's name (`Conv2D`); undefined where it is not known. */
export function layerDefinition(className: string): LayerDefinition | undefined {
  return definitions.get(className);
}
