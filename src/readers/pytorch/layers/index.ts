import type { Value } from '../../python/values';
import { activationClasses } from './activations';
import { adaptiveSoftmaxClass } from './adaptiveSoftmax';
import { attentionClasses } from './attention';
import { containerClasses } from './containers';
import { convolutionClasses } from './convolution';
import { dropoutClasses } from './dropout';
import { embeddingClasses } from './embedding';
import { functionalClasses } from './functional';
import { linearClasses } from './linear';
import { lossClasses } from './losses';
import { normalisationClasses } from './normalisation';
import { paddingClasses } from './padding';
import { poolingClasses } from './pooling';
import { recurrentClasses } from './recurrent';
import { shapingClasses } from './shaping';
import { softmaxClasses } from './softmax';
import { transformerClasses } from './transformer';
import { unpoolingClasses } from './unpooling';

/** The modules of `torch.nn`, by their names. */
export const layerClasses: Readonly<Record<string, Value>> = {
  ...linearClasses,
  ...convolutionClasses,
  ...normalisationClasses,
  ...activationClasses,
  ...softmaxClasses,
  ...poolingClasses,
  ...unpoolingClasses,
  ...functionalClasses,
  ...paddingClasses,
  ...dropoutClasses,
  ...shapingClasses,
  ...embeddingClasses,
  ...recurrentClasses,
  ...attentionClasses,
  ...transformerClasses,
  ...containerClasses,
  ...lossClasses,
  AdaptiveLogSoftmaxWithLoss: adaptiveSoftmaxClass,
};
