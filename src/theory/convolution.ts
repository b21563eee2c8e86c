import { isKnown, type NodeId, type OpOf, type Shape } from '../network';
import { SourceSet } from './sourceSet';
import type { State } from './state';
import { tapShare, transposedTaps } from './taps';
import type { Weights } from './weights';

/**
 * σ_w² of a transposed convolution: Var(W) times how many products one output is a sum of, C_in/groups · Π kernel/stride inside (methods.md
 * B0.4). It is what a convolution hands back, so that the gradient goes through it as the signal does.
 */
export function transposedGain(
  op: OpOf<'convTranspose'>,
  input: Shape | undefined,
  output: Shape | undefined,
  weights: Weights,
): number | undefined {
  const drawn = weights.scalar(op.weight, 0);
  if (drawn?.mean !== 0 || !isKnown(op.inChannels) || !isKnown(op.groups)) return undefined;
  const taps = transposedTaps(op, input, output);
  return taps === undefined ? undefined : (op.inChannels / op.groups) * taps * drawn.secondMoment;
}

/** A convolution by a kernel that is computed. One that is the same for every input is a weight: its result is new randomness. */
export function dynamicConvolution(
  op: OpOf<'dynamicConv'>,
  [x, kernel]: readonly (State | undefined)[],
  { node, fixed, fan }: { readonly node: NodeId; readonly fixed: boolean; readonly fan: number | undefined },
): State | undefined {
  if (!x || !kernel || fan === undefined || Math.abs(kernel.mean) > 1e-3 * Math.sqrt(kernel.secondMoment))
    return undefined;
  const gain = fan * kernel.secondMoment;
  const shared = fan * (fixed ? kernel.secondMoment : kernel.crossMoment);
  return {
    secondMoment: gain * x.secondMoment,
    mean: 0,
    crossMoment: shared * x.crossMoment,
    unitAxes: [1],
    sources: fixed ? SourceSet.of(node) : SourceSet.union([x.sources, kernel.sources]),
  };
}

/** How many products one output is a sum of, borders counted by their share. */
export function fanOf(
  op: OpOf<'dynamicConv'>,
  input: Shape | undefined,
  output: Shape | undefined,
): number | undefined {
  if (!isKnown(op.inChannels) || !isKnown(op.groups) || !op.kernel.every(isKnown)) return undefined;
  const taps = op.kernel.reduce((product, size) => product * size, 1);
  return (op.inChannels / op.groups) * taps * tapShare(op, input, output);
}
