import type { Activation, Node, OpOf } from '../network';
import { moments } from '../network/moments';
import type { Finding } from './finding';
import { activationName, layersText } from './names';
import { formatNumber } from './numbers';
import { saturatedSteps } from './recurrent/saturatedSteps';
import { initializationFixes } from './remedy';
import type { Rule, RuleContext } from './rule';
import { gradientFault } from './severity';
import { isWeightNode, nearestBefore, spansOf, type WeightNode } from './structure';

const about = {
  id: 'saturated-units',
  title: 'Units start saturated or dead',
  defaultSeverity: 'error',
  citation: 'Glorot & Bengio 2010, §3 (saturation at the start); Lu et al. 2020 (dying ReLU)',
} as const;

/** The largest φ′² of activations that are flat on one side or both. */
const steepest: Partial<Record<Activation['kind'], number>> = {
  relu: 1,
  relu6: 1,
  tanh: 1,
  hardtanh: 1,
  sigmoid: 1 / 16,
};

/** Where E[φ′²] is a smaller part of the steepest φ′², most units are flat: N(0, 8²) at a tanh has 0.07. */
const MOSTLY_FLAT = 0.1;
const ALL_FLAT = 1e-3;

interface Flat {
  readonly activation: Node & { readonly op: OpOf<'activation'> };
  readonly layer: WeightNode;
  /** E[φ′²] relative to the steepest φ′². */
  readonly passes: number;
}

/** Pre-activations so large, or biases so far off, that most units stand where their activation is flat. */
export const saturatedUnits: Rule = {
  ...about,
  check: (context) => {
    if (context.report.confidence === 'low') return [];
    const flat = flatActivations(context);
    const dead = flat.filter(({ passes }) => passes < ALL_FLAT);
    const steps = saturatedSteps(about, context, MOSTLY_FLAT);
    if (dead.length > 0) return [findingOf(dead, 'error', context), ...steps];
    // One cause is said once: where large weights also make the gradient explode, that is told.
    const gradient = gradientFault(context);
    const told = gradient !== undefined && gradient.severity !== 'information';
    return told || flat.length < 2 ? steps : [findingOf(flat, 'warning', context), ...steps];
  },
};

function flatActivations({ network, report }: RuleContext): readonly Flat[] {
  return network.nodes.flatMap((activation): readonly Flat[] => {
    if (!isActivation(activation)) return [];
    const [steep, into] = [steepest[activation.op.activation.kind], report.signals[activation.inputs[0] ?? -1]];
    const layer = nearestBefore(network, activation.id);
    if (steep === undefined || !into || !isWeightNode(layer)) return [];
    const { derivativeSecondMoment } = moments(activation.op.activation, into.secondMoment, into.mean);
    const passes = derivativeSecondMoment / steep;
    return passes < MOSTLY_FLAT ? [{ activation, layer, passes }] : [];
  });
}

function isActivation(node: Node): node is Flat['activation'] {
  return node.op.kind === 'activation';
}

function findingOf(flat: readonly Flat[], severity: 'error' | 'warning', context: RuleContext): Finding {
  const { network, report } = context;
  const layers = flat.map(({ layer }) => layer);
  const worst = flat.reduce((a, b) => (b.passes < a.passes ? b : a));
  const { activation } = worst.activation.op;
  const parameters = layers.flatMap(({ op }) => (op.bias === undefined ? [op.weight] : [op.weight, op.bias]));
  const drawn = network.parameters.filter(({ path }) => parameters.includes(path));
  const origins = drawn.flatMap(({ initializer: { origin } }) => (origin.kind === 'source' ? [origin.span] : []));
  const [span, ...related] = origins.length > 0 ? unique(origins) : spansOf(layers);
  const share = formatNumber(100 * (1 - worst.passes));
  return {
    rule: about.id,
    severity,
    network: network.name,
    span: span ?? worst.layer.span,
    related,
    message:
      `${layersText(layers)} ${layers.length > 1 ? 'feed' : 'feeds'} ${activationName(activation)} where it is flat: ${share} % of the squared gradient ` +
      `is lost at the worst of them, before the first step. Start from smaller weights, and from biases near zero.`,
    label: `${share} % saturated`,
    quantity: {
      name: 'squared slope of the activation, relative to its steepest',
      value: worst.passes,
      unit: '',
      expected: '0.1 to 1',
    },
    evidence: ['predicted'],
    confidence: report.confidence,
    citation: about.citation,
    parameters,
    fixes: initializationFixes(context, layers, activation),
  };
}

function unique(spans: readonly Node['span'][]): readonly Node['span'][] {
  return [...new Map(spans.map((span) => [`${span.file} ${span.start.offset}`, span])).values()];
}
