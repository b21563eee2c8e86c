import type { Finding } from '../finding';
import type { TrainingRule } from '../rule';
import { actionsIn, allRounds, isOf, oncePerPlace, type Placed } from './rounds';

const id = 'graph-retained';
const citation = 'PyTorch documentation of Tensor.backward (retain_graph: in nearly all cases not needed)';

/** The only backward pass of a round keeps its graph, as if another were to follow. */
export const retainGraph: TrainingRule = {
  id,
  title: 'Graph kept for a second backward pass that never comes',
  defaultSeverity: 'information',
  citation,
  checkTraining: ({ script, text }) =>
    oncePerPlace(
      allRounds(script).flatMap(({ actions }): readonly Finding[] => {
        const [backward, ...others] = actions.filter(isOf('backward'));
        const isAlone = others.length === 0 && backward?.always === true && backward.retainsGraph;
        // Somebody else may go through the graph again.
        const { values = [] } = backward ?? {};
        const isGivenAway = actions
          .filter(isOf('handedOver'))
          .some((action) => action.values.some((value) => values.includes(value)));
        return isAlone &&
          !isGivenAway &&
          isOnlyOne(
            backward,
            script.runs.flatMap(({ steps }) => actionsIn(steps)),
          )
          ? [findingOf(backward, text)]
          : [];
      }),
    ),
};

function isOnlyOne({ span, values }: Placed<'backward'>, everything: readonly Placed[]): boolean {
  return everything
    .filter(isOf('backward'))
    .every(
      (other) => other.span.start.offset === span.start.offset || !other.values.some((value) => values.includes(value)),
    );
}

function findingOf({ span }: Placed<'backward'>, text: string): Finding {
  const call = text.slice(span.start.offset, span.end.offset);
  const without = call.replace(/,?\s*retain_graph\s*=\s*True/, '').replace(/\(\s*,\s*/, '(');
  return {
    rule: id,
    severity: 'information',
    network: '',
    span,
    related: [],
    message:
      'This is the only backward pass of a round, and it keeps the graph: its activations are held until the next round has computed its own. Where PyTorch asks for `retain_graph`, a tensor of the round before is still part of the graph; detach that instead.',
    label: 'graph kept for nothing',
    quantity: { name: 'backward passes of a round', value: 1, unit: '', expected: '2 or more, to keep the graph' },
    evidence: ['predicted'],
    confidence: 'medium',
    citation,
    parameters: [],
    fixes: without === call ? [] : [{ title: 'Let the graph go', edits: [{ span, newText: without }] }],
  };
}
