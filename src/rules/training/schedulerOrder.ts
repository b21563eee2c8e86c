import type { Finding } from '../finding';
import type { TrainingRule } from '../rule';
import { actionsIn, areHandedOver, isOf, meets, oncePerPlace, outerRounds } from './rounds';

const id = 'scheduler-before-optimizer';
const citation =
  'PyTorch documentation of torch.optim, "How to adjust learning rate" (since 1.1.0 the scheduler steps after the optimiser)';

/** The scheduler steps before the optimiser has: the first learning rate of the schedule is never used. */
export const schedulerOrder: TrainingRule = {
  id,
  title: 'Scheduler steps before the optimiser',
  defaultSeverity: 'warning',
  citation,
  checkTraining: ({ script }) =>
    oncePerPlace(
      outerRounds(script).flatMap(({ run, actions }): readonly Finding[] => {
        const [schedule] = actions.filter(isOf('schedule'));
        const scheduler = script.schedulers.find(
          ({ id: one }) => schedule?.targets.length === 1 && schedule.targets[0] === one,
        );
        if (!schedule?.always || !scheduler || scheduler.optimizers.length === 0) return [];
        const everything = actionsIn(run.steps);
        const steps = everything
          .filter(isOf('step'))
          .filter(({ targets }) => targets.length === 0 || meets(targets, scheduler.optimizers));
        const [step] = steps;
        const isFirst = step && everything.findIndex(isSame(schedule)) < everything.findIndex(isSame(step));
        if (!isFirst || areHandedOver(everything, [scheduler.id, ...scheduler.optimizers])) return [];
        return [
          {
            rule: id,
            severity: 'warning',
            network: '',
            span: schedule.span,
            related: [step.span],
            message: `\`${scheduler.name}\` steps here before the optimiser has taken its first step: the first learning rate of the schedule is skipped, and every other comes one round early. Step the scheduler after the optimiser.`,
            label: 'first learning rate skipped',
            quantity: { name: 'learning rates of the schedule that are skipped', value: 1, unit: '', expected: '0' },
            evidence: ['predicted'],
            confidence: 'high',
            citation,
            parameters: [],
            fixes: [],
          },
        ];
      }),
    ),
};

const isSame =
  (one: { readonly span: Finding['span'] }) =>
  ({ span }: { readonly span: Finding['span'] }): boolean =>
    span.start.offset === one.span.start.offset;
