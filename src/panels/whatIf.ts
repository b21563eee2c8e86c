import type { ModelAnalysis } from '../analysis/analysis';
import type { Analyzer, SourceText } from '../analysis/analyzer';
import { mapSize, provenWhatIf, whatIf, whatIfFix } from '../analysis/whatIf';
import type { Activation } from '../network';
import type { Fix, JudgeOptions } from '../rules';
import { activationName } from '../rules/names';
import type { Variation } from '../theory';
import type { VariationFields, WhatIfFigures } from './messages';
import { plainNumber } from './number';
import { verdict } from './verdict';

/** Activations that people choose between. */
const offered: readonly Activation[] = [
  { kind: 'relu' },
  { kind: 'leakyRelu', slope: 0.01 },
  { kind: 'gelu', approximate: 'none' },
  { kind: 'silu' },
  { kind: 'tanh' },
  { kind: 'elu', alpha: 1 },
  { kind: 'selu' },
  { kind: 'mish' },
  { kind: 'softplus', beta: 1 },
  { kind: 'sigmoid' },
];

/** What the page shows of a variation; undefined where theory follows no hidden layers of the model. */
export function whatIfFigures(
  model: ModelAnalysis,
  fields: VariationFields,
  options: JudgeOptions,
): WhatIfFigures | undefined {
  const variation = variationOf(fields);
  const answer = whatIf(model, variation, options);
  const { depth } = answer?.model.report ?? {};
  if (!answer || !depth) return undefined;
  const { hidden, map } = answer;
  const fix = whatIfFix(model, variation);
  return {
    source: {
      weightDeviation: hidden.weightDeviation,
      biasDeviation: hidden.biasDeviation,
      activation: activationName(hidden.activation),
      steps: hidden.steps,
      width: hidden.width,
      hasBiases: hidden.hasBiases,
      hasBranches: hidden.branches.length > 0,
      gain: plainNumber(model.report.depth?.gain ?? NaN),
    },
    activations: offered
      .filter(({ kind }) => kind !== hidden.activation.kind)
      .map((activation) => ({ id: activation.kind, name: activationName(activation) })),
    map: {
      largest: { weightDeviation: mapSize.weight, biasDeviation: mapSize.bias },
      logChi: map.logChi.map((row) => row.map((value) => Number(value.toPrecision(4)))),
      edge: map.edge,
    },
    layers: answer.layers,
    verdict: verdict(answer.model),
    gain: plainNumber(depth.gain),
    gainPerLayer: plainNumber(depth.gainPerLayer),
    spread: plainNumber(Math.exp(depth.logGainDeviation / 2)),
    depthScale: plainNumber(depth.depthScale),
    ...(typeof fix === 'string' && { cannotWrite: fix }),
  };
}

/** The proven edit that writes a variation into the source, or why there is none. */
export function writtenVariation(
  analyzer: Analyzer,
  source: SourceText,
  model: ModelAnalysis,
  fields: VariationFields,
): Fix | string {
  return provenWhatIf(analyzer, source, model, variationOf(fields));
}

function variationOf({ activation, ...numbers }: VariationFields): Variation {
  const chosen = offered.find(({ kind }) => kind === activation);
  return { ...numbers, ...(chosen && { activation: chosen }) };
}
