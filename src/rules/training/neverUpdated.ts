import type { SourceSpan, ThingId } from '../../network';
import type { Finding } from '../finding';
import type { TrainingContext, TrainingRule } from '../rule';
import { statementAfter } from './edits';
import { actionsIn, allRounds, areHandedOver, isOf, meets, oncePerPlace, type Placed, type Round } from './rounds';

const id = 'weights-never-updated';
const citation =
  'PyTorch documentation of torch.optim, "Taking an optimization step" (zero_grad, backward, step in this order)';

/** A loop clears gradients, and then either never computes them or never steps along them. */
export const neverUpdated: TrainingRule = {
  id,
  title: 'Weights are never updated',
  defaultSeverity: 'error',
  citation,
  checkTraining: (context) => {
    const actions = context.script.runs.flatMap(({ steps }) => actionsIn(steps));
    return oncePerPlace(allRounds(context.script).flatMap((round) => inRound(round, actions, context)));
  },
};

function inRound(round: Round, everything: readonly Placed[], context: TrainingContext): readonly Finding[] {
  const cleared = round.actions.filter(isOf('zeroGrad')).filter(({ of }) => of === 'optimizer');
  return cleared.flatMap((zeroGrad) => {
    const { targets } = zeroGrad;
    if (areHandedOver(everything, targets)) return [];
    return noStep(zeroGrad, round, everything, context) ?? noBackward(targets, round, everything) ?? [];
  });
}

function noStep(
  zeroGrad: Placed<'zeroGrad'>,
  { actions }: Round,
  everything: readonly Placed[],
  { text }: TrainingContext,
): Finding | undefined {
  const backward = actions.filter(isOf('backward')).at(-1);
  const isStepped = everything
    .filter(isOf('step'))
    .some(({ targets }) => targets.length === 0 || meets(targets, zeroGrad.targets));
  if (!backward || isStepped) return undefined;
  const { span, statement } = zeroGrad;
  const receiver = /^([\w.]+)\.zero_grad\(/.exec(text.slice(span.start.offset, span.end.offset))?.[1];
  const isBeside = statement.start.column === backward.statement.start.column;
  const edit =
    receiver !== undefined && isBeside ? statementAfter(backward.statement, `${receiver}.step()`, text) : undefined;
  return {
    ...finding(
      backward.span,
      'Gradients are computed here, and no `step()` uses them: the weights stay as they were drawn. Call the optimiser’s `step()` after `backward()`.',
      'no step uses the gradients',
    ),
    related: [span],
    fixes: edit ? [{ title: `Call \`${receiver ?? ''}.step()\` after \`backward()\``, edits: [edit] }] : [],
  };
}

function noBackward(ids: readonly ThingId[], { actions }: Round, everything: readonly Placed[]): Finding | undefined {
  const step = actions.filter(isOf('step')).find(({ targets }) => meets(targets, ids));
  const loss = actions.find(isOf('loss'));
  if (!step || !loss || everything.some(({ kind }) => kind === 'backward')) return undefined;
  // Who gets the loss, or sets gradients by hand, may do it.
  if (everything.filter(isOf('zeroGrad')).some(({ of }) => of === 'unknown')) return undefined;
  if (everything.filter(isOf('handedOver')).some(({ values }) => values.includes(loss.value))) return undefined;
  return {
    ...finding(
      step.span,
      'The loss is computed, and its `backward()` is never called: there are no gradients to step along, and the weights stay as they were drawn. Call `loss.backward()` before the step.',
      'no gradient is computed',
    ),
    related: [loss.span],
  };
}

function finding(span: SourceSpan, message: string, label: string): Finding {
  return {
    rule: id,
    severity: 'error',
    network: '',
    span,
    related: [],
    message,
    label,
    quantity: { name: 'updates of the weights in a round', value: 0, unit: '', expected: '1' },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: [],
  };
}
