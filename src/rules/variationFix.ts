import type { Activation, Network } from '../network';
import type { HiddenLayers, Variation } from '../theory';
import type { Fix } from './finding';
import { activationName } from './names';
import { formatNumber } from './numbers';
import { remedyFixes } from './remedy';
import { isWeightNode, spansOf } from './structure';

/** How PyTorch makes an activation that people choose; others are not offered. */
const modules: Readonly<Partial<Record<Activation['kind'], string>>> = {
  relu: 'ReLU()',
  leakyRelu: 'LeakyReLU()',
  elu: 'ELU()',
  selu: 'SELU()',
  gelu: 'GELU()',
  silu: 'SiLU()',
  mish: 'Mish()',
  tanh: 'Tanh()',
  sigmoid: 'Sigmoid()',
  softplus: 'Softplus()',
};

/**
 * The edit after which a PyTorch source has the hidden layers of a variation, as far as it can be written: other draws and another activation. Depth, width
 * and the scale of branches are arguments of the code.
 * @returns what stands in the way, where nothing can be written
 */
export function variationFix(network: Network, hidden: HiddenLayers, variation: Variation): Fix | string {
  const { weightDeviation, biasDeviation, activation } = variation;
  const draws = weightDeviation !== undefined || biasDeviation !== undefined;
  if (!draws && !activation)
    return 'Only σ_w, σ_b and the activation can be written: depth and width are arguments of your code.';
  const site = network.initializationSite;
  if (network.framework !== 'pytorch' || site?.nn === undefined)
    return 'Edits are written for models in PyTorch whose class stands in this file.';
  const edits: Fix['edits'][number][] = [];
  const titles: string[] = [];
  if (activation) {
    const written = modules[activation.kind];
    const key = JSON.stringify(hidden.activation);
    const uses = network.nodes.filter(({ op }) => op.kind === 'activation' && JSON.stringify(op.activation) === key);
    if (written === undefined || uses.some(({ path, callSpan }) => path === '' || callSpan === undefined))
      return `The ${activationName(hidden.activation)} is applied by a function: put ${activationName(activation)} in its place by hand.`;
    edits.push(...spansOf(uses).map((span) => ({ span, newText: `${site.nn ?? 'nn'}.${written}` })));
    titles.push(`${activationName(activation)} instead of ${activationName(hidden.activation)}`);
  }
  if (draws) {
    const layers = hidden.nodes.flatMap((id) => network.nodes[id] ?? []).filter(isWeightNode);
    const weight = weightDeviation ?? hidden.weightDeviation;
    // Where calls of the source draw the weights they are rewritten, and biases left as they are.
    const drawnBySource = layers.some(({ op }) =>
      network.parameters.some(({ path, initializer }) => path === op.weight && initializer.origin.kind === 'source'),
    );
    if (drawnBySource && biasDeviation !== undefined)
      return 'σ_b is not written here: change the code that draws the biases.';
    const writesBiases = hidden.hasBiases && !drawnBySource;
    const bias = writesBiases ? (biasDeviation ?? hidden.biasDeviation) : 0;
    const [fix] = remedyFixes(network, layers, {
      name: `σ_w = ${formatNumber(weight)}${writesBiases ? `, σ_b = ${formatNumber(bias)}` : ''}`,
      draw: (tensor) => `normal_(${tensor}, std=${numberText(weight)} / ${tensor}[0].numel() ** 0.5)`,
      biasDeviation: Number(numberText(bias)),
    });
    if (!fix) return 'The weights are drawn by code that is not rewritten.';
    edits.push(...fix.edits);
    titles.push(fix.title);
  }
  return { title: titles.join(', '), edits };
}

const numberText = (value: number): string => String(Number(value.toPrecision(4)));
