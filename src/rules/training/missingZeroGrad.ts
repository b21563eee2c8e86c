import type { Finding } from '../finding';
import type { TrainingContext, TrainingRule } from '../rule';
import { statementBefore } from './edits';
import { areHandedOver, clears, isOf, meets, oncePerPlace, outerRounds, type Placed, type Round } from './rounds';

const id = 'missing-zero-grad';
const citation =
  'PyTorch documentation of Tensor.backward (gradients accumulate in the leaves) and Optimizer.zero_grad';

/** A loop computes gradients and steps along them, and never clears them: each step goes along the sum of all so far. */
export const missingZeroGrad: TrainingRule = {
  id,
  title: 'Gradients are never cleared',
  defaultSeverity: 'error',
  citation,
  checkTraining: (context) => oncePerPlace(outerRounds(context.script).flatMap((round) => inRound(round, context))),
};

function inRound(round: Round, context: TrainingContext): readonly Finding[] {
  const inside = round.inner.flatMap((inner) => inRound(inner, context));
  const backwards = round.actions.filter(isOf('backward'));
  if (backwards.length === 0 || round.times === 1) return inside;
  // Steps inside of a loop that computes the gradients itself have been judged there.
  const judged = new Set(
    round.inner
      .filter(({ actions }) => actions.some(isOf('backward')))
      .flatMap(({ actions }) => actions.map(({ span }) => span.start.offset)),
  );
  const { optimizers } = context.script;
  const own = round.actions.filter(isOf('step')).filter(({ span, targets }) => {
    if (judged.has(span.start.offset) || targets.length === 0 || areHandedOver(round.actions, targets)) return false;
    // One that is made anew in every round has nothing to clear.
    if (round.actions.filter(isOf('make')).some((made) => meets(made.targets, targets))) return false;
    return !round.actions.filter(isOf('zeroGrad')).some((action) => clears(action, targets, optimizers));
  });
  const [backward] = backwards;
  const found = own.map((step) => findingOf(step, backward ?? step, round, context));
  return [...inside, ...found.slice(0, 1)];
}

function findingOf(
  step: Placed<'step'>,
  backward: Placed<'backward' | 'step'>,
  { times }: Round,
  { text }: TrainingContext,
): Finding {
  const receiver = receiverOf(step, text);
  const edit =
    receiver === undefined ? undefined : statementBefore(backward.statement, `${receiver}.zero_grad()`, text);
  return {
    rule: id,
    severity: 'error',
    network: '',
    span: step.span,
    related: [backward.span],
    message: `\`backward()\` adds to the gradients that are there, and nothing in this loop clears them: each step goes along the sum of the gradients of all batches so far${times === undefined ? '' : ` (of ${times} in the last round)`}, not along that of its own. Call \`zero_grad()\` once a step.`,
    label: 'gradients never cleared',
    quantity: {
      name: 'rounds whose gradients the last step sums',
      value: times ?? Infinity,
      unit: 'rounds',
      expected: '1, or as many as are accumulated on purpose',
    },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: edit ? [{ title: 'Clear the gradients before `backward()`', edits: [edit] }] : [],
  };
}

/** `optimizer` of `optimizer.step()`, or of `scaler.step(optimizer)`. */
function receiverOf({ span, scaled }: Placed<'step'>, text: string): string | undefined {
  const call = text.slice(span.start.offset, span.end.offset);
  const match = scaled ? /\.step\(\s*([\w.]+)\s*[,)]/.exec(call) : /^([\w.]+)\.step\(/.exec(call);
  return match?.[1];
}
