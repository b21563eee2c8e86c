import type { ThingId } from '../../network';
import type { Finding, Fix } from '../finding';
import type { TrainingContext, TrainingRule } from '../rule';
import { movedStatement } from './edits';
import { allRounds, areHandedOver, clears, isOf, oncePerPlace, type Placed, type Round } from './rounds';

const id = 'gradient-erased-before-step';
const citation =
  'PyTorch documentation of torch.optim, "Taking an optimization step" (zero_grad, backward, step in this order)';

/** Between `backward()` and `step()` the gradients are cleared: every step goes nowhere. */
export const gradientErased: TrainingRule = {
  id,
  title: 'Gradients are cleared before the step',
  defaultSeverity: 'error',
  citation,
  checkTraining: (context) => oncePerPlace(allRounds(context.script).flatMap((round) => inRound(round, context))),
};

function inRound(round: Round, context: TrainingContext): readonly Finding[] {
  const targets = new Set(round.actions.filter(isOf('step')).flatMap((step) => step.targets));
  return [...targets].flatMap((optimizer) => findingFor(optimizer, round, context) ?? []);
}

/** Only where all that has to do with the optimiser is done once in every round, so that its order is known. */
function findingFor(optimizer: ThingId, { actions }: Round, { script, text }: TrainingContext): Finding | undefined {
  if (areHandedOver(actions, [optimizer])) return undefined;
  const concerned = actions.filter(
    (action): action is Placed<'backward' | 'step' | 'zeroGrad'> =>
      action.kind === 'backward' ||
      (action.kind === 'step' && (action.targets.includes(optimizer) || action.targets.length === 0)) ||
      (action.kind === 'zeroGrad' && clears(action, [optimizer], script.optimizers)),
  );
  const steps = concerned.filter(isOf('step'));
  const backwards = concerned.filter(isOf('backward'));
  const [step] = steps;
  if (!step || backwards.length === 0 || steps.length > 1 || !concerned.every(({ always }) => always)) return undefined;
  const next = (from: Placed): Placed | undefined => {
    const at = concerned.indexOf(from as Placed<'backward'>);
    return [...concerned.slice(at + 1), ...concerned.slice(0, at)].find(({ kind }) => kind !== 'backward');
  };
  const erasing = backwards.map(next);
  const [first] = erasing;
  if (first?.kind !== 'zeroGrad' || !erasing.every((action) => action?.kind === 'zeroGrad')) return undefined;
  const [backward] = backwards;
  const last = backwards.at(-1);
  if (!backward || !last) return undefined;
  const stepsFirst = step.span.start.offset < backward.span.start.offset;
  return {
    rule: id,
    severity: 'error',
    network: '',
    span: step.span,
    related: [first.span, backward.span],
    message: stepsFirst
      ? 'This step is taken before `backward()`, right after `zero_grad()`: the gradients are zero or none, and what `backward()` computes afterwards is cleared in the next round. The weights never change by it. Step after `backward()`.'
      : '`zero_grad()` stands between `backward()` and this step: the gradients are cleared before they are used, and the weights never change by them. Clear them before `backward()`.',
    label: 'steps along cleared gradients',
    quantity: { name: 'share of the gradient that reaches the step', value: 0, unit: '', expected: '1' },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: fixesOf(
      stepsFirst
        ? movedStatement(step.statement, 'after', last.statement, text)
        : movedStatement(first.statement, 'before', backward.statement, text),
      stepsFirst,
    ),
  };
}

function fixesOf(edits: Fix['edits'] | undefined, stepsFirst: boolean): readonly Fix[] {
  const title = stepsFirst ? 'Step after `backward()`' : 'Clear the gradients before `backward()`';
  return edits ? [{ title, edits }] : [];
}
