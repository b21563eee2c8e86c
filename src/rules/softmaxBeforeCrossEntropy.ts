import { isKnown, type LossKind, type LossUse, type Network, type Node, type TextEdit } from '../network';
import type { Finding, Fix } from './finding';
import { removalOf, servesElsewhere } from './removal';
import type { Rule, RuleContext } from './rule';
import { callParts, textOf } from './source';
import { isQuiet } from './structure';

const id = 'softmax-before-cross-entropy';
const citation =
  'PyTorch documentation of nn.CrossEntropyLoss (expects logits); Goodfellow, Bengio & Courville 2016, §6.2.2.3';

/** An output and a loss that do not belong together. */
interface Misfit {
  readonly squash: string;
  readonly loss: string;
  /** `noLogarithm`: the loss takes log-probabilities and gets probabilities. `redundant`: log-softmax of a log-softmax is itself. */
  readonly kind: 'squashedTwice' | 'redundant' | 'noLogarithm';
}

/** The output is squashed and the loss squashes it again, or takes for log-probabilities what are probabilities. */
export const softmaxBeforeCrossEntropy: Rule = {
  id,
  title: 'Softmax before a loss that applies it again',
  defaultSeverity: 'warning',
  citation,
  check: ({ network, text }: RuleContext) =>
    network.outputs.flatMap((output): readonly Finding[] => {
      const node = lastOperation(network, output);
      for (const loss of network.losses) {
        const misfit = node && misfitOf(node, loss.kind);
        if (node && misfit) return [findingOf(node, misfit, loss, network, text)];
      }
      return [];
    }),
};

function lastOperation({ nodes }: Network, output: number): Node | undefined {
  let node = nodes[output];
  while (node && isQuiet(node)) node = nodes[node.inputs[0] ?? -1];
  return node;
}

function misfitOf({ op }: Node, loss: LossKind): Misfit | undefined {
  if (op.kind === 'softmax' && loss === 'crossEntropy')
    return op.log
      ? { squash: 'log-softmax', loss: 'Cross-entropy', kind: 'redundant' }
      : { squash: 'softmax', loss: 'Cross-entropy', kind: 'squashedTwice' };
  if (op.kind === 'softmax' && !op.log && loss === 'negativeLogLikelihood')
    return { squash: 'softmax', loss: 'Negative log-likelihood', kind: 'noLogarithm' };
  if (op.kind === 'activation' && op.activation.kind === 'sigmoid' && loss === 'binaryCrossEntropyWithLogits')
    return { squash: 'sigmoid', loss: 'Binary cross-entropy with logits', kind: 'squashedTwice' };
  return undefined;
}

function findingOf(node: Node, misfit: Misfit, loss: LossUse, network: Network, text: string | undefined): Finding {
  return {
    rule: id,
    severity: misfit.kind === 'redundant' ? 'information' : 'warning',
    network: network.name,
    span: node.span,
    related: [loss.span],
    ...wordsOf(misfit, lossFloor(node)),
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: fixesOf(node, misfit, network, text),
  };
}

function wordsOf(misfit: Misfit, floor: number | undefined): Pick<Finding, 'message' | 'label' | 'quantity'> {
  const { squash, loss, kind } = misfit;
  if (kind === 'noLogarithm')
    return {
      message: `${loss} takes log-probabilities; here it gets the probabilities of a ${squash}. The loss is −p, which a wrong answer cannot raise above 0, and its gradient is smallest where the answer is most wrong. Use log-softmax.`,
      label: 'loss −p, not −ln p',
      quantity: { name: 'largest loss of a wrong answer', value: 0, unit: 'nats', expected: 'no bound' },
    };
  const advice = `Return the logits, and take the ${squash} where probabilities are shown.`;
  const applied = `${loss} applies ${squash} itself; here it gets the output of a ${squash}.`;
  if (kind === 'redundant' || floor === undefined)
    return {
      message:
        kind === 'redundant'
          ? `${applied} Nothing changes by it but the time it takes. ${advice}`
          : `${applied} The loss sees logits that differ by at most 1, so it stays high and its gradients are small. ${advice}`,
      label: `${squash} twice`,
      quantity: { name: `times ${squash} is applied`, value: 2, unit: '', expected: '1' },
    };
  return {
    message: `${applied} The loss sees logits that differ by at most 1: it cannot fall below ${floor.toFixed(2)}, and its gradients are small. ${advice}`,
    label: `loss ≥ ${floor.toFixed(2)}`,
    quantity: { name: 'smallest loss that can be reached', value: floor, unit: 'nats', expected: '0' },
  };
}

/** −ln of the largest probability that logits in [0, 1] can give: ln(1 + (K − 1)/e) of K classes. */
function lossFloor({ op, shape }: Node): number | undefined {
  if (op.kind === 'activation') return Math.log(1 + Math.exp(-1));
  const classes = op.kind === 'softmax' && !op.log ? shape?.at(op.axis) : undefined;
  return isKnown(classes) ? Math.log(1 + (classes - 1) / Math.E) : undefined;
}

function fixesOf(node: Node, misfit: Misfit, network: Network, text: string | undefined): readonly Fix[] {
  if (network.framework !== 'pytorch' || text === undefined) return [];
  const logarithm = misfit.kind === 'noLogarithm';
  const edit = logarithm ? withLogarithm(node, network, text) : removalOf(node, network, text);
  const title = logarithm ? 'Log-softmax instead of softmax' : `Return logits: remove the ${misfit.squash}`;
  return edit ? [{ title, edits: [edit] }] : [];
}

/** `nn.Softmax(dim=1)` → `nn.LogSoftmax(dim=1)`, `F.softmax(x)` → `F.log_softmax(x)`. */
function withLogarithm(node: Node, network: Network, text: string): TextEdit | undefined {
  if (servesElsewhere(node, network)) return undefined;
  const { span } = node;
  const source = textOf(span, text);
  const head = callParts(source)?.head;
  const name = head?.slice(head.lastIndexOf('.') + 1);
  if (head === undefined || !head.includes('.') || (name !== 'Softmax' && name !== 'softmax')) return undefined;
  const owner = head.slice(0, -name.length);
  const newText = `${owner}${name === 'Softmax' ? 'LogSoftmax' : 'log_softmax'}${source.slice(head.length)}`;
  return { span, newText };
}
