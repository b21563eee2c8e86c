import {
  isKnown,
  parameterPaths,
  type Distribution,
  type Network,
  type Node,
  type NodeId,
  type Parameter,
} from '../../network';
import { isZeroValue } from './zeroValue';

/** Why a tensor's gradient does not reach one of the inputs it was computed from. */
export type Block = 'zero' | 'discrete' | 'detached';

/** What never moves, however long gradient descent runs. */
export interface Stillness {
  /** The parameters that an output depends on and that never get a gradient, in the order of the network's nodes. */
  readonly parameters: readonly Parameter[];
  /** Those of the network that are zero at the start and stay so. */
  readonly zeros: ReadonlySet<string>;
  /** What keeps the gradient from the input of this place of a node; undefined where it passes. */
  blockAt(node: Node, place: number): Block | undefined;
}

/**
 * Follows which values and gradients are exactly zero at the start, lets every parameter that gets a gradient move, and repeats that until
 * nothing changes: a head that starts at zero wakes what is before it with the second step, two zeros in series never wake each other.
 */
export function stillnessOf(network: Network): Stillness {
  const zeros = new Set(network.parameters.filter(({ initializer }) => isZero(initializer.distribution)).map(pathOf));
  const moved = new Set<string>();
  for (;;) {
    const state = new Zeros(network, zeros);
    const before = moved.size;
    for (const path of state.moving()) moved.add(path);
    if (moved.size === before) {
      const used = usedParameters(network);
      return {
        parameters: network.parameters.filter(({ path }) => used.has(path) && !moved.has(path)),
        zeros,
        blockAt: (node, place) => state.blockAt(node, place),
      };
    }
    for (const path of moved) zeros.delete(path);
  }
}

const pathOf = ({ path }: Parameter): string => path;

function isZero(distribution: Distribution): boolean {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value === 0;
    case 'normal':
      return distribution.mean === 0 && distribution.std === 0;
    case 'varianceScaling':
      return distribution.scale === 0;
    case 'orthogonal':
    case 'identity':
      return distribution.gain === 0;
    case 'partitioned':
      return distribution.parts.every((part) => isZero(part.distribution));
    case 'uniform':
      return distribution.low === 0 && distribution.high === 0;
    case 'truncatedNormal':
    case 'biasScaling':
    case 'unknown':
      return false;
  }
}

/** Parameters of nodes that an output depends on. */
function usedParameters({ nodes, outputs }: Network): ReadonlySet<string> {
  const needed = new Set<NodeId>(outputs);
  const used = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (!needed.has(node.id)) continue;
    for (const input of node.inputs) needed.add(input);
    for (const path of parameterPaths(node.op)) used.add(path);
  }
  return used;
}

/** Derivative zero where the input is: ReLU counts as off there, in PyTorch as in TensorFlow. */
const flatAtZero: ReadonlySet<string> = new Set([
  'relu',
  'relu6',
  'square',
  'abs',
  'softshrink',
  'hardshrink',
  'tanhshrink',
]);

/** Which values and gradients are exactly zero, given the parameters that are. What is not known counts as not zero. */
class Zeros {
  readonly #values: boolean[] = [];
  readonly #gradients: boolean[];

  constructor(
    private readonly network: Network,
    private readonly parameters: ReadonlySet<string>,
  ) {
    for (const node of network.nodes) {
      const inputs = node.inputs.map((input) => this.#values[input] === true);
      this.#values[node.id] = isZeroValue(node.op, inputs, parameters);
    }
    this.#gradients = network.nodes.map(({ id }) => !network.outputs.includes(id));
    for (const node of network.nodes.toReversed()) {
      if (this.#gradients[node.id]) continue;
      for (const [place, input] of node.inputs.entries())
        if (this.blockAt(node, place) === undefined) this.#gradients[input] = false;
    }
  }

  /** The parameters that get a gradient. */
  *moving(): Iterable<string> {
    for (const node of this.network.nodes) {
      if (this.#gradients[node.id]) continue;
      const { op, inputs } = node;
      const needsInput = op.kind !== 'embedding' && op.kind !== 'recurrent' && op.kind !== 'parameter';
      const still = needsInput && this.#values[inputs[0] ?? -1] === true;
      const shift = 'bias' in op ? op.bias : 'shift' in op ? op.shift : undefined;
      for (const path of parameterPaths(op)) if (!still || path === shift) yield path;
    }
  }

  blockAt(node: Node, place: number): Block | undefined {
    const { op, inputs } = node;
    const others = (): Block | undefined =>
      inputs.some((input, index) => index !== place && this.#values[input] === true) ? 'zero' : undefined;
    switch (op.kind) {
      case 'linear':
      case 'conv':
      case 'convTranspose':
        return this.parameters.has(op.weight) ? 'zero' : undefined;
      case 'scale':
        return this.parameters.has(op.scale) ? 'zero' : undefined;
      case 'batchNorm':
      case 'layerNorm':
      case 'groupNorm':
        return op.scale !== undefined && this.parameters.has(op.scale) ? 'zero' : undefined;
      case 'affine':
        return op.factor === 0 ? 'zero' : undefined;
      case 'activation': {
        const { kind } = op.activation;
        if (kind === 'sign' || kind === 'floor' || kind === 'round') return 'discrete';
        return flatAtZero.has(kind) && this.#values[inputs[0] ?? -1] === true ? 'zero' : undefined;
      }
      case 'multiply':
      case 'matmul':
      case 'einsum':
      case 'dynamicConv':
        return others();
      case 'attention': {
        const [query, key, value] = inputs.map((input) => this.#values[input] === true);
        if (place === 0) return key || value ? 'zero' : undefined;
        if (place === 1) return query || value ? 'zero' : undefined;
        return undefined;
      }
      case 'softmax': {
        const size = node.shape?.at(op.axis);
        return isKnown(size) && size === 1 ? 'zero' : undefined;
      }
      case 'stopGradient':
        return 'detached';
      case 'compare':
      case 'oneHot':
      case 'argExtremum':
      case 'embedding':
        return 'discrete';
      case 'topK':
        return op.result === 'indices' ? 'discrete' : undefined;
      case 'gather':
      case 'takeAlong':
        return place === 1 ? 'discrete' : undefined;
      case 'where':
        return place === 0 ? 'discrete' : undefined;
      default:
        return undefined;
    }
  }
}
