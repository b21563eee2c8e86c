import type { AppliedLoss, LossKind, Passage, TextEdit } from '../../network';
import type { Finding } from '../finding';
import type { TrainingRule } from '../rule';
import { callParts, textOf } from '../source';
import { oncePerPlace } from './rounds';

const id = 'squashed-before-loss';
const citation =
  'PyTorch documentation of nn.CrossEntropyLoss and nn.BCEWithLogitsLoss (expect logits) and of nn.NLLLoss (expects log-probabilities)';

/** What a script does to a model's output before a loss that does the same again, or that takes the result for something else. */
export const squashedLoss: TrainingRule = {
  id,
  title: 'Output is squashed before a loss that does it again',
  defaultSeverity: 'warning',
  citation,
  checkTraining: ({ script, text }) => oncePerPlace(script.losses.flatMap((loss) => findingFor(loss, text) ?? [])),
};

/** A squash that does not belong before a loss. */
interface Misfit {
  readonly squash: Passage;
  readonly loss: string;
  readonly harm: string;
}

const misfits: Readonly<Partial<Record<LossKind, Misfit>>> = {
  crossEntropy: {
    squash: 'softmax',
    loss: 'Cross-entropy',
    harm: 'applies softmax itself. It sees logits that differ by at most 1: the loss stays high, and its gradients are small',
  },
  binaryCrossEntropyWithLogits: {
    squash: 'sigmoid',
    loss: 'Binary cross-entropy with logits',
    harm: 'applies the sigmoid itself. It sees logits between 0 and 1: the loss stays high, and its gradients are small',
  },
  negativeLogLikelihood: {
    squash: 'softmax',
    loss: 'Negative log-likelihood',
    harm: 'takes log-probabilities. The loss is −p, whose gradient is smallest where the answer is most wrong; take log-softmax',
  },
};

function findingFor({ kind, passages, span }: AppliedLoss, text: string): Finding | undefined {
  const misfit = misfits[kind];
  // What is only reshaped stays what it is; after anything else it may be something new.
  const [last, ...others] = passages.filter((passage) => passage.kind !== 'reshaped').toReversed();
  if (!misfit || last?.kind !== misfit.squash || others.length > 0) return undefined;
  const isInside = last.span.start.offset >= span.start.offset && last.span.end.offset <= span.end.offset;
  const edit = isInside && kind !== 'negativeLogLikelihood' ? withoutCall(last.span, text) : undefined;
  const applied = kind === 'negativeLogLikelihood' ? 1 : 2;
  return {
    rule: id,
    severity: 'warning',
    network: '',
    span: last.span,
    related: [span],
    message: `${misfit.loss} gets the output of a ${misfit.squash} here, and ${misfit.harm}.`,
    label: applied === 2 ? `${misfit.squash} twice` : 'loss −p, not −ln p',
    quantity:
      applied === 2
        ? { name: `times ${misfit.squash} is applied`, value: 2, unit: '', expected: '1' }
        : { name: 'largest loss of a wrong answer', value: 0, unit: 'nats', expected: 'no bound' },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: edit ? [{ title: `Give the loss what comes before the ${misfit.squash}`, edits: [edit] }] : [],
  };
}

/** `F.softmax(x, dim=1)` → `x`, `x.sigmoid()` → `x`. */
function withoutCall(span: AppliedLoss['span'], text: string): TextEdit | undefined {
  const call = callParts(textOf(span, text));
  const at = call?.head.lastIndexOf('.') ?? -1;
  if (!call || at < 0) return undefined;
  const owner = call.head.slice(0, at);
  const isFunction = /^(F|functional|torch|(torch\.)?nn\.functional|torch\.special)$/.test(owner);
  const newText = isFunction ? call.first : owner;
  return newText === '' || /^\w+\s*=[^=]/.test(newText) ? undefined : { span, newText };
}
