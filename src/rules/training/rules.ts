import type { TrainingRule } from '../rule';
import { gradientErased } from './gradientErased';
import { missingZeroGrad } from './missingZeroGrad';
import { neverUpdated } from './neverUpdated';

/** The rules on training scripts. */
export const trainingRules: readonly TrainingRule[] = [missingZeroGrad, gradientErased, neverUpdated];
