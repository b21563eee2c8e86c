import type { Network, NodeId } from '../network';
import { depthSignal } from './depth';
import { flowOf, forwardFlow } from './flow';
import { UNKNOWN_WIDTH } from './fluctuation';
import type { InputMoments } from './forward';
import type { DepthSignal } from './report';
import type { Weights } from './weights';

const wavering: ReadonlySet<string> = new Set(['gelu', 'silu', 'mish', 'hardswish']);

/**
 * Where fixed points are unstable (GELU, SiLU, Mish with few biases), the small differences of q between seeds, of relative
 * deviation about √(2·depth/width), are amplified from layer to layer: the gains of both ends of two deviations are a range.
 * Undefined where they are not amplified.
 */
export function unstableRange(
  network: Network,
  weights: Weights,
  data: InputMoments,
  path: readonly NodeId[],
  depth: DepthSignal,
): readonly [number, number] | undefined {
  const atRisk = network.nodes.some(({ op }) => op.kind === 'activation' && wavering.has(op.activation.kind));
  const [first, last] = [path[0], path.at(-1)];
  if (!atRisk || first === undefined || last === undefined) return undefined;
  const spread = Math.min(0.9, 2 * Math.sqrt((2 * depth.steps) / narrowest(network, path)));
  const [low, high] = [1 - spread, 1 + spread].map((factor) => ({
    secondMoment: data.secondMoment * factor,
    mean: data.mean * Math.sqrt(factor),
    crossMoment: data.crossMoment * factor,
  }));
  if (!low || !high) return undefined;
  const lastOf = (moved: InputMoments): number =>
    forwardFlow(network, weights, moved).states[last]?.secondMoment ?? NaN;
  const amplification = Math.log(lastOf(high) / lastOf(low)) / Math.log((1 + spread) / (1 - spread));
  if (!Number.isFinite(amplification) || amplification < 1.1) return undefined;
  const gains = [low, high].map((moved) => depthSignal(network, path, flowOf(network, weights, moved))?.logGain ?? NaN);
  return gains.every(Number.isFinite) ? [Math.min(...gains), Math.max(...gains)] : undefined;
}

function narrowest({ nodes }: Network, path: readonly NodeId[]): number {
  let width = Infinity;
  // The last layer is the output: its width does not matter to what is before it.
  for (const id of path.slice(0, -1)) {
    const op = nodes[id]?.op;
    const size = op?.kind === 'linear' ? op.outFeatures : op?.kind === 'conv' ? op.outChannels : undefined;
    if (typeof size === 'number') width = Math.min(width, size);
  }
  return Number.isFinite(width) && width > 0 ? width : UNKNOWN_WIDTH;
}
