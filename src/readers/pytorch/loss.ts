import type { LossKind } from '../../network';
import { none, type Call, type Value } from '../python/values';
import { sessionOf } from './session';
import { tensorState } from './tensor';

/** A loss is applied outside of any `forward`: remember to which model's output. */
export function recordLoss(kind: LossKind, inputs: readonly Value[], call: Call): Value {
  const session = sessionOf(call.interpreter);
  for (const input of inputs) {
    const state = tensorState(input);
    if (state?.kind === 'output') session.losses.push({ model: state.model, kind, site: call.site });
  }
  return inputs.find((input) => tensorState(input)) ?? none;
}

/** The modules that are losses, by name. */
export const lossModules: Readonly<Record<string, LossKind>> = {
  CrossEntropyLoss: 'crossEntropy',
  NLLLoss: 'negativeLogLikelihood',
  BCELoss: 'binaryCrossEntropy',
  BCEWithLogitsLoss: 'binaryCrossEntropyWithLogits',
  MSELoss: 'meanSquaredError',
};

/** The functions of `torch.nn.functional` that are losses, by name. */
export const lossFunctions: Readonly<Record<string, LossKind>> = {
  cross_entropy: 'crossEntropy',
  nll_loss: 'negativeLogLikelihood',
  binary_cross_entropy: 'binaryCrossEntropy',
  binary_cross_entropy_with_logits: 'binaryCrossEntropyWithLogits',
  mse_loss: 'meanSquaredError',
};
