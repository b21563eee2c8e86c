import { explodingGradient } from './explodingGradient';
import { explodingSignal } from './explodingSignal';
import { identicalUnits } from './identicalUnits';
import { initializerActivationMismatch } from './initializerActivationMismatch';
import { noActivationBetweenLinear } from './noActivationBetweenLinear';
import { attentionScores } from './architecture/attentionScores';
import { biasBeforeNorm } from './architecture/biasBeforeNorm';
import { couplingScale } from './architecture/couplingScale';
import { infiniteDerivative } from './architecture/infiniteDerivative';
import { noGradientOperation } from './architecture/noGradientOperation';
import { normAfterDropout } from './architecture/normAfterDropout';
import { postNorm } from './architecture/postNorm';
import { unscaledResidual } from './architecture/unscaledResidual';
import { deadParameters } from './initialization/deadParameters';
import { meanOfWeights } from './initialization/meanOfWeights';
import { smallEmbedding } from './initialization/smallEmbedding';
import { dropoutOnOutput } from './output/dropoutOnOutput';
import { initialLoss } from './output/initialLoss';
import { outputLossMismatch } from './output/outputLossMismatch';
import { softmaxAxis } from './output/softmaxAxis';
import { forgetGateBias } from './recurrent/forgetGateBias';
import { recurrentMemory } from './recurrent/recurrentMemory';
import type { CatalogueEntry, Rule } from './rule';
import { saturatedUnits } from './saturatedUnits';
import { seluWithoutLecun } from './seluWithoutLecun';
import { softmaxBeforeCrossEntropy } from './softmaxBeforeCrossEntropy';
import { trainingRules } from './training/rules';
import { vanishingGradient } from './vanishingGradient';
import { vanishingSignal } from './vanishingSignal';

/** The rules on models. */
export const modelRules: readonly Rule[] = [
  vanishingGradient,
  explodingGradient,
  vanishingSignal,
  explodingSignal,
  initializerActivationMismatch,
  identicalUnits,
  saturatedUnits,
  seluWithoutLecun,
  noActivationBetweenLinear,
  softmaxBeforeCrossEntropy,
  outputLossMismatch,
  softmaxAxis,
  initialLoss,
  dropoutOnOutput,
  meanOfWeights,
  smallEmbedding,
  deadParameters,
  noGradientOperation,
  infiniteDerivative,
  unscaledResidual,
  attentionScores,
  postNorm,
  biasBeforeNorm,
  normAfterDropout,
  couplingScale,
  recurrentMemory,
  forgetGateBias,
];

/** Every rule, in the order in which settings, README and command line list them. */
export const catalogue: readonly CatalogueEntry[] = [...modelRules, ...trainingRules];
