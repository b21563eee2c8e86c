import type { Activation } from '../network';
import { judge, variationFix, type Fix, type JudgeOptions } from '../rules';
import {
  hiddenLayers,
  phaseMap,
  propagate,
  varied,
  type DepthSignal,
  type HiddenLayers,
  type PhaseMap,
  type SignalReport,
  type Variation,
} from '../theory';
import type { ModelAnalysis } from './analysis';
import type { Analyzer, SourceText } from './analyzer';
import { applyEdits } from './edits';

/** What theory says of a model with other hidden layers, without a word of its source changed. */
export interface WhatIf {
  readonly hidden: HiddenLayers;
  /** σ_w and σ_b of every hidden layer as it would be. */
  readonly layers: readonly { readonly weightDeviation: number; readonly biasDeviation: number }[];
  readonly activation: Activation;
  readonly map: PhaseMap;
  /** The model as it would be; its depth carried on to the depth that is asked for. */
  readonly model: ModelAnalysis;
}

/** The map shows σ_w and σ_b up to these. */
export const mapSize = { weight: 3, bias: 1.5 } as const;

/** Undefined where the model has no hidden layers that theory could follow. */
export function whatIf(model: ModelAnalysis, variation: Variation, options: JudgeOptions = {}): WhatIf | undefined {
  const hidden = hiddenLayers(model.network, model.report);
  if (!hidden) return undefined;
  const network = varied(model.network, hidden, variation);
  const report = atDepth(propagate(network), hidden, variation);
  const activation = variation.activation ?? hidden.activation;
  const isHidden = new Set(hidden.nodes);
  return {
    hidden,
    layers: report.layers.flatMap(({ node, weightVariance, biasVariance }) =>
      isHidden.has(node) && weightVariance !== undefined
        ? [{ weightDeviation: Math.sqrt(weightVariance), biasDeviation: Math.sqrt(biasVariance) }]
        : [],
    ),
    activation,
    map: phaseMap(activation, mapSize),
    model: { network, report, findings: judge(network, report, options) },
  };
}

/** The edit that writes a variation into the source, or why there is none. */
export function whatIfFix({ network, report }: ModelAnalysis, variation: Variation): Fix | string {
  const hidden = hiddenLayers(network, report);
  return hidden ? variationFix(network, hidden, variation) : 'This model has no hidden layers that theory can follow.';
}

/**
 * The same, proven: the text after the edit is predicted as the sliders show it. Where some of the weights are drawn elsewhere it would not be.
 */
export function provenWhatIf(
  analyzer: Analyzer,
  source: SourceText,
  model: ModelAnalysis,
  { weightDeviation, biasDeviation, activation }: Variation,
): Fix | string {
  const written = { weightDeviation, biasDeviation, activation };
  const fix = whatIfFix(model, written);
  if (typeof fix === 'string') return fix;
  const { models } = analyzer.analyze({ ...source, text: applyEdits(source.text, fix.edits) });
  const after = models.find(({ network }) => network.name === model.network.name)?.report.depth;
  const promised = whatIf(model, written)?.model.report.depth;
  const deviation = Math.abs((after?.logGain ?? NaN) - (promised?.logGain ?? NaN));
  return deviation <= 0.05 * Math.max(1, Math.abs(promised?.logGain ?? NaN))
    ? fix
    : 'Nothing is written: an edit would not make what the sliders show, as weights or biases are drawn in several places of the code.';
}

/** More or fewer layers of the kind that the second half of the hidden layers is: there the signal has settled. */
function atDepth(report: SignalReport, hidden: HiddenLayers, { steps, width }: Variation): SignalReport {
  const { depth, layers } = report;
  if (!depth) return report;
  const more = (steps ?? depth.steps) - depth.steps;
  const narrower = hidden.width / (width ?? hidden.width);
  const settled = layers.flatMap(({ chi }) => (chi !== undefined && chi > 0 ? [Math.log(chi)] : []));
  const half = settled.slice(Math.floor(settled.length / 2), Math.max(1, settled.length - 1));
  const perStep = half.length === 0 ? 0 : half.reduce((a, b) => a + b, 0) / half.length;
  if (more === 0 && narrower === 1) return report;
  return { ...report, depth: carriedOn(depth, more, perStep, narrower) };
}

function carriedOn(depth: DepthSignal, more: number, perStep: number, narrower: number): DepthSignal {
  const steps = depth.steps + more;
  const logGain = depth.logGain + more * perStep;
  return {
    ...depth,
    steps,
    logGain,
    relativeLogGain: depth.relativeLogGain + more * perStep,
    gain: Math.exp(logGain / 2),
    gainPerLayer: Math.exp(logGain / (2 * steps)),
    depthScale: 1 / Math.abs(logGain / steps),
    logGainDeviation: depth.logGainDeviation * Math.sqrt((narrower * steps) / depth.steps),
    ...(depth.logGainRange && {
      logGainRange: [depth.logGainRange[0] + more * perStep, depth.logGainRange[1] + more * perStep] as const,
    }),
    depthToWidth: (depth.depthToWidth * narrower * steps) / depth.steps,
  };
}
