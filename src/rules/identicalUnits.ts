import { isKnown, type Network, type Node, type Parameter } from '../network';
import type { Finding } from './finding';
import { initializerName, layersText } from './names';
import { formatNumber } from './numbers';
import { initializationFixes } from './remedy';
import type { Rule, RuleContext } from './rule';
import { consumersOf, isWeightNode, linksOf, spansOf, type WeightNode } from './structure';

const id = 'identical-units';
const citation = 'Goodfellow, Bengio & Courville 2016, §8.4 (breaking symmetry)';

/**
 * A weight layer that starts from one constant: all its units compute the same, and where the next layer starts so too they get
 * the same gradient and stay the same. Zero is right in the last layer of a residual branch, behind a gate, and at an output.
 */
export const identicalUnits: Rule = {
  id,
  title: 'Units start identical',
  defaultSeverity: 'error',
  citation,
  check: (context: RuleContext) => {
    const { network, report } = context;
    const constant = constantLayers(network);
    const consumers = consumersOf(network);
    const faulty = [...constant.keys()].flatMap((layer) => {
      const next = nextLayers(layer, consumers);
      return next === 'byDesign' || next.length === 0 ? [] : [{ layer, next }];
    });
    const groups = new Map<number, typeof faulty>();
    for (const entry of faulty) {
      const { origin } = constant.get(entry.layer)?.initializer ?? { origin: undefined };
      const place = origin?.kind === 'source' ? origin.span.start.offset : entry.layer.span.start.offset;
      groups.set(place, [...(groups.get(place) ?? []), entry]);
    }
    return [...groups.values()].flatMap((group): readonly Finding[] => {
      const layers = group.map(({ layer }) => layer);
      const [first] = layers;
      const parameter = first && constant.get(first);
      if (!first || parameter?.initializer.distribution.kind !== 'constant') return [];
      const { origin, distribution } = parameter.initializer;
      const forGood = group.some(({ next }) => next.some((node) => constant.has(node)));
      const spans = origin.kind === 'source' ? [origin.span] : spansOf(layers);
      const units = first.op.kind === 'conv' ? first.op.outChannels : first.op.outFeatures;
      const count = isKnown(units) ? units : 0;
      const value = formatNumber(distribution.value);
      const link = linksOf(network).find(({ before }) => layers.includes(before));
      return [
        {
          rule: id,
          // Alone among layers that are drawn, it trains as fast as they do (stability bench: constant MLP).
          severity: forGood ? 'error' : 'information',
          network: network.name,
          span: spans[0] ?? first.span,
          related: spans.slice(1),
          message:
            `${initializerName(parameter.initializer, network.framework)} starts all weights of ${layersText(layers)} at ${value}: ` +
            `all ${count === 0 ? '' : `${count} `}units of a layer compute the same` +
            (forGood
              ? ' and get the same gradient, so they stay one unit for ever.'
              : ' until the layers around drive them apart.') +
            ' Draw the weights at random.',
          label: `all weights ${value}`,
          quantity: {
            name: 'different units in the layer',
            value: 1,
            unit: 'units',
            expected: count === 0 ? 'all' : String(count),
          },
          evidence: ['predicted'],
          confidence: report.confidence === 'low' ? 'medium' : 'high',
          citation,
          parameters: layers.map(({ op }) => op.weight),
          fixes: link ? initializationFixes(context, layers, link.activation.op.activation) : [],
        },
      ];
    });
  },
};

/** Layers of more than one unit that start from one number. Depthwise kernels are filters, often fixed on purpose. */
function constantLayers({ nodes, parameters }: Network): ReadonlyMap<WeightNode, Parameter> {
  const byPath = new Map(parameters.map((parameter) => [parameter.path, parameter]));
  const result = new Map<WeightNode, Parameter>();
  for (const node of nodes) {
    if (!isWeightNode(node)) continue;
    const parameter = byPath.get(node.op.weight);
    const units = node.op.kind === 'conv' ? node.op.outChannels : node.op.outFeatures;
    const grouped = node.op.kind === 'conv' && node.op.groups !== 1;
    if (parameter?.initializer.distribution.kind === 'constant' && units !== 1 && !grouped) result.set(node, parameter);
  }
  return result;
}

/** Where what a layer gives meets something else: a residual join, a gate, a transform that starts as the identity. */
const joins: ReadonlySet<string> = new Set(['add', 'multiply', 'concat', 'matmul', 'einsum', 'dynamicConv', 'opaque']);

/** The weight layers that read this one; `byDesign` where a join, a gate or something not understood reads it too. */
function nextLayers(layer: Node, consumers: readonly (readonly Node[])[]): readonly WeightNode[] | 'byDesign' {
  const next: WeightNode[] = [];
  const open: Node[] = [layer];
  const seen = new Set<number>();
  for (let node = open.pop(); node; node = open.pop())
    for (const reader of consumers[node.id] ?? []) {
      if (seen.has(reader.id)) continue;
      seen.add(reader.id);
      if (joins.has(reader.op.kind)) return 'byDesign';
      if (isWeightNode(reader)) next.push(reader);
      else open.push(reader);
    }
  return next;
}
