import type { ValueId } from '../../network';
import type { Finding } from '../finding';
import type { TrainingContext, TrainingRule } from '../rule';
import { actionsIn, allRounds, isOf, oncePerPlace, type Placed, type Round } from './rounds';

const id = 'loss-kept-with-graph';
const citation =
  'PyTorch FAQ, "My model reports cuda runtime error: out of memory" (do not accumulate history across the training loop)';

/** A total of losses, for people to read, is a tensor that keeps the graph of every batch. */
export const lossKept: TrainingRule = {
  id,
  title: 'Losses are kept with their graphs',
  defaultSeverity: 'warning',
  citation,
  checkTraining: (context) => {
    const everything = context.script.runs.flatMap(({ steps }) => actionsIn(steps));
    return oncePerPlace(
      allRounds(context.script).flatMap((round) =>
        round.actions.filter(isOf('keep')).flatMap((keep) => findingFor(keep, round, everything, context) ?? []),
      ),
    );
  },
};

function findingFor(
  keep: Placed<'keep'>,
  round: Round,
  everything: readonly Placed[],
  { text }: TrainingContext,
): Finding | undefined {
  if (keep.withoutGradients) return undefined;
  const { value, total } = keep;
  // What is differentiated, or given away, is kept for that.
  if (total !== undefined && isUsed(total, everything)) return undefined;
  const inside = round.inner.flatMap(({ actions }) => actions);
  if (inside.some(({ span }) => span.start.offset === keep.span.start.offset)) return undefined;
  const backward = round.actions.filter(isOf('backward')).find(({ values }) => values.includes(value));
  const isOwn = backward && !inside.some(({ span }) => span.start.offset === backward.span.start.offset);
  // Of a function that nothing in the file calls, it is not known whether gradients are on.
  const isValidation = total !== undefined && round.run.name === undefined && !round.actions.some(isOf('backward'));
  if (!isOwn && !isValidation) return undefined;
  const { start, end } = keep.kept;
  const written = text.slice(start.offset, end.offset);
  const isName = /^[\w.]+$/.test(written);
  return {
    rule: id,
    severity: 'warning',
    network: '',
    span: keep.span,
    related: backward ? [backward.span] : [],
    message: `\`${written}\` is a tensor with its graph, and what it is ${total === undefined ? 'appended' : 'added'} to keeps the graph of every batch${backward ? '' : ', with all activations, as nothing here goes through it and gradients are on'}: memory grows with each round. Keep its number: \`${isName ? written : '…'}.item()\`.`,
    label: 'keeps the graph of every batch',
    quantity: {
      name: 'graphs kept by the end of the loop',
      value: round.times ?? Infinity,
      unit: 'graphs',
      expected: '1',
    },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: isName
      ? [
          {
            title: 'Keep the number, not the tensor',
            edits: [{ span: { ...keep.kept, start: end }, newText: '.item()' }],
          },
        ]
      : [],
  };
}

const isUsed = (value: ValueId, actions: readonly Placed[]): boolean =>
  actions.some(
    (action) => (action.kind === 'backward' || action.kind === 'handedOver') && action.values.includes(value),
  );
