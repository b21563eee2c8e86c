import { isKnown, type Network, type Node, type TextEdit } from '../../network';
import type { Finding, Fix } from '../finding';
import { layersText } from '../names';
import { formatCount } from '../numbers';
import { predictedFinding } from '../predicted';
import type { Rule, RuleContext } from '../rule';
import { textOf, withKeyword } from '../source';
import { consumersOf, isWeightNode, spansOf, type WeightNode } from '../structure';

const about = {
  id: 'bias-before-norm',
  title: 'Bias that a norm takes off again',
  defaultSeverity: 'information',
  citation: 'Ioffe & Szegedy 2015, §3.2 (the bias before batch norm can be ignored: its role is subsumed by β)',
} as const;

/** A bias right before batch norm or instance norm, which subtract the mean of the channel: it has no effect and gets no gradient. */
export const biasBeforeNorm: Rule = {
  ...about,
  check: (context): readonly Finding[] => {
    const { network } = context;
    const layers = biasedLayers(network);
    const [span, ...related] = spansOf(layers);
    if (!span) return [];
    const idle = layers.reduce((sum, { op }) => {
      const units = op.kind === 'conv' ? op.outChannels : op.outFeatures;
      return sum + (isKnown(units) ? units : 0);
    }, 0);
    return [
      predictedFinding(about, context, {
        span,
        related,
        message: `The biases of ${layersText(layers)} stand right before a norm that takes the mean of each channel off again: ${formatCount(idle)} parameters change nothing and get no gradient.`,
        label: `${formatCount(idle)} idle biases`,
        quantity: { name: 'parameters without effect', value: idle, unit: 'parameters', expected: '0' },
        parameters: layers.flatMap(({ op }) => op.bias ?? []),
        fixes: fixesOf(layers, context),
      }),
    ];
  },
};

function biasedLayers(network: Network): readonly WeightNode[] {
  const consumers = consumersOf(network);
  return network.nodes.filter((node): node is WeightNode => {
    if (!isWeightNode(node) || node.op.bias === undefined || network.outputs.includes(node.id)) return false;
    const [reader, ...others] = consumers[node.id] ?? [];
    return reader !== undefined && others.length === 0 && takesChannelMean(reader);
  });
}

function takesChannelMean({ op }: Node): boolean {
  if (op.kind === 'batchNorm') return true;
  return op.kind === 'groupNorm' && isKnown(op.groups) && op.groups === op.channels;
}

function fixesOf(layers: readonly WeightNode[], { network, text }: RuleContext): readonly Fix[] {
  const name = { pytorch: 'bias', keras: 'use_bias', flax: undefined, tfjs: undefined }[network.framework];
  if (name === undefined || text === undefined) return [];
  const concerned = new Set(layers.map(({ id }) => id));
  const edits = spansOf(layers).map((span): TextEdit | undefined => {
    const all = network.nodes.filter((node) => node.span.start.offset === span.start.offset && isWeightNode(node));
    const newText = all.every(({ id }) => concerned.has(id))
      ? withKeyword(textOf(span, text), name, 'False')
      : undefined;
    return newText === undefined ? undefined : { span, newText };
  });
  const possible = edits.filter((edit) => edit !== undefined);
  return possible.length < edits.length ? [] : [{ title: `${name}=False for ${layersText(layers)}`, edits: possible }];
}
