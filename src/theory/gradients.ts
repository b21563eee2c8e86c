import type { Network, Node } from '../network';
import { backward } from './backward';
import { mixedProfile, scattered, type Profile, type Spread } from './borders';
import { logVarianceGain } from './fluctuation';
import type { Surroundings } from './forward';
import { sharedTransfer } from './sharedGradient';
import type { State } from './state';

/** By node, on the way back from the outputs. */
export interface Gradients {
  /** E‖∂L/∂x‖² over the whole tensor, relative to the outputs. */
  readonly gradients: readonly (number | undefined)[];
  /** Var[ln‖g‖²] between draws of the weights; NaN where there is no gradient. */
  readonly logVariances: readonly number[];
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

/** Whether positions meet each other on averages, so that what gradients of different positions share matters. */
const averages = (network: Network, states: readonly (State | undefined)[]): boolean =>
  network.nodes.some(({ id, op }) => op.kind === 'attention' || states[id]?.averaging !== undefined);

/**
 * A gradient is the sum of what the consumers of a tensor hand back: independent parts, so that squared norms add. Between draws of the weights
 * they are taken to be large together, since most of what they went through is the same.
 */
export function gradientsOf(
  network: Network,
  surroundings: readonly Surroundings[],
  states: readonly (State | undefined)[],
): Gradients {
  const { nodes, outputs } = network;
  const scores = scoresOf(network);
  const atOutput = nodes.map(({ id }) => outputs.includes(id));
  const reached = [...atOutput];
  const gradients: (number | undefined)[] = nodes.map(({ id }) => (atOutput[id] ? 1 : 0));
  // Of each tensor the sum of its parts, times their deviations.
  const deviations = new Float64Array(nodes.length);
  const profiles: (Profile | undefined)[] = [];
  // E‖Σ∂L/∂xₚ‖² of the sum over its positions p: the same as E‖∂L/∂x‖² where they have nothing in common.
  const summed = averages(network, states) ? Float64Array.from(gradients, (own) => own ?? 0) : undefined;
  for (let id = nodes.length - 1; id >= 0; id -= 1) {
    const around = surroundings[id];
    if (!around) continue;
    const { node } = around;
    if (!reached[node.id]) {
      gradients[node.id] = undefined;
      continue;
    }
    const own = gradients[node.id];
    const logVariance = own ? ((deviations[node.id] ?? 0) / own) ** 2 : 0;
    const isHead = atOutput[node.id] ?? false;
    const spread = spreadBefore(around, profiles[node.id]);
    const place = { atOutput: isHead, towardsSoftmax: scores[node.id] ?? false, share: spread.share };
    for (let index = 0; index < node.inputs.length; index += 1) {
      const input = node.inputs[index] ?? 0;
      const before = gradients[input];
      const factor = backward(index, around, place);
      reached[input] = true;
      if (isHead && isTransparent(node) && node.inputs.length === 1) atOutput[input] = true;
      if (factor === undefined || own === undefined || before === undefined) {
        gradients[input] = undefined;
        continue;
      }
      let part = factor * own;
      if (summed) {
        const total = summed[node.id] ?? 0;
        const { mixing, whole, shared } = sharedTransfer(index, factor, around);
        part += mixing * (total - own);
        summed[input] = (summed[input] ?? 0) + whole * own + shared * total;
      }
      gradients[input] = before + part;
      if (before === 0) profiles[input] = spread.profile;
      else if (spread.profile || profiles[input])
        profiles[input] = mixedProfile([
          [profiles[input], before],
          [spread.profile, part],
        ]);
      const variance = logVariance + logVarianceGain(node.op, around.states[index], around.shapes[index]);
      deviations[input] = (deviations[input] ?? 0) + part * Math.sqrt(variance);
    }
  }
  const logVariances = gradients.map((own, id) => (own ? ((deviations[id] ?? 0) / own) ** 2 : NaN));
  return { gradients, logVariances };
}

/** Where the squared gradient lies before an operation: as behind it, where places are kept. */
function spreadBefore({ node, shapes }: Surroundings, profile: Profile | undefined): Spread {
  if (node.op.kind === 'conv') return scattered(node.op, shapes[0], node.shape, profile);
  return { share: 1, profile: placewise.has(node.op.kind) ? profile : undefined };
}

const placewise: ReadonlySet<string> = new Set([
  'activation',
  'add',
  'multiply',
  'affine',
  'scale',
  'dropout',
  'identity',
  'batchNorm',
  'groupNorm',
  'localResponseNorm',
]);

/** What an output may pass through on its way out of the network, so that a softmax before it is still at the output. */
function isTransparent({ op }: Node): boolean {
  return op.kind === 'identity' || op.kind === 'flatten' || op.kind === 'reshape' || op.kind === 'permute';
}
