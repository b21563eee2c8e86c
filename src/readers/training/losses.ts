import type { LossKind, Passage } from '../../network';
import { argument, allArguments, type Arguments } from './calls';
import { combined } from './expressions';
import { tensorsIn, valuesOf, type TensorThing, type Thing } from './things';
import type { Walk } from './walk';

/** A loss is computed: `criterion(output, target)`, `F.cross_entropy(output, target)`. */
export function applyLoss(walk: Walk, kind: LossKind | undefined, given: Arguments): Thing {
  const input = argument(given, 'input', 0);
  const result = combined(
    walk,
    allArguments(given).flatMap((thing) => tensorsIn(thing)),
  );
  walk.act({ kind: 'loss', value: result.value }, given.range);
  if (kind && input?.kind === 'tensor' && input.output)
    walk.losses.push({
      kind,
      models: input.output.models,
      passages: input.output.passages.map((passage) => ({
        kind: passage.kind,
        span: walk.source.span(passage.range),
      })),
      span: walk.source.span(given.range),
    });
  // Of what is computed of nothing that is known, the gradient is not known either.
  return input?.kind === 'tensor' ? result : { ...result, grad: walk.withoutGradients > 0 ? 'no' : 'unknown' };
}

/** What functions and methods of tensors do to an output before a loss gets it. */
const passages: Readonly<Record<string, Passage>> = {
  softmax: 'softmax',
  log_softmax: 'logSoftmax',
  sigmoid: 'sigmoid',
  log: 'log',
  ...Object.fromEntries(
    [
      'squeeze',
      'unsqueeze',
      'view',
      'reshape',
      'flatten',
      'transpose',
      'permute',
      'contiguous',
      'float',
      'to',
      'cuda',
      'cpu',
      'type',
      'double',
      'half',
    ].map((name) => [name, 'reshaped' as const]),
  ),
};

/** What is no function of its input that gradients flow through, or cuts them off. */
const cutting = new Set(
  'detach item tolist numpy argmax argmin argsort eq ne lt le gt ge equal long int bool size dim numel sign round floor ceil topk_indices'.split(
    ' ',
  ),
);

/** A function or method of tensors is applied to one. */
export function passed(
  walk: Walk,
  tensor: TensorThing,
  name: string,
  given: Arguments,
  others: readonly Thing[] = [],
): Thing {
  const from = valuesOf([tensor, ...others.flatMap((thing) => tensorsIn(thing))]);
  if (cutting.has(name))
    return name === 'item' || name === 'tolist' ? { kind: 'unknown', holds: [] } : walk.tensor({ grad: 'no', from });
  const { output } = tensor;
  const kind = others.length === 0 || passages[name] ? (passages[name] ?? 'other') : 'other';
  return walk.tensor({
    grad: combinedGrad(tensor, others),
    from,
    ...(output && { output: { ...output, passages: [...output.passages, { kind, range: given.range }] } }),
  });
}

function combinedGrad(tensor: TensorThing, others: readonly Thing[]): TensorThing['grad'] {
  const grads = [tensor, ...others.flatMap((thing) => tensorsIn(thing))].map(({ grad }) => grad);
  return grads.includes('yes') ? 'yes' : grads.includes('unknown') ? 'unknown' : 'no';
}
