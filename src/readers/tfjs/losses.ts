import type { LossKind } from '../../network';
import type { Value } from '../javascript/values';

/** Losses that a model is compiled with by name: they take what has been squashed already. */
const named: Readonly<Partial<Record<string, LossKind>>> = {
  binaryCrossentropy: 'binaryCrossEntropy',
  categoricalCrossentropy: 'crossEntropyOfProbabilities',
  sparseCategoricalCrossentropy: 'crossEntropyOfProbabilities',
  meanSquaredError: 'meanSquaredError',
};

/** Functions of `tf.losses` and `tf.metrics` that may stand for a loss. */
const functions: Readonly<Partial<Record<string, LossKind>>> = {
  softmaxCrossEntropy: 'crossEntropy',
  sigmoidCrossEntropy: 'binaryCrossEntropyWithLogits',
  meanSquaredError: 'meanSquaredError',
};

export function lossKind(loss: Value): LossKind | undefined {
  if (loss.type === 'string') return named[loss.value];
  return loss.type === 'builtin' ? functions[loss.name] : undefined;
}

/** The names that `tf.losses` has for us. */
export const lossNames = Object.keys(functions);
