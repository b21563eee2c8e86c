import type { Network, NodeId } from '../network';
import type { Assumptions } from './assumptions';
import { attentionSignals } from './attention';
import { inputMoments, type Data } from './data';
import { depthSignal, layerPath, layerSignals } from './depth';
import { flowOf, type Flow } from './flow';
import { initialLoss } from './initialLoss';
import { memorySignals } from './memory';
import type { Confidence, NodeSignal, SignalReport } from './report';
import { correlationOf } from './state';
import { unstableRange } from './unstable';
import { Weights } from './weights';

/** Predict signal and gradient at every node before the first step, in training mode, for infinite width. */
export function propagate(network: Network, given: Data = {}): SignalReport {
  const data = inputMoments(given);
  const weights = new Weights(network);
  const flow = flowOf(network, weights, data);
  const layers = layerSignals(network, flow, weights);
  const path = layerPath(network, flow);
  const depth = depthSignal(network, path, flow);
  const range = depth && unstableRange(network, weights, data, path, depth);
  return {
    signals: network.nodes.map(({ id }) => signalOf(id, flow)),
    layers,
    depth: depth && range ? { ...depth, logGainRange: range } : depth,
    attention: attentionSignals(network, flow.states, flow.assumptions),
    memory: memorySignals(network, weights),
    loss: initialLoss(network, flow.states),
    confidence: confidenceOf(network, weights, flow.assumptions, range !== undefined),
  };
}

function signalOf(node: NodeId, { states, gradients }: Flow): NodeSignal | undefined {
  const [state, gradient] = [states[node], gradients[node]];
  if (!state || gradient === undefined) return undefined;
  const { secondMoment, mean } = state;
  return { node, secondMoment, mean, correlation: correlationOf(state), gradient };
}

const plain: ReadonlySet<string> = new Set([
  'input',
  'linear',
  'conv',
  'activation',
  'softmax',
  'dropout',
  'flatten',
  'reshape',
  'identity',
  'affine',
]);

/**
 * High for chains of weight layers and activations; medium where independence is assumed (joins, norms, pools) or a size that matters
 * little; low where a width was, or the number of steps of a recurrent layer.
 */
function confidenceOf({ nodes }: Network, weights: Weights, assumptions: Assumptions, unstable: boolean): Confidence {
  if (weights.assumed || assumptions.deciding) return 'low';
  return unstable || assumptions.made || nodes.some(({ op }) => !plain.has(op.kind)) ? 'medium' : 'high';
}
