import { parameterCount, weightLayers } from '../network';
import type { ModelAnalysis } from './analysis';
import { formatCount, formatNumber } from '../rules/numbers';
import { verdictOf, verdictText } from './verdict';

/** How large the model is: `31 weight layers · 1.98 M parameters`. */
export function sizeText({ network }: ModelAnalysis): string {
  const layers = weightLayers(network).length;
  const count = parameterCount(network);
  const parameters = count === undefined ? 'size not known' : `${formatCount(count)} parameters`;
  return `${layers} weight ${layers === 1 ? 'layer' : 'layers'} · ${parameters}`;
}

/** How the gradient's norm travels, or undefined where it could not be followed: `gradient ×0.58 a layer, ×6.1e-8 over the depth`. */
export function gradientText({ report: { depth } }: ModelAnalysis): string | undefined {
  if (!depth) return undefined;
  if (depth.logGainRange) {
    const [low, high] = depth.logGainRange.map((logGain) => formatNumber(Math.exp(logGain / 2)));
    return `gradient ×${low ?? ''} to ×${high ?? ''} over the depth`;
  }
  return `gradient ×${formatNumber(depth.gainPerLayer)} a layer, ×${formatNumber(depth.gain)} over the depth`;
}

/** One line about a model: its size, how its gradient travels, the verdict. */
export function summaryText(model: ModelAnalysis): string {
  return [sizeText(model), gradientText(model), verdictText[verdictOf(model)]]
    .filter((part) => part !== undefined)
    .join(' · ');
}
