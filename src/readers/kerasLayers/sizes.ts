import type { Dim } from '../../network';

const spaceNames = [['L'], ['H', 'W'], ['D', 'H', 'W']] as const;

/** Sizes that are open until the model runs, by the place that they have in a sample. */
export function openSize(axis: number, rank: number): Dim {
  return { symbol: spaceNames[rank - 2]?.[axis] ?? `N${axis}` };
}
