import { isKnown, type Activation, type Dim, type LossKind, type LossUse, type Network } from '../../network';
import type { Finding, Fix } from '../finding';
import { activationName, moduleName } from '../names';
import { predictedFinding } from '../predicted';
import { removalOf } from '../removal';
import type { Rule, RuleContext } from '../rule';
import { textOf, withKeyword } from '../source';
import { isWeightNode, type WeightNode } from '../structure';
import { lastOperations, type LastOperation } from './lastOperation';

const about = {
  id: 'output-loss-mismatch',
  title: 'Output does not fit the loss',
  defaultSeverity: 'warning',
  citation:
    'PyTorch and Keras documentation of the losses (what they take: logits, probabilities or their logarithms); Goodfellow, Bengio & Courville 2016, §6.2.2',
} as const;

/** A loss that cannot fall below this by the range of the output is near enough to zero. */
const FLOOR = 0.05;

/**
 * The last operation cannot give what the loss takes: logits where it takes probabilities or their logarithms, or a bounded activation
 * where it takes logits. A squash that the loss applies itself has a rule of its own.
 */
export const outputLossMismatch: Rule = {
  ...about,
  check: (context) => {
    const [loss, ...others] = context.network.losses;
    // Of several kinds of losses it is not known which one meets which output.
    if (!loss || others.some(({ kind }) => kind !== loss.kind)) return [];
    return lastOperations(context.network).flatMap(
      (last) => missingSquash(last, loss, context) ?? boundedLogits(last, loss, context) ?? [],
    );
  },
};

/** What a loss wants to be given that a weight layer does not give. */
interface Want {
  readonly takes: string;
  readonly squash: string;
  /** Where a text holds this, the squash is perhaps applied outside of the model. */
  readonly word: RegExp;
  readonly consequence: string;
}

const wants: Readonly<Partial<Record<LossKind, Want>>> = {
  negativeLogLikelihood: {
    takes: 'log-probabilities',
    squash: 'log-softmax',
    word: /log_?softmax|logsigmoid|\.log\(/i,
    consequence: 'The loss is −z of the right class: it falls without end while the logits grow.',
  },
  crossEntropyOfProbabilities: {
    takes: 'probabilities',
    squash: 'softmax',
    word: /softmax/i,
    consequence: 'Negative outputs are cut off, and with them the gradient: the loss starts at random and stalls.',
  },
  binaryCrossEntropy: {
    takes: 'probabilities',
    squash: 'sigmoid',
    word: /sigmoid|softmax/i,
    consequence: 'Outputs outside of 0 to 1 are an error in PyTorch, and cut off without a gradient in Keras.',
  },
};

function missingSquash(
  { node, factor, offset }: LastOperation,
  loss: LossUse,
  context: RuleContext,
): readonly Finding[] | undefined {
  const want = wants[loss.kind];
  const { network, text } = context;
  if (!want || !isWeightNode(node) || factor !== 1 || offset !== 0) return undefined;
  if (text === undefined || want.word.test(text)) return undefined;
  return [
    predictedFinding(about, context, {
      span: node.span,
      related: [loss.span],
      message: `The loss takes ${want.takes}, and gets the plain output of ${moduleName(node)}. ${want.consequence} End with ${want.squash}, or use the loss that takes logits.`,
      label: `${want.squash} missing`,
      quantity: { name: `times ${want.squash} is applied`, value: 0, unit: '', expected: '1' },
      fixes: squashFixes(node, want, network, text),
    }),
  ];
}

function squashFixes(node: WeightNode, want: Want, network: Network, text: string): readonly Fix[] {
  const { span, callSpan } = node;
  if (network.framework === 'keras') {
    const newText = node.path === '' ? undefined : withKeyword(textOf(span, text), 'activation', `"${want.squash}"`);
    return newText === undefined ? [] : [{ title: `End with ${want.squash}`, edits: [{ span, newText }] }];
  }
  const nn = network.initializationSite?.nn;
  if (network.framework !== 'pytorch' || nn === undefined || !callSpan) return [];
  const functions: Readonly<Record<string, readonly [open: string, close: string]>> = {
    'log-softmax': [`${nn}.functional.log_softmax(`, ', dim=-1)'],
    sigmoid: [`${nn}.functional.sigmoid(`, ')'],
  };
  const call = functions[want.squash];
  if (!call || network.nodes.some((other) => other !== node && other.callSpan?.start.offset === callSpan.start.offset))
    return [];
  return [
    {
      title: `Apply ${want.squash}`,
      edits: [
        { span: { ...callSpan, end: callSpan.start }, newText: call[0] },
        { span: { ...callSpan, start: callSpan.end }, newText: call[1] },
      ],
    },
  ];
}

function boundedLogits(
  { node, factor, offset }: LastOperation,
  loss: LossUse,
  context: RuleContext,
): readonly Finding[] | undefined {
  const { op } = node;
  const range = op.kind === 'activation' ? rangeOf(op.activation) : undefined;
  // Sigmoid before the loss that applies it has its own rule.
  if (op.kind !== 'activation' || !range) return undefined;
  if (op.activation.kind === 'sigmoid' && loss.kind === 'binaryCrossEntropyWithLogits') return undefined;
  const ends = range.map((end) => factor * end + offset);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const floor = floorOf(loss.kind, low, high, node.shape?.at(-1));
  const onlyPositive = loss.kind === 'crossEntropy' && low >= 0 && high === Infinity;
  if (!onlyPositive && (floor === undefined || floor < FLOOR)) return undefined;
  const { network, text } = context;
  const name = activationName(op.activation);
  const edit = network.framework === 'pytorch' && text !== undefined ? removalOf(node, network, text) : undefined;
  const effect = onlyPositive
    ? 'a class whose unit is off for every sample gets no gradient and is never learnt again'
    : `no answer can bring it below ${floor?.toFixed(2) ?? ''}, so that it pulls for ever`;
  return [
    predictedFinding(about, context, {
      span: node.span,
      related: [loss.span],
      message: `The loss takes logits of any size, and gets ${name}'s output, which lies ${onlyPositive ? 'at or above 0' : `between ${low} and ${high === Infinity ? '∞' : high}`}: ${effect}. Return the plain output of the layer before it.`,
      label: onlyPositive ? `logits ≥ 0` : `loss ≥ ${floor?.toFixed(2) ?? ''}`,
      quantity: onlyPositive
        ? { name: 'smallest logit that can be given', value: low, unit: '', expected: '−∞' }
        : { name: 'smallest loss that can be reached', value: floor ?? NaN, unit: 'nats', expected: '0' },
      fixes: edit ? [{ title: `Return logits: remove the ${name}`, edits: [edit] }] : [],
    }),
  ];
}

/** Where the values of an activation lie; undefined where logits may be of any size, or nearly so. */
function rangeOf(activation: Activation): readonly [number, number] | undefined {
  switch (activation.kind) {
    case 'relu':
    case 'softplus':
      return [0, Infinity];
    case 'relu6':
      return [0, 6];
    case 'sigmoid':
    case 'hardSigmoid':
      return [0, 1];
    case 'tanh':
    case 'softsign':
    case 'erf':
    case 'sin':
    case 'cos':
      return [-1, 1];
    case 'hardtanh':
      return [activation.low, activation.high];
    case 'arctan':
      return [-Math.PI / 2, Math.PI / 2];
    default:
      return undefined;
  }
}

/** The smallest loss of a sample: of K classes ln(1 + (K − 1)·e^(low − high)), of two the worse of −ln σ(high) and −ln(1 − σ(low)). */
function floorOf(kind: LossKind, low: number, high: number, classes: Dim | undefined): number | undefined {
  if (kind === 'crossEntropy') return isKnown(classes) ? Math.log1p((classes - 1) * Math.exp(low - high)) : undefined;
  if (kind === 'binaryCrossEntropyWithLogits') return Math.max(Math.log1p(Math.exp(-high)), Math.log1p(Math.exp(low)));
  return undefined;
}
