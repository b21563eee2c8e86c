import { convolutionLayers } from './convolution';
import type { LayerDefinition } from './define';
import { denseLayers } from './dense';
import { normalisationLayers } from './normalisation';
import { regularisationLayers } from './regularisation';

/** The layers that `flax.linen` and `flax.nnx` have both. */
export const layerDefinitions: readonly LayerDefinition[] = [
  ...denseLayers,
  ...convolutionLayers,
  ...normalisationLayers,
  ...regularisationLayers,
];
