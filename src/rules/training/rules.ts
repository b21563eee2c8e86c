import type { TrainingRule } from '../rule';
import { clipping } from './clipping';
import { gradientErased } from './gradientErased';
import { lossKept } from './lossKept';
import { missingEval } from './missingEval';
import { missingTrain } from './missingTrain';
import { missingZeroGrad } from './missingZeroGrad';
import { neverUpdated } from './neverUpdated';
import { retainGraph } from './retainGraph';

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
];
