import type { Action, Optimizer, SourceSpan, ThingId, TrainingRun, TrainingScript, TrainingStep } from '../../network';

/** An action in a round of a loop. */
export type Placed<K extends Action['kind'] = Action['kind']> = Extract<Action, { kind: K }> & {
  /** It is done once in every round: in no branch, and in no loop inside. */
  readonly always: boolean;
  readonly withoutGradients: boolean;
};

/** A loop of a training script, and what one round of it does, loops inside included. */
export interface Round {
  readonly run: TrainingRun;
  readonly span: SourceSpan;
  readonly times: number | undefined;
  readonly actions: readonly Placed[];
  /** The loops right inside of it. */
  readonly inner: readonly Round[];
}

/** The loops of a script that are in no other. */
export function outerRounds({ runs }: TrainingScript): readonly Round[] {
  return runs.flatMap((run) => roundsIn(run.steps, run));
}

/** All loops of a script, those inside before those around them. */
export function allRounds(script: TrainingScript): readonly Round[] {
  const withInner = (round: Round): readonly Round[] => [...round.inner.flatMap(withInner), round];
  return outerRounds(script).flatMap(withInner);
}

function roundsIn(steps: readonly TrainingStep[], run: TrainingRun): readonly Round[] {
  return steps.flatMap((step): readonly Round[] => {
    if (step.kind === 'action') return [];
    const inner = roundsIn(step.body, run);
    if (step.kind !== 'loop') return inner;
    return [{ run, span: step.span, times: step.rounds, actions: actionsIn(step.body), inner }];
  });
}

/** What steps do, in their order. */
export function actionsIn(steps: readonly TrainingStep[], always = true, withoutGradients = false): readonly Placed[] {
  return steps.flatMap((step): readonly Placed[] => {
    switch (step.kind) {
      case 'action':
        return [{ ...step.action, always, withoutGradients }];
      case 'perhaps':
      case 'loop':
        return actionsIn(step.body, false, withoutGradients);
      case 'withoutGradients':
        return actionsIn(step.body, always, true);
    }
  });
}

export function isOf<K extends Action['kind']>(kind: K): (action: Placed) => action is Placed<K> {
  return (action): action is Placed<K> => action.kind === kind;
}

export const meets = (a: readonly ThingId[], b: readonly ThingId[]): boolean => a.some((id) => b.includes(id));

/** Whether code that is not followed gets one of these. */
export const areHandedOver = (actions: readonly Placed[], ids: readonly ThingId[]): boolean =>
  actions.filter(isOf('handedOver')).some(({ targets }) => meets(targets, ids));

/** Whether an action may clear the gradients that these optimisers step along. What is not known may be any. */
export function clears(action: Placed<'zeroGrad'>, ids: readonly ThingId[], optimizers: readonly Optimizer[]): boolean {
  if (action.of === 'optimizer') return meets(action.targets, ids);
  if (action.of === 'unknown') return true;
  const held = optimizers.filter(({ id }) => ids.includes(id)).flatMap(({ models }) => models);
  // A model that no optimiser is known to hold may be a part, or a wrapper, of one that is held.
  const isHeldElsewhere = optimizers.some(({ models }) => meets(models, action.targets));
  return !isHeldElsewhere || held.length === 0 || meets(held, action.targets);
}

/** Findings at the same place are one: a function may be called more than once. */
export function oncePerPlace<T extends { readonly span: SourceSpan }>(findings: readonly T[]): readonly T[] {
  return [
    ...new Map(findings.toReversed().map((finding) => [finding.span.start.offset, finding])).values(),
  ].toReversed();
}
