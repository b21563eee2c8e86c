import { argument, allArguments, type Arguments } from './calls';
import { optimizersIn, targetsOf } from './optimizers';
import type { Thing } from './things';
import type { Walk } from './walk';

/** Whether a scheduler of this name begins with small steps; those that are not here can be anything. */
const warmingUp: Readonly<Record<string, boolean>> = {
  StepLR: false,
  MultiStepLR: false,
  ExponentialLR: false,
  CosineAnnealingLR: false,
  CosineAnnealingWarmRestarts: false,
  ReduceLROnPlateau: false,
  PolynomialLR: false,
  ConstantLR: true,
  LinearLR: true,
  OneCycleLR: true,
  CyclicLR: true,
  get_linear_schedule_with_warmup: true,
  get_cosine_schedule_with_warmup: true,
  get_constant_schedule_with_warmup: true,
  get_polynomial_decay_schedule_with_warmup: true,
};

/** A scheduler is made. */
export function makeScheduler(walk: Walk, name: string, path: string, given: Arguments): Thing {
  const thing = walk.make('scheduler', path);
  const perBatch = argument(given, 'steps_per_epoch') !== undefined && argument(given, 'epochs') !== undefined;
  walk.schedulers.set(thing.id, {
    id: thing.id,
    name,
    warmsUp: warmingUp[name],
    stepIs: name === 'OneCycleLR' && perBatch ? 'batch' : undefined,
    optimizers: targetsOf(optimizersIn(allArguments(given))),
    span: walk.source.span(given.range),
  });
  return { kind: 'made', things: [thing] };
}
