import type { Activation, Network, Parameter, TextEdit } from '../network';
import type { Fix } from './finding';
import { kerasInitializationFixes, kerasReplacementFixes, type Surroundings } from './kerasRemedy';
import { activationName, layersText } from './names';
import { callParts, codeAt } from './source';
import { spansOf, type WeightNode } from './structure';
import { tfjsInitializationFixes } from './tfjsRemedy';

/** The initialisation that keeps signal and gradient under an activation (methods.md B0.11, from the edge of chaos). */
export interface Remedy {
  /** `Xavier-normal` */
  readonly name: string;
  /** The call that draws a weight, after `nn.init.`. */
  readonly draw: (weight: string) => string;
  /** The deviation that the biases need; 0 for biases of zero. */
  readonly biasDeviation: number;
  /** σ_w of a square layer, where a fix that spells it out may need it. */
  readonly gain?: number;
}

/**
 * Undefined where no initialisation helps (sigmoid, softplus: there is no edge of chaos) and where none is known. None is given for a sine: it
 * mostly has a frequency before it, and a sine MLP mended without minding that did not train (stability bench).
 */
export function remedyFor(activation: Activation, layers: number): Remedy | undefined {
  switch (activation.kind) {
    case 'relu':
    case 'relu6':
      return he("nonlinearity='relu'");
    case 'leakyRelu':
    case 'prelu':
      return {
        ...he(`a=${activation.slope}, nonlinearity='leaky_relu'`),
        gain: Math.sqrt(2 / (1 + activation.slope ** 2)),
      };
    case 'selu':
      return {
        name: 'LeCun-normal',
        draw: (weight) => `kaiming_normal_(${weight}, nonlinearity='linear')`,
        biasDeviation: 0,
      };
    case 'tanh':
      return layers <= 50 ? xavier(1, 0) : xavier(1.122539, 0.05);
    case 'hardtanh':
      return activation.low === -1 && activation.high === 1 ? xavier(1.008853, 0.05) : undefined;
    case 'erf':
      return xavier(0.993686, 0.05);
    case 'arctan':
      return xavier(1.122391, 0.05);
    case 'softsign':
      return xavier(1.361051, 0.05);
    case 'elu':
      return activation.alpha === 1 ? xavier(1.176148, 0.1) : undefined;
    case 'gelu':
      return xavier(1.408211, 0.415839);
    case 'silu':
      return xavier(1.409966, 0.745079);
    case 'mish':
      return xavier(1.418987, 0.307444);
    case 'hardswish':
      return xavier(1.404738, 0.712142);
    default:
      return undefined;
  }
}

/** Activations for which no initialisation keeps a gradient in depth: χ stays far below 1. */
export function hasNoCriticalPoint({ kind }: Activation): boolean {
  return kind === 'sigmoid' || kind === 'softplus' || kind === 'hardSigmoid' || kind === 'logSigmoid';
}

function he(how: string): Remedy {
  return { name: 'He-normal', draw: (weight) => `kaiming_normal_(${weight}, ${how})`, biasDeviation: 0 };
}

/** Of a square layer σ_w = gain. */
function xavier(gain: number, biasDeviation: number): Remedy {
  const bias = biasDeviation === 0 ? '' : `, biases N(0, ${biasDeviation}²)`;
  return {
    name: gain === 1 ? 'Xavier-normal' : `Xavier-normal of gain ${gain.toPrecision(3)}${bias}`,
    draw: (weight) => `xavier_normal_(${weight}${gain === 1 ? '' : `, gain=${gain}`})`,
    biasDeviation,
    gain,
  };
}

/**
 * The edits that start `layers` with the remedy of `activation`: where the source draws them by calls of its own these calls are
 * rewritten, where the framework's default does, a loop is added after the modules are made.
 */
export function initializationFixes(
  surroundings: Surroundings,
  layers: readonly WeightNode[],
  activation: Activation,
): readonly Fix[] {
  const { network } = surroundings;
  if (network.framework === 'tfjs') return tfjsInitializationFixes(network, layers, activation);
  const remedy = remedyFor(activation, layers.length);
  if (network.framework === 'keras') return kerasInitializationFixes(surroundings, layers, activation, remedy);
  return remedy ? remedyFixes(network, layers, remedy) : [];
}

/** The same with a remedy of one's own; of PyTorch alone. */
export function remedyFixes(network: Network, layers: readonly WeightNode[], remedy: Remedy): readonly Fix[] {
  if (network.framework !== 'pytorch') return [];
  const weights = layers.flatMap(({ op }) => network.parameters.find(({ path }) => path === op.weight) ?? []);
  const written = weights.some(({ initializer }) => initializer.origin.kind === 'source');
  const edits = written ? rewrittenCalls(weights, remedy) : addedLoop(network, layers, remedy);
  return edits.length === 0 ? [] : [{ title: `${remedy.name} for ${layersText(layers)}`, edits }];
}

function rewrittenCalls(weights: readonly Parameter[], remedy: Remedy): readonly TextEdit[] {
  const edits = new Map<number, TextEdit>();
  for (const { initializer } of weights) {
    if (initializer.origin.kind !== 'source') continue;
    const { span, text } = initializer.origin;
    const newText = rewrittenCall(text, remedy.draw);
    if (newText !== undefined) edits.set(span.start.offset, { span, newText });
  }
  return [...edits.values()];
}

/** `nn.init.normal_(m.weight, std=1)` → `nn.init.xavier_normal_(m.weight)`. Calls of tensors (`w.data.normal_()`) are left. */
export function rewrittenCall(text: string, draw: Remedy['draw']): string | undefined {
  const call = callParts(text);
  const at = call?.head.lastIndexOf('.') ?? -1;
  if (!call || at < 0 || !/(^|\.)init$/.test(call.head.slice(0, at))) return undefined;
  return `${call.head.slice(0, at + 1)}${draw(call.first)}`;
}

function addedLoop(network: Network, layers: readonly WeightNode[], remedy: Remedy): readonly TextEdit[] {
  const site = network.initializationSite;
  if (site?.nn === undefined) return [];
  const classes = [...new Set(layers.map(({ op }) => (op.kind === 'conv' ? `Conv${op.kernel.length}d` : 'Linear')))];
  const types = classes.map((name) => `${site.nn ?? ''}.${name}`);
  const init = `${site.nn}.init`;
  const lines = [
    `for module in ${site.receiver}.modules():`,
    `    if isinstance(module, ${types.length === 1 ? (types[0] ?? '') : `(${types.join(', ')})`}):`,
    `        ${init}.${remedy.draw('module.weight')}`,
    ...biasLines(network, classes, `${init}.${biasDraw(remedy)}`),
  ];
  return [{ span: site.at, newText: codeAt(lines, site) }];
}

function biasDraw({ biasDeviation }: Remedy): string {
  return biasDeviation === 0 ? 'zeros_(module.bias)' : `normal_(module.bias, std=${biasDeviation})`;
}

/** All modules of the classes are met by the loop, also those that are not at fault. */
function biasLines({ nodes }: Network, classes: readonly string[], draw: string): readonly string[] {
  const met = nodes.flatMap(({ op }) => {
    if (op.kind === 'linear') return classes.includes('Linear') ? [op.bias !== undefined] : [];
    return op.kind === 'conv' && classes.includes(`Conv${op.kernel.length}d`) ? [op.bias !== undefined] : [];
  });
  if (met.every((has) => has)) return [`        ${draw}`];
  return met.some((has) => has) ? ['        if module.bias is not None:', `            ${draw}`] : [];
}

/** ReLU in place of activations that no initialisation can help, with He-normal for the layers around them. */
export function replacementFixes(
  surroundings: Surroundings,
  layers: readonly WeightNode[],
  activations: readonly Network['nodes'][number][],
): readonly Fix[] {
  const { network } = surroundings;
  if (network.framework === 'keras') return kerasReplacementFixes(surroundings, layers, activations);
  const nn = network.initializationSite?.nn;
  const [first] = activations;
  if (network.framework !== 'pytorch' || nn === undefined || first?.op.kind !== 'activation') return [];
  // The span of a module is the call that makes it; of a function its call, whose argument must stay.
  if (activations.some(({ path, callSpan }) => path === '' || callSpan === undefined)) return [];
  const spans = spansOf(activations);
  const elsewhere = network.nodes.filter((node) => !activations.includes(node));
  if (spans.some((span) => elsewhere.some((node) => node.span.start.offset === span.start.offset))) return [];
  const [initialization] = initializationFixes(surroundings, layers, { kind: 'relu' });
  if (!initialization) return [];
  return [
    {
      title: `ReLU instead of ${activationName(first.op.activation)}, ${initialization.title}`,
      edits: [...spans.map((span) => ({ span, newText: `${nn}.ReLU()` })), ...initialization.edits],
    },
  ];
}
