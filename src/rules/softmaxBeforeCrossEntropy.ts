import { isKnown, type LossKind, type LossUse, type Network, type Node, type TextEdit } from '../network';
import type { Finding } from './finding';
import type { Rule, RuleContext } from './rule';
import { callParts } from './source';
import { isQuiet } from './structure';

const id = 'softmax-before-cross-entropy';
const citation =
  'PyTorch documentation of nn.CrossEntropyLoss (expects logits); Goodfellow, Bengio & Courville 2016, §6.2.2.3';

/** Losses that squash what they get, and what must therefore not be at the output. */
interface Twice {
  readonly squash: string;
  readonly loss: string;
  /** Whether squashing twice changes the loss: log-softmax of a log-softmax is itself. */
  readonly harmful: boolean;
}

/** The output is squashed, and the loss squashes it again. */
export const softmaxBeforeCrossEntropy: Rule = {
  id,
  title: 'Softmax before a loss that applies it again',
  defaultSeverity: 'warning',
  citation,
  check: ({ network, text }: RuleContext) =>
    network.outputs.flatMap((output): readonly Finding[] => {
      const node = lastOperation(network, output);
      for (const loss of network.losses) {
        const twice = node && twiceOf(node, loss.kind);
        if (node && twice) return [findingOf(node, twice, loss, network, text)];
      }
      return [];
    }),
};

function lastOperation({ nodes }: Network, output: number): Node | undefined {
  let node = nodes[output];
  while (node && isQuiet(node)) node = nodes[node.inputs[0] ?? -1];
  return node;
}

function twiceOf({ op }: Node, loss: LossKind): Twice | undefined {
  if (op.kind === 'softmax' && loss === 'crossEntropy')
    return { squash: op.log ? 'log-softmax' : 'softmax', loss: 'Cross-entropy', harmful: !op.log };
  if (op.kind === 'activation' && op.activation.kind === 'sigmoid' && loss === 'binaryCrossEntropyWithLogits')
    return { squash: 'sigmoid', loss: 'Binary cross-entropy with logits', harmful: true };
  return undefined;
}

function findingOf(node: Node, twice: Twice, loss: LossUse, network: Network, text: string | undefined): Finding {
  const { squash, harmful } = twice;
  const floor = lossFloor(node);
  const effect = !harmful
    ? 'Nothing changes by it but the time it takes.'
    : floor === undefined
      ? 'The loss sees logits that differ by at most 1, so it stays high and its gradients are small.'
      : `The loss sees logits that differ by at most 1: it cannot fall below ${floor.toFixed(2)}, and its gradients are small.`;
  return {
    rule: id,
    severity: harmful ? 'warning' : 'information',
    network: network.name,
    span: node.span,
    related: [loss.span],
    message: `${twice.loss} applies ${squash} itself; here it gets the output of a ${squash}. ${effect} Return the logits, and take the ${squash} where probabilities are shown.`,
    label: harmful && floor !== undefined ? `loss ≥ ${floor.toFixed(2)}` : `${squash} twice`,
    quantity:
      harmful && floor !== undefined
        ? { name: 'smallest loss that can be reached', value: floor, unit: 'nats', expected: '0' }
        : { name: `times ${squash} is applied`, value: 2, unit: '', expected: '1' },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes: editsOf(node, network, text).map((edit) => ({
      title: `Return logits: remove the ${squash}`,
      edits: [edit],
    })),
  };
}

/** −ln of the largest probability that logits in [0, 1] can give: ln(1 + (K − 1)/e) of K classes. */
function lossFloor({ op, shape }: Node): number | undefined {
  if (op.kind === 'activation') return Math.log(1 + Math.exp(-1));
  const classes = op.kind === 'softmax' && !op.log ? shape?.at(op.axis) : undefined;
  return isKnown(classes) ? Math.log(1 + (classes - 1) / Math.E) : undefined;
}

/** A module becomes an identity; a function's call becomes its argument. */
function editsOf(
  { path, span, callSpan }: Node,
  { framework, initializationSite }: Network,
  text: string | undefined,
): readonly TextEdit[] {
  if (framework !== 'pytorch') return [];
  if (callSpan && path !== '') {
    const nn = initializationSite?.nn;
    return nn === undefined ? [] : [{ span, newText: `${nn}.Identity()` }];
  }
  const call = text === undefined ? undefined : callParts(text.slice(span.start.offset, span.end.offset));
  const at = call?.head.lastIndexOf('.') ?? -1;
  if (!call || at < 0) return [];
  // `torch.softmax(x, dim=1)` has its input first; of `x.softmax(dim=1)` it stands before the dot.
  const owner = call.head.slice(0, at);
  const isFunction = /^(F|functional|torch|(torch\.)?nn\.functional|torch\.special)$/.test(owner);
  const argument = isFunction ? call.first : owner;
  return argument === '' || /^\w+\s*=[^=]/.test(argument) ? [] : [{ span, newText: argument }];
}
