import type { NodeId, OpOf, Shape } from '../network';
import { SourceSet } from './sourceSet';
import type { State } from './state';
import type { Weights } from './weights';

/**
 * Rows of a table by whole numbers. Rows are drawn independently, so that two tokens have nothing in common but the mean; where all
 * indices are the same number (token types) it is one row everywhere.
 */
export function embedded(
  { weight }: OpOf<'embedding'>,
  indices: State | undefined,
  shape: Shape | undefined,
  node: NodeId,
  weights: Weights,
): State | undefined {
  const drawn = weights.scalar(weight, 0);
  if (!drawn) return undefined;
  const { mean, secondMoment } = drawn;
  const oneRow = indices?.sources.isEmpty === true && indices.secondMoment === indices.mean ** 2;
  return {
    mean,
    secondMoment,
    crossMoment: oneRow ? secondMoment : mean * mean,
    unitAxes: shape && [shape.length - 1],
    sources: SourceSet.of(node),
  };
}
