import { fanIn, mean, variance, parametersByPath, type Activation, type Parameter } from '../../network';
import type { Finding } from '../finding';
import { initializerName, layersText } from '../names';
import { formatNumber } from '../numbers';
import { predictedFinding } from '../predicted';
import { initializationFixes } from '../remedy';
import type { Rule, RuleContext } from '../rule';
import { isWeightNode, linksOf, spansOf, type WeightNode } from '../structure';

const about = {
  id: 'nonzero-mean-weights',
  title: 'Weights whose mean is not zero',
  defaultSeverity: 'warning',
  citation:
    'Füredi & Komlós 1981 (a mean μ adds one eigenvalue μ·n outside of the bulk); LeCun et al. 1998, §4.6 (weights of zero mean)',
} as const;

/** |μ|·fan_in, by which each layer multiplies the mean of its input. */
const GAIN = 5;
/** |μ|·√fan_in/σ: how far the direction of the mean stands out of all others. */
const OUTLIER = 3;
/** Of all such layers together: an error, where activations and gradients leave float16. */
const ERROR = 1e5;

/** A weight layer and what it does to the mean of its input. */
interface Shifted {
  readonly layer: WeightNode;
  readonly parameter: Parameter;
  readonly gain: number;
}

/** Weights drawn around something else than zero (`nn.init.uniform_` is U(0, 1)): each layer multiplies the mean of its input. */
export const meanOfWeights: Rule = {
  ...about,
  check: (context) => {
    const shifted = shiftedLayers(context);
    const whole = shifted.reduce((product, { gain }) => product * gain, 1);
    const groups = new Map<string, Shifted[]>();
    for (const each of shifted) {
      const { origin } = each.parameter.initializer;
      const key = origin.kind === 'source' ? String(origin.span.start.offset) : origin.kind;
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    return [...groups.values()].flatMap((group): readonly Finding[] => {
      const [first] = group.toSorted((a, b) => b.gain - a.gain);
      if (!first) return [];
      const layers = group.map(({ layer }) => layer);
      const { initializer } = first.parameter;
      const spans = initializer.origin.kind === 'source' ? [initializer.origin.span] : spansOf(layers);
      return [
        predictedFinding(about, context, {
          severity: whole >= ERROR ? 'error' : 'warning',
          span: spans[0] ?? first.layer.span,
          related: spans.slice(1),
          message: `${initializerName(initializer, context.network.framework)} draws the weights of ${layersText(layers)} around ${formatNumber(mean(initializer) ?? NaN)} instead of 0: the mean of the input is multiplied by up to ${formatNumber(first.gain)} in each, and all units say the same. Draw them around 0.`,
          label: `mean ×${formatNumber(first.gain)} a layer`,
          quantity: { name: 'gain of the mean, |μ|·fan_in', value: first.gain, unit: '×', expected: 'below 1' },
          confidence: 'medium',
          parameters: layers.map(({ op }) => op.weight),
          fixes: initializationFixes(context, layers, activationOf(layers, context)),
        }),
      ];
    });
  },
};

function shiftedLayers({ network }: RuleContext): readonly Shifted[] {
  const parameters = parametersByPath(network.parameters);
  return network.nodes.filter(isWeightNode).flatMap((layer): readonly Shifted[] => {
    const parameter = parameters.get(layer.op.weight);
    if (!parameter) return [];
    const center = mean(parameter.initializer);
    const spread = variance(parameter, parameters);
    const fan = fanIn(parameter);
    if (center === undefined || spread === undefined || fan === undefined || spread === 0) return [];
    const { kind } = parameter.initializer.distribution;
    if (kind === 'partitioned' || kind === 'identity') return [];
    const gain = Math.abs(center) * fan;
    const outlier = (Math.abs(center) * Math.sqrt(fan)) / Math.sqrt(spread);
    return gain >= GAIN && outlier >= OUTLIER ? [{ layer, parameter, gain }] : [];
  });
}

/** What the layers stand around; of a linear network nothing, which Xavier fits. */
function activationOf(layers: readonly WeightNode[], { network }: RuleContext): Activation {
  const link = linksOf(network).find(({ before, after }) => layers.includes(after) || layers.includes(before));
  return link?.activation.op.activation ?? { kind: 'tanh' };
}
