import type { ModelAnalysis } from '../analysis/analysis';
import { sizeText } from '../analysis/summary';
import { parameterPaths, shapeText, unitCount, type Network, type Node, type NodeId, weightLayers } from '../network';
import type { GradientNorms, JacobianSpectrum, Measurement, Spectrum } from '../probes/protocol';
import type { LayerSignal, SignalReport } from '../theory';
import {
  type DepthFigures,
  type FindingRow,
  type GradientFigures,
  type LayerRow,
  type MeasurementFigures,
  type PanelSnapshot,
  type SpectrumFigures,
} from './messages';
import { operationText } from './operation';
import { plainNumber } from './number';
import { verdict } from './verdict';

/** What was measured of a model so far. */
export interface Measured {
  readonly gradients?: GradientNorms;
  readonly spectrum?: JacobianSpectrum;
}

/** All that the page, the report and the command line's tables show of a model. */
export function panelSnapshot(model: ModelAnalysis, measured: Measured = {}): PanelSnapshot {
  const { network, report, findings } = model;
  const anchor = gradientAnchor(network, report, measured.gradients);
  return {
    model: network.name,
    file: fileName(network.span.file),
    framework: network.framework,
    summary: sizeText(model),
    verdict: verdict(model),
    depth: depthFigures(report, measured.gradients),
    layers: layerRows(network, report, measured, anchor?.factor),
    gradientAnchor: anchor?.kind ?? 'relative',
    findings: findings.map((finding): FindingRow => ({
      rule: finding.rule,
      severity: finding.severity,
      line: finding.span.start.line + 1,
      label: finding.label,
      message: finding.message,
      evidence: `${finding.evidence.join(' and ')}, ${finding.confidence} confidence`,
      citation: finding.citation,
      fixes: finding.fixes.map((fix) => fix.title),
    })),
    notes: network.notes.map(({ message, span }) => ({ message, line: span.start.line + 1 })),
    gradients: measured.gradients && gradientFigures(measured.gradients),
    spectrum: measured.spectrum && spectrumFigures(measured.spectrum, network, report),
    citations: [...new Set(findings.map((finding) => finding.citation))],
  };
}

/** The rows that a cursor's line, counted from zero, of a file marks. */
export function nodesOfLine(network: Network, file: string, line: number): readonly NodeId[] {
  const covers = (span: Node['span']): boolean =>
    span.file === file && span.start.line <= line && line <= span.end.line;
  return network.nodes
    .filter((node) => node.op.kind !== 'input')
    .filter((node) => covers(node.span) || (node.callSpan !== undefined && covers(node.callSpan)))
    .map((node) => node.id);
}

/** The last part of a path, or of a URI. */
function fileName(file: string): string {
  const name =
    file
      .replace(/^untitled:/, '')
      .split(/[/\\]/)
      .at(-1) ?? file;
  return /^[a-z][a-z\d+.-]+:\/\//i.test(file) ? decodeURIComponent(name) : name;
}

function depthFigures({ depth, layers }: SignalReport, gradients: GradientNorms | undefined): DepthFigures | undefined {
  if (!depth) return undefined;
  const { steps, gain, gainPerLayer, depthScale, logGainRange } = depth;
  const norm = (layer: LayerSignal | undefined): number | undefined =>
    gradients?.activations.find(({ node }) => node === layer?.node)?.gradientNorm;
  const first = norm(layers[0]);
  const last = norm(layers.at(-1));
  const measured = first === undefined || last === undefined ? undefined : first / last;
  return {
    steps,
    predictedGain: plainNumber(gain),
    ...(logGainRange && {
      predictedGainRange: [
        plainNumber(Math.exp(logGainRange[0] / 2)),
        plainNumber(Math.exp(logGainRange[1] / 2)),
      ] as const,
    }),
    predictedGainPerLayer: plainNumber(gainPerLayer),
    depthScale: plainNumber(depthScale),
    ...(measured !== undefined && {
      measuredGain: plainNumber(measured),
      measuredGainPerLayer: plainNumber(measured ** (1 / steps)),
    }),
  };
}

/** The factor that takes √E‖∂L/∂x‖² of theory to the norms that are shown: both agree at the last weight layer. */
function gradientAnchor(
  network: Network,
  { signals }: SignalReport,
  gradients: GradientNorms | undefined,
): { readonly kind: 'measured' | 'relative'; readonly factor: number } | undefined {
  const last = weightLayers(network).at(-1);
  const predicted = last === undefined ? undefined : signals[last]?.gradient;
  if (predicted === undefined) return undefined;
  const measured = gradients?.activations.find(({ node }) => node === last)?.gradientNorm;
  return measured !== undefined && Number.isFinite(measured) && measured > 0
    ? { kind: 'measured', factor: measured / Math.sqrt(predicted) }
    : { kind: 'relative', factor: 1 / Math.sqrt(predicted) };
}

function layerRows(
  network: Network,
  report: SignalReport,
  { gradients, spectrum }: Measured,
  gradientFactor: number | undefined,
): readonly LayerRow[] {
  const judged = new Map(report.layers.map((layer) => [layer.node, layer]));
  const activations = new Map(gradients?.activations.map((entry) => [entry.node, entry]));
  const measuredParameters = new Map(gradients?.parameters.map((entry) => [entry.path, entry]));
  const jacobians = new Map(spectrum?.layers.map((layer) => [layer.to, layer]));

  const weighted = new Set(weightLayers(network));
  let depth = 0;
  const row = (node: Node): LayerRow => {
    const hasWeights = weighted.has(node.id);
    if (hasWeights) depth += 1;
    const signal = report.signals[node.id];
    const chi = judged.get(node.id)?.chi;
    const activation = activations.get(node.id);
    const jacobian = jacobians.get(node.id);
    return {
      node: node.id,
      depth,
      hasWeights,
      path: node.path,
      kind: operationText(node.op),
      shape: node.shape ? shapeText(node.shape) : '?',
      line: node.span.start.line + 1,
      ...(node.span.file !== network.span.file && { file: fileName(node.span.file) }),
      ...(signal &&
        gradientFactor !== undefined && {
          predicted: {
            secondMoment: plainNumber(signal.secondMoment),
            gradientNorm: plainNumber(gradientFactor * Math.sqrt(signal.gradient)),
          },
        }),
      ...(chi !== undefined && { predictedGain: plainNumber(Math.sqrt(chi)) }),
      ...(activation && {
        measured: {
          secondMoment: plainNumber(activation.secondMoment),
          gradientNorm: plainNumber(activation.gradientNorm),
        },
      }),
      parameters: parameterPaths(node.op).map((path) => {
        const entry = measuredParameters.get(path);
        return entry
          ? { path, gradientNorm: plainNumber(entry.gradientNorm), weightNorm: plainNumber(entry.weightNorm) }
          : { path };
      }),
      ...(jacobian && {
        jacobian: spread(jacobian.spectrum, rms(network, chi, jacobian.from, jacobian.to)),
      }),
    };
  };
  return network.nodes.filter((node) => node.op.kind !== 'input').map(row);
}

/**
 * √E[s²] of a Jacobian whose transpose scales the squared norm of a gradient of random direction by `gain` = ‖J‖²_F / n_out:
 * min(n_in, n_out) singular values share ‖J‖²_F. Undefined where a size is unknown.
 */
function rms({ nodes }: Network, gain: number | undefined, from: NodeId, to: NodeId): number | undefined {
  const [into, out] = [from, to].map((id) => {
    const shape = nodes[id]?.shape;
    return shape && unitCount(shape);
  });
  if (gain === undefined || into === undefined || out === undefined) return undefined;
  return Math.sqrt((gain * out) / Math.min(into, out));
}

function spread({ singularValues }: Spectrum, predictedRms: number | undefined): NonNullable<LayerRow['jacobian']> {
  const at = (index: number): number => singularValues[index] ?? NaN;
  const count = singularValues.length;
  return {
    largest: plainNumber(at(0)),
    median: plainNumber((at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2),
    smallest: plainNumber(at(count - 1)),
    rms: plainNumber(rootMeanSquare(singularValues)),
    ...(predictedRms !== undefined && { predictedRms: plainNumber(predictedRms) }),
  };
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

function gradientFigures(measurement: GradientNorms): GradientFigures {
  const lossName = { crossEntropy: 'cross-entropy', meanSquaredError: 'mean squared error' }[measurement.lossKind];
  return { ...measurementFigures(measurement), loss: plainNumber(measurement.loss), lossName };
}

function spectrumFigures(measurement: JacobianSpectrum, network: Network, report: SignalReport): SpectrumFigures {
  const { singularValues, resolution } = measurement.inputOutput;
  const predictedRms = throughRms(network, report);
  return {
    ...measurementFigures(measurement),
    singularValues: Array.from(singularValues, plainNumber),
    resolution: plainNumber(resolution),
    rms: plainNumber(rootMeanSquare(singularValues)),
    ...(predictedRms !== undefined && { predictedRms: plainNumber(predictedRms) }),
  };
}

/** The prediction for ∂output/∂input. */
function throughRms(network: Network, { signals }: SignalReport): number | undefined {
  const [input, output] = [network.inputs[0], network.outputs[0]];
  if (input === undefined || output === undefined) return undefined;
  const [before, after] = [signals[input]?.gradient, signals[output]?.gradient];
  return before === undefined || after === undefined ? undefined : rms(network, before / after, input, output);
}

function measurementFigures({ backend, weightSeed, inputSeed, seconds, notes }: Measurement): MeasurementFigures {
  const threads = backend.threads === 1 ? '1 thread' : `${backend.threads} threads`;
  const weights = weightSeed === undefined ? 'given weights' : `weights seed ${weightSeed}`;
  const input = inputSeed === undefined ? 'given input' : `input seed ${inputSeed}`;
  return { backend: `${backend.name}, ${backend.precision}, ${threads}`, seed: `${weights}, ${input}`, seconds, notes };
}
