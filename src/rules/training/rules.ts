import type { TrainingRule } from '../rule';
import { clipping } from './clipping';
import { decayedNorms } from './decayedNorms';
import { gradientErased } from './gradientErased';
import { learningRate } from './learningRate';
import { lossKept } from './lossKept';
import { missingEval } from './missingEval';
import { missingWarmUp } from './missingWarmUp';
import { missingTrain } from './missingTrain';
import { missingZeroGrad } from './missingZeroGrad';
import { neverUpdated } from './neverUpdated';
import { retainGraph } from './retainGraph';
import { schedulerOrder } from './schedulerOrder';
import { squashedLoss } from './squashedLoss';
import { unregisteredLayers } from './unregisteredLayers';

/** The rules on training scripts. */
export const trainingRules: readonly TrainingRule[] = [
  missingZeroGrad,
  gradientErased,
  neverUpdated,
  clipping,
  missingEval,
  missingTrain,
  lossKept,
  retainGraph,
  learningRate,
  missingWarmUp,
  schedulerOrder,
  squashedLoss,
  unregisteredLayers,
  decayedNorms,
];
