import { fixedNodes, type Network, type Node, type NodeId } from '../network';
import { Assumptions } from './assumptions';
import { backward } from './backward';
import { logVarianceGain } from './fluctuation';
import { forward, type InputMoments, type Surroundings } from './forward';
import type { State } from './state';
import type { Weights } from './weights';

/** States forward and squared gradient norms backward, by node. */
export interface Flow {
  readonly states: readonly (State | undefined)[];
  readonly gradients: readonly (number | undefined)[];
  /** Var[ln‖g‖²] between draws of the weights, by node; NaN where there is no gradient. */
  readonly logVariances: readonly number[];
  /** The sizes that were assumed on the way. */
  readonly assumptions: Assumptions;
}

/** Through the graph and back. */
export function flowOf(network: Network, weights: Weights, data: InputMoments): Flow {
  const { surroundings, states, assumptions } = forwardFlow(network, weights, data);
  return { states, ...gradientsOf(network, surroundings, states), assumptions };
}

/** Through the graph alone. */
export function forwardFlow(network: Network, weights: Weights, data: InputMoments) {
  const raw = rawNodes(network);
  const fixed = fixedNodes(network);
  const assumptions = new Assumptions();
  const surroundings = network.nodes.map((node): Surroundings => ({
    node,
    preparesInput: raw.has(node.id),
    shapes: node.inputs.map((input) => network.nodes[input]?.shape),
    fixed: node.inputs.map((input) => fixed.has(input)),
    weights,
    assumptions,
    data,
  }));
  const states: (State | undefined)[] = [];
  for (const around of surroundings)
    states.push(
      forward(
        around.node.inputs.map((input) => states[input]),
        around,
      ),
    );
  return { surroundings, states, assumptions };
}

/** The inputs, and what is only a scaled or shifted one: pixels that the network brings into range itself. */
function rawNodes({ nodes }: Network): ReadonlySet<NodeId> {
  const raw = new Set<NodeId>();
  for (const { id, op, inputs } of nodes) {
    const [only] = inputs;
    const scales = op.kind === 'affine' || op.kind === 'identity' || op.kind === 'permute';
    if (op.kind === 'input' || (scales && only !== undefined && raw.has(only))) raw.add(id);
  }
  return raw;
}

/** What is only scaled, shifted by others and masked on its way into softmaxes. */
function scoresOf({ nodes }: Network): readonly boolean[] {
  const only = nodes.map((): boolean | undefined => undefined);
  for (const { id, op, inputs } of nodes.toReversed()) {
    const passes = op.kind === 'softmax' || (passesScores.has(op.kind) && only[id] === true);
    for (const input of inputs) only[input] = passes && only[input] !== false;
  }
  return only.map((own) => own === true);
}

const passesScores: ReadonlySet<string> = new Set([
  'affine',
  'add',
  'where',
  'identity',
  'reshape',
  'squeeze',
  'unsqueeze',
]);

/**
 * A gradient is the sum of what the consumers of a tensor hand back: independent parts, so that squared norms add. Between draws of the weights
 * they are taken to be large together, since most of what they went through is the same.
 */
function gradientsOf(
  network: Network,
  surroundings: readonly Surroundings[],
  states: readonly (State | undefined)[],
): Pick<Flow, 'gradients' | 'logVariances'> {
  const { nodes, outputs } = network;
  const scores = scoresOf(network);
  const atOutput = nodes.map(({ id }) => outputs.includes(id));
  const reached = [...atOutput];
  const gradients: (number | undefined)[] = nodes.map(({ id }) => (atOutput[id] ? 1 : 0));
  // Of each tensor the sum of its parts, times their deviations.
  const deviations = new Float64Array(nodes.length);
  for (const around of surroundings.toReversed()) {
    const { node } = around;
    if (!reached[node.id]) {
      gradients[node.id] = undefined;
      continue;
    }
    const own = gradients[node.id];
    const inputs = node.inputs.map((input) => states[input]);
    const logVariance = own ? ((deviations[node.id] ?? 0) / own) ** 2 : 0;
    const isHead = atOutput[node.id] ?? false;
    const factors = backward({ ...around, inputs, atOutput: isHead, towardsSoftmax: scores[node.id] ?? false });
    for (const [index, input] of node.inputs.entries()) {
      const [factor, before] = [factors[index], gradients[input]];
      reached[input] = true;
      gradients[input] =
        factor === undefined || own === undefined || before === undefined ? undefined : before + factor * own;
      if (factor !== undefined && own !== undefined)
        deviations[input] =
          (deviations[input] ?? 0) +
          factor * own * Math.sqrt(logVariance + logVarianceGain(node.op, inputs[index], around.shapes[index]));
      if (isHead && isTransparent(node) && node.inputs.length === 1) atOutput[input] = true;
    }
  }
  const logVariances = gradients.map((own, id) => (own ? ((deviations[id] ?? 0) / own) ** 2 : NaN));
  return { gradients, logVariances };
}

/** What an output may pass through on its way out of the network, so that a softmax before it is still at the output. */
function isTransparent({ op }: Node): boolean {
  return op.kind === 'identity' || op.kind === 'flatten' || op.kind === 'reshape' || op.kind === 'permute';
}
