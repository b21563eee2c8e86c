import type { SourceSpan, ThingId, TrainingStep } from '../../network';
import type { Finding, Fix } from '../finding';
import type { TrainingContext, TrainingRule } from '../rule';
import { statementBefore } from './edits';
import { modeLayersOf, modeLayersText, type ModeLayers } from './modes';
import {
  actionsIn,
  allRounds,
  areHandedOver,
  isOf,
  oncePerPlace,
  outerRounds,
  type Placed,
  type Round,
} from './rounds';

const id = 'validation-in-training-mode';
const citation =
  'Srivastava et al. 2014, §10 (no units are dropped at test time); Ioffe & Szegedy 2015, §3.1 (at inference batch norm uses population statistics)';

/** A model is evaluated without gradients, and never put into evaluation mode: it drops units, or normalises by the batch. */
export const missingEval: TrainingRule = {
  id,
  title: 'Validation in training mode',
  defaultSeverity: 'warning',
  citation,
  checkTraining: (context) => oncePerPlace(context.script.runs.flatMap(({ steps }) => findingsIn(steps, context))),
};

function findingsIn(steps: readonly TrainingStep[], context: TrainingContext): readonly Finding[] {
  return steps.flatMap((step): readonly Finding[] => {
    if (step.kind === 'action') return [];
    if (step.kind !== 'withoutGradients') return findingsIn(step.body, context);
    const forward = actionsIn(step.body).find(isOf('forward'));
    const [model] = forward?.targets ?? [];
    if (!forward || model === undefined || forward.targets.length !== 1 || !isTrained(model, context)) return [];
    const layers = modeLayersOf(model, context);
    return layers && layers.dropout + layers.batchNorm > 0
      ? [findingOf(forward, step.span, model, layers, context)]
      : [];
  });
}

/** The script trains the model, and nothing in it may put it into another mode. */
function isTrained(model: ThingId, { script }: TrainingContext): boolean {
  const everything = script.runs.flatMap(({ steps }) => actionsIn(steps));
  const trains = script.optimizers.some(({ models }) => models.includes(model)) && everything.some(isOf('backward'));
  const switched = everything.filter(isOf('mode')).some(({ mode }) => mode === 'eval');
  return trains && !switched && !areHandedOver(everything, [model]);
}

function findingOf(
  forward: Placed<'forward'>,
  block: SourceSpan,
  model: ThingId,
  layers: ModeLayers,
  context: TrainingContext,
): Finding {
  const { dropout, batchNorm, rate } = layers;
  const harm = [
    ...(dropout > 0
      ? [`dropout still drops units${rate === undefined ? '' : ` (up to ${Math.round(100 * rate)} %)`}`]
      : []),
    ...(batchNorm > 0
      ? ['batch norm normalises by the batch that is evaluated, and takes its statistics into its own']
      : []),
  ];
  return {
    rule: id,
    severity: 'warning',
    network: '',
    span: forward.span,
    related: [block],
    message: `The model is evaluated here in training mode, with ${modeLayersText(layers)}: ${harm.join('; ')}. What is measured is not what the model does afterwards. Call \`eval()\` before, and \`train()\` before training goes on.`,
    label: 'evaluated in training mode',
    quantity: {
      name: 'layers that compute otherwise than in use',
      value: dropout + batchNorm,
      unit: dropout + batchNorm === 1 ? 'layer' : 'layers',
      expected: '0',
    },
    evidence: ['predicted'],
    confidence: 'medium',
    citation,
    parameters: [],
    fixes: fixesOf(forward, block, model, context),
  };
}

function fixesOf(
  forward: Placed<'forward'>,
  block: SourceSpan,
  model: ThingId,
  { script, text }: TrainingContext,
): readonly Fix[] {
  const evaluated = calleeOf(forward, text);
  const before = evaluated === undefined ? undefined : statementBefore(block, `${evaluated}.eval()`, text);
  if (!before || text.charAt(block.start.offset) === '@') return [];
  // Where it is trained again afterwards, the mode has to change back.
  const again = outerRounds(script).some(({ actions }) => {
    const offsets = actions.map(({ span }) => span.start.offset);
    return offsets.includes(forward.span.start.offset) && actions.some(isOf('backward'));
  });
  if (!again) return [{ title: 'Put the model into evaluation mode', edits: [before] }];
  const training = allRounds(script).find((round) => trainsDirectly(round, model));
  const inTraining = training?.actions.filter(isOf('forward')).find(({ targets }) => targets.includes(model));
  const trained = inTraining && calleeOf(inTraining, text);
  const back =
    training && trained !== undefined ? statementBefore(training.span, `${trained}.train()`, text) : undefined;
  return back ? [{ title: 'Evaluation mode here, training mode before training', edits: [before, back] }] : [];
}

const trainsDirectly = ({ actions }: Round, model: ThingId): boolean =>
  actions.some(isOf('backward')) &&
  actions.filter(isOf('forward')).some(({ targets, withoutGradients }) => targets.includes(model) && !withoutGradients);

/** `model` of `model(x)`. */
export function calleeOf({ span }: Placed<'forward'>, text: string): string | undefined {
  return /^([A-Za-z_][\w.]*)\(/.exec(text.slice(span.start.offset, span.end.offset))?.[1];
}
