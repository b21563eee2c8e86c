import type { Network, NodeId } from '../network';
import { depthSignal } from './depth';
import { flowOf } from './flow';
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
  const ends = [1 - spread, 1 + spread].map((factor) => {
    const moved = flowOf(network, weights, {
      secondMoment: data.secondMoment * factor,
      mean: data.mean * Math.sqrt(factor),
      crossMoment: data.crossMoment * factor,
    });
    return { logGain: depthSignal(network, path, moved)?.logGain, last: moved.states[last]?.secondMoment };
  });
  const [low, high] = ends;
  if (low?.logGain === undefined || high?.logGain === undefined || !low.last || !high.last) return undefined;
  const amplification = Math.log(high.last / low.last) / Math.log((1 + spread) / (1 - spread));
  if (amplification < 1.1) return undefined;
  return [Math.min(low.logGain, high.logGain), Math.max(low.logGain, high.logGain)];
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
