import type { LossKind } from '../../../network';
import type { Value } from '../../python/values';
import { recordLoss } from '../loss';
import { Arithmetic } from './arithmetic';
import { function_, type FunctionUse, type TensorFunction } from './define';

/** The mean (or the sum) of a loss, as `reduction` says. */
function summarised(use: FunctionUse, loss: Value): Value {
  const how = use.settings.text('reduction', 'mean');
  const rank = use.rank(loss);
  if (how === 'none') return loss;
  if (rank === undefined || (how !== 'mean' && how !== 'sum'))
    return use.opaque('How this loss is summed is not known.', [loss]);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return use.add({ kind: 'reduce', how, axes, keepDims: false }, [loss]);
}

const distance = (measure: 'square' | 'abs'): TensorFunction =>
  function_(['target', 'size_average', 'reduce', 'reduction'], (use) => {
    const a = new Arithmetic(use.call);
    return summarised(use, a.activation(a.subtract(use.x, use.args.value('target')), { kind: measure }));
  });

/** −log softmax(x) of the class that is told, along axis 1. */
const crossEntropy = function_(
  ['target', 'weight', 'size_average', 'ignore_index', 'reduce', 'reduction', 'label_smoothing'],
  (use) => {
    const classes = use.shape()?.[use.rank() === 1 ? 0 : 1];
    if (use.given('weight') || use.settings.number('label_smoothing', 0) !== 0 || classes === undefined)
      return use.opaque('This cross-entropy is not understood.', [use.x, use.args.value('target')]);
    const logs = use.add({ kind: 'softmax', axis: 1, log: true });
    return likelihood(use, logs, use.args.value('target'));
  },
);

function likelihood(use: FunctionUse, logs: Value, target: Value): Value {
  const a = new Arithmetic(use.call);
  if (use.rank(logs) !== 2) return use.opaque('This loss over several axes is not understood.', [logs, target]);
  const places = use.add({ kind: 'unsqueeze', axis: 1 }, [target]);
  const chosen = use.add({ kind: 'takeAlong', axis: 1 }, [logs, places]);
  return summarised(use, a.affine(use.add({ kind: 'squeeze', axes: [1] }, [chosen]), -1, 0));
}

const nllLoss = function_(['target', 'weight', 'size_average', 'ignore_index', 'reduce', 'reduction'], (use) =>
  likelihood(use, use.x, use.args.value('target')),
);

/** softplus(x) − x·y */
const binaryWithLogits = function_(['target', 'weight', 'size_average', 'reduce', 'reduction'], (use) => {
  const a = new Arithmetic(use.call);
  const positive = a.activation(use.x, { kind: 'softplus', beta: 1 });
  return summarised(use, a.subtract(positive, a.multiply(use.x, use.args.value('target'))));
});

/** Losses by what they do in a `forward`; those that are not here are said not to be understood. */
const inForward: Readonly<Record<string, TensorFunction>> = {
  mse_loss: distance('square'),
  l1_loss: distance('abs'),
  cross_entropy: crossEntropy,
  nll_loss: nllLoss,
  binary_cross_entropy_with_logits: binaryWithLogits,
};

/** A loss, met anywhere: outside of a `forward` it tells what the model's output is for. */
export function lossFunction(name: string, kind: LossKind | undefined): TensorFunction {
  const known = inForward[name];
  return function_(known?.parameters ?? ['target'], (use) => {
    if (!use.trace && kind) return recordLoss(kind, use.call.positional, use.call);
    return known
      ? known.apply(use)
      : use.opaque(`The loss \`F.${name}\` is not understood in \`forward\`.`, use.call.positional);
  });
}

export const otherLosses: readonly string[] = [
  'l1_loss',
  'smooth_l1_loss',
  'huber_loss',
  'kl_div',
  'cosine_embedding_loss',
  'triplet_margin_loss',
  'margin_ranking_loss',
  'ctc_loss',
  'poisson_nll_loss',
  'gaussian_nll_loss',
];
