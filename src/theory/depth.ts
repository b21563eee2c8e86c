import { isKnown, product, weightLayers, type Network, type Node, type NodeId, type Shape } from '../network';
import { unitAxesOf } from './axes';
import type { Flow } from './flow';
import { UNKNOWN_WIDTH } from './fluctuation';
import type { DepthSignal, LayerSignal } from './report';
import type { State } from './state';
import type { Weights } from './weights';

/** The most weight layers on a way to a node (itself included), and the last of them. */
interface Way {
  readonly count: number;
  readonly last: NodeId | undefined;
  /** The weight layer before `last` on that way. */
  readonly before: NodeId | undefined;
}

function waysOf(network: Network, { states }: Flow): readonly Way[] {
  const ways: Way[] = [];
  const weighted = new Set(weightLayers(network));
  for (const node of network.nodes) {
    let longest: Way = { count: 0, last: undefined, before: undefined };
    for (const input of carriers(node, states)) {
      const way = ways[input];
      if (way && way.count > longest.count) longest = way;
    }
    const counts = weighted.has(node.id) && states[node.id] !== undefined;
    ways.push(counts ? { count: longest.count + 1, last: node.id, before: longest.last } : longest);
  }
  return ways;
}

/** The inputs that values come from. Queries, keys and gates of a softmax only choose among them. */
function carriers({ op, inputs }: Node, states: Flow['states']): readonly NodeId[] {
  if (op.kind === 'attention') return inputs.slice(2, 3);
  return inputs.filter((input) => !states[input]?.averaging || inputs.length === 1);
}

/** The weight layers on the longest way through the network, from the first to the last. */
export function layerPath(network: Network, flow: Flow): readonly NodeId[] {
  const ways = waysOf(network, flow);
  let end: Way | undefined;
  for (const output of network.outputs) {
    const way = ways[output];
    if (way && way.count > (end?.count ?? 0)) end = way;
  }
  const path: NodeId[] = [];
  for (let id = end?.last; id !== undefined; id = ways[id]?.before) path.push(id);
  return path.reverse();
}

/** The weight layers that were reached, with the factor of the squared gradient norm to the weight layer before. */
export function layerSignals(network: Network, flow: Flow, weights: Weights): readonly LayerSignal[] {
  const ways = waysOf(network, flow);
  return weightLayers(network).flatMap((id): LayerSignal[] => {
    const op = network.nodes[id]?.op;
    const state = flow.states[id];
    const gradient = flow.gradients[id];
    if (!op || !state || gradient === undefined) return [];
    const before = ways[id]?.before;
    const earlier = before === undefined ? undefined : flow.gradients[before];
    return [
      {
        node: id,
        weightVariance:
          op.kind === 'linear'
            ? weights.weightVariance(op.weight)
            : op.kind === 'conv'
              ? weights.convolutionVariance(op)
              : undefined,
        biasVariance: ('bias' in op ? weights.bias(op.bias)?.secondMoment : undefined) ?? 0,
        secondMoment: state.secondMoment,
        chi: earlier === undefined || gradient === 0 ? undefined : earlier / gradient,
      },
    ];
  });
}

/** Undefined where a gradient at one of the ends is unknown, or zero by design (a last layer that starts at zero). */
export function depthSignal(
  { nodes }: Network,
  path: readonly NodeId[],
  { states, gradients, logVariances }: Flow,
): DepthSignal | undefined {
  const [first, last] = [path[0], path.at(-1)];
  if (first === undefined || last === undefined || path.length < 2) return undefined;
  const [from, to] = [gradients[last], gradients[first]];
  if (!from || !to) return undefined;
  const steps = path.length - 1;
  const logGain = Math.log(to) - Math.log(from);
  if (!Number.isFinite(logGain)) return undefined;
  const moments = path.map((id) => states[id]?.secondMoment ?? NaN);
  return {
    steps,
    logGain,
    relativeLogGain: logGain + logRatio(moments[0], moments.at(-1)),
    gain: Math.exp(logGain / 2),
    gainPerLayer: Math.exp(logGain / (2 * steps)),
    depthScale: steps / Math.abs(logGain),
    logGainDeviation: Math.sqrt(logVariances[first] ?? NaN),
    depthToWidth: path.slice(0, -1).reduce((sum, id) => sum + 1 / widthOf(states[id], nodes[id]?.shape), 0),
    smallestSecondMoment: Math.min(...moments),
    largestSecondMoment: Math.max(...moments),
  };
}

/** The number of units. */
function widthOf(state: State | undefined, shape: Shape | undefined): number {
  const units = state && shape ? unitAxesOf(state, shape).map((axis) => shape[axis]) : [];
  return units.length > 0 && units.every(isKnown) ? Math.max(1, product(units) ?? 1) : UNKNOWN_WIDTH;
}

/** ln(a/b); 0 where one of them is zero by design. */
function logRatio(a: number | undefined, b: number | undefined): number {
  return a && b ? Math.log(a / b) : 0;
}
