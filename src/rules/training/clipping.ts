import { formatNumber } from '../numbers';
import type { Finding, Fix } from '../finding';
import type { TrainingContext, TrainingRule } from '../rule';
import { movedStatement, statementBefore } from './edits';
import { allRounds, isOf, oncePerPlace, type Placed, type Round } from './rounds';

const id = 'clipping-without-effect';
const citation =
  'Pascanu, Mikolov & Bengio 2013, §3.2 (the clipped gradient is the one that is stepped along); PyTorch, "Automatic Mixed Precision examples: gradient clipping"';

/** What a `GradScaler` multiplies the loss by at the start. */
const initialScale = 65_536;

/** Gradients are clipped where nothing steps along them, or while they are scaled for half precision. */
export const clipping: TrainingRule = {
  id,
  title: 'Gradients are clipped at the wrong place',
  defaultSeverity: 'warning',
  citation,
  checkTraining: (context) =>
    oncePerPlace(
      allRounds(context.script).flatMap((round) =>
        round.actions.filter(isOf('clip')).flatMap((clip) => findingFor(clip, round, context) ?? []),
      ),
    ),
};

type Stage = Placed<'backward' | 'step' | 'zeroGrad'>;

const isStage = (action: Placed): action is Stage =>
  action.kind === 'backward' || action.kind === 'step' || action.kind === 'zeroGrad';

function findingFor(clip: Placed<'clip'>, { actions }: Round, { text }: TrainingContext): Finding | undefined {
  const at = actions.indexOf(clip);
  const ahead = [...actions.slice(at + 1), ...actions.slice(0, at)];
  const next = ahead.find(isStage);
  const before = ahead.findLast(isStage);
  const steps = actions.filter(isOf('step'));
  const backward = actions.find(isOf('backward'));
  const [step] = steps;
  if (!next || !before || !step || !backward) return undefined;
  if (next.kind !== 'step') {
    if (before.kind === 'backward' || before.always !== clip.always || steps.some(({ always }) => !always))
      return undefined;
    const edits = steps.length === 1 ? movedStatement(clip.statement, 'before', step.statement, text) : undefined;
    return finding(clip, [step.span, backward.span], {
      message: `The gradients are clipped here ${before.kind === 'step' ? 'after the step that used them' : 'before `backward()` has computed them'}: no step is taken along a clipped gradient. Clip between \`backward()\` and \`step()\`.`,
      label: 'clips what no step uses',
      quantity: { name: 'steps along clipped gradients', value: 0, unit: '', expected: 'all' },
      fixes: edits ? [{ title: 'Clip between `backward()` and `step()`', edits }] : [],
    });
  }
  if (before.kind !== 'backward' || !before.scaled || !next.scaled || actions.some(isOf('unscale'))) return undefined;
  const limit =
    clip.limit === undefined
      ? ''
      : ` The limit of ${formatNumber(clip.limit)} is one of ${formatNumber(clip.limit / initialScale)}.`;
  return finding(clip, [before.span], {
    message: `These gradients are still multiplied by the scale of the \`GradScaler\` (${initialScale} at the start): they are clipped as if the limit were that much smaller.${limit} Call \`unscale_\` of the scaler before clipping.`,
    label: `clips gradients × ${initialScale}`,
    quantity: { name: 'scale of the gradients that are clipped', value: initialScale, unit: '×', expected: '1' },
    fixes: unscaling(clip, next, text),
  });
}

function unscaling(clip: Placed<'clip'>, { span }: Placed<'step'>, text: string): readonly Fix[] {
  const call = /^([\w.]+)\.step\(\s*([\w.]+)\s*[,)]/.exec(text.slice(span.start.offset, span.end.offset));
  const [, scaler, optimizer] = call ?? [];
  const edit = call ? statementBefore(clip.statement, `${scaler ?? ''}.unscale_(${optimizer ?? ''})`, text) : undefined;
  return edit ? [{ title: 'Unscale the gradients before they are clipped', edits: [edit] }] : [];
}

function finding(
  clip: Placed<'clip'>,
  related: Finding['related'],
  told: Pick<Finding, 'message' | 'label' | 'quantity' | 'fixes'>,
): Finding {
  return {
    rule: id,
    severity: 'warning',
    network: '',
    span: clip.span,
    related,
    ...told,
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
  };
}
