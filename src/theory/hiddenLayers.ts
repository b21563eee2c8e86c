import type { Activation, Network, NodeId } from '../network';
import type { LayerSignal, SignalReport } from './report';

/** What the hidden layers of a network have in common. */
export interface HiddenLayers {
  /** The linear layers and convolutions, the last among them: initialisation code draws it with the others. */
  readonly nodes: readonly NodeId[];
  /** σ_w and σ_b: of half of them it is smaller. */
  readonly weightDeviation: number;
  readonly biasDeviation: number;
  /** The activation that most of the graph's activations are. */
  readonly activation: Activation;
  /** χ factors on the longest way. */
  readonly steps: number;
  /** Steps over Σ 1/width. */
  readonly width: number;
  readonly hasBiases: boolean;
  /** Additions, one of whose inputs is computed from the other. */
  readonly branches: readonly Branch[];
}

/** A residual branch. */
export interface Branch {
  readonly addition: NodeId;
  /** Of the last layer of the branch: its size is proportional to them. */
  readonly parameters: readonly string[];
}

/** Undefined where no depth is predicted, or nothing is drawn, or nothing is not linear. */
export function hiddenLayers(network: Network, { layers, depth }: SignalReport): HiddenLayers | undefined {
  const drawn = layers.filter(hasVariance);
  const activation = mainActivation(network);
  if (!depth || !activation) return undefined;
  if (drawn.length === 0) return undefined;
  return {
    nodes: drawn.map(({ node }) => node),
    weightDeviation: median(drawn.map(({ weightVariance }) => Math.sqrt(weightVariance))),
    biasDeviation: median(drawn.map(({ biasVariance }) => Math.sqrt(biasVariance))),
    activation,
    steps: depth.steps,
    width: Math.max(1, Math.round(depth.steps / depth.depthToWidth)),
    hasBiases: drawn.some(({ node }) => biasOf(network, node) !== undefined),
    branches: branchesOf(network),
  };
}

const hasVariance = (layer: LayerSignal): layer is LayerSignal & { readonly weightVariance: number } =>
  layer.weightVariance !== undefined && layer.weightVariance > 0;

/** The parameter that is added by a linear layer or a convolution. */
export function biasOf({ nodes }: Network, node: NodeId): string | undefined {
  const op = nodes[node]?.op;
  return op?.kind === 'linear' || op?.kind === 'conv' ? op.bias : undefined;
}

export const activationKey = (activation: Activation): string => JSON.stringify(activation);

function mainActivation({ nodes }: Network): Activation | undefined {
  const counts = new Map<string, { readonly activation: Activation; count: number }>();
  for (const { op } of nodes) {
    if (op.kind !== 'activation' || op.activation.kind === 'linear') continue;
    const key = activationKey(op.activation);
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { activation: op.activation, count: 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.activation;
}

function branchesOf(network: Network): readonly Branch[] {
  return network.nodes.flatMap(({ id, op, inputs }): readonly Branch[] => {
    const [a, b] = inputs;
    if (op.kind !== 'add' || inputs.length !== 2 || a === undefined || b === undefined) return [];
    const inner = isBefore(network, a, b) ? b : isBefore(network, b, a) ? a : undefined;
    const parameters = inner === undefined ? [] : lastParameters(network, inner);
    return parameters.length === 0 ? [] : [{ addition: id, parameters }];
  });
}

/** Whether `later` is computed from `earlier`. */
function isBefore({ nodes }: Network, earlier: NodeId, later: NodeId): boolean {
  const open = [later];
  const seen = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === earlier) return true;
    for (const input of nodes[id]?.inputs ?? [])
      if (input >= earlier && !seen.has(input)) {
        seen.add(input);
        open.push(input);
      }
  }
  return false;
}

const passing: ReadonlySet<string> = new Set(['identity', 'dropout', 'reshape', 'permute', 'flatten', 'pad']);

function lastParameters({ nodes }: Network, end: NodeId): readonly string[] {
  for (let node = nodes[end]; node; node = nodes[node.inputs[0] ?? -1]) {
    const { op } = node;
    if (op.kind === 'linear' || op.kind === 'conv') return [op.weight, op.bias ?? []].flat();
    if ((op.kind === 'batchNorm' || op.kind === 'layerNorm') && op.scale !== undefined)
      return [op.scale, op.shift ?? []].flat();
    if (!passing.has(op.kind)) return [];
  }
  return [];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}
