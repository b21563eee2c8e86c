import type { ThingId } from '../../network';
import type { Finding } from '../finding';
import type { TrainingContext, TrainingRule } from '../rule';
import { statementBefore } from './edits';
import { calleeOf } from './missingEval';
import { modeLayersOf, modeLayersText } from './modes';
import { areHandedOver, isOf, oncePerPlace, outerRounds, type Placed, type Round } from './rounds';

const id = 'training-in-evaluation-mode';
const citation =
  'PyTorch documentation of Module.train and Module.eval; Srivastava et al. 2014 (dropout); Ioffe & Szegedy 2015 (batch norm)';

/** Each epoch ends in evaluation mode, and the next begins in it: from the second on nothing is dropped, and batch norm is frozen. */
export const missingTrain: TrainingRule = {
  id,
  title: 'Training in evaluation mode',
  defaultSeverity: 'warning',
  citation,
  checkTraining: (context) => oncePerPlace(outerRounds(context.script).flatMap((round) => inRound(round, context))),
};

function inRound(round: Round, context: TrainingContext): readonly Finding[] {
  const { actions, inner, times } = round;
  if (times === 1) return [];
  const modes = actions.filter(isOf('mode'));
  if (modes.some(({ mode }) => mode === 'train')) return [];
  const trained = inner.find((one) => one.actions.some(isOf('backward'))) ?? round;
  const forwards = trained.actions.filter(isOf('forward')).filter(({ withoutGradients }) => !withoutGradients);
  if (!trained.actions.some(isOf('backward'))) return [];
  return modes.flatMap((evaluation): readonly Finding[] => {
    const [model] = evaluation.targets;
    const forward = forwards.find(({ targets }) => model !== undefined && targets.includes(model));
    if (model === undefined || !forward || areHandedOver(actions, [model])) return [];
    // What is put into evaluation mode only to be trained so is meant: batch norm that shall stay as it is.
    const first = actions.find((action) => action === evaluation || action.kind === 'backward');
    return first === evaluation ? [] : (findingOf(evaluation, forward, model, trained, context) ?? []);
  });
}

function findingOf(
  evaluation: Placed<'mode'>,
  forward: Placed<'forward'>,
  model: ThingId,
  trained: Round,
  context: TrainingContext,
): readonly Finding[] | undefined {
  const layers = modeLayersOf(model, context);
  if (!layers || layers.dropout + layers.batchNorm === 0) return undefined;
  const name = calleeOf(forward, context.text);
  const edit = name === undefined ? undefined : statementBefore(trained.span, `${name}.train()`, context.text);
  const harm = [
    ...(layers.dropout > 0 ? ['dropout drops nothing any more'] : []),
    ...(layers.batchNorm > 0 ? ['batch norm is a fixed affine map whose statistics no longer follow the weights'] : []),
  ];
  return [
    {
      rule: id,
      severity: 'warning',
      network: '',
      span: evaluation.span,
      related: [forward.span],
      message: `The model is put into evaluation mode here, and nothing puts it back: from the second round on it is trained so, with ${modeLayersText(layers)}: ${harm.join('; ')}. Call \`train()\` before each epoch’s training.`,
      label: 'trained in evaluation mode',
      quantity: {
        name: 'layers that compute otherwise than in training',
        value: layers.dropout + layers.batchNorm,
        unit: layers.dropout + layers.batchNorm === 1 ? 'layer' : 'layers',
        expected: '0',
      },
      evidence: ['predicted'],
      confidence: 'high',
      citation,
      parameters: [],
      fixes: edit ? [{ title: 'Back to training mode before training', edits: [edit] }] : [],
    },
  ];
}
