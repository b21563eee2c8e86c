import { attentionFunctions } from './attention';
import { castingFunctions } from './casting';
import { comparisonFunctions } from './comparison';
import { creationFunctions } from './creation';
import type { TensorFunction } from './define';
import { distinctFunctions } from './distinct';
import { elementwiseFunctions } from './elementwise';
import { joiningFunctions } from './joining';
import { normalisationFunctions } from './normalisation';
import { productFunctions } from './products';
import { randomFunctions } from './randomness';
import { reductionFunctions } from './reductions';
import { resamplingFunctions } from './resampling';
import { reshapingFunctions } from './reshaping';
import { weightedFunctions } from './weighted';

/** Everything that is understood of `torch.*`, `torch.nn.functional.*` and the methods of a tensor, by its name. */
export const tensorFunctions: Readonly<Record<string, TensorFunction>> = {
  ...castingFunctions,
  ...elementwiseFunctions,
  ...comparisonFunctions,
  ...distinctFunctions,
  ...reshapingFunctions,
  ...joiningFunctions,
  ...reductionFunctions,
  ...productFunctions,
  ...weightedFunctions,
  ...normalisationFunctions,
  ...attentionFunctions,
  ...resamplingFunctions,
  ...randomFunctions,
  ...creationFunctions,
};
