/** What train.py measures of a model. Numbers that are not finite come as text. */
export interface Measurement {
  readonly start: Look;
  readonly end: Look;
  readonly runs: readonly Run[];
}

/** What one batch shows of a model as it stands. */
export interface Look {
  readonly loss: number | string;
  /** ‖∂L/∂W‖ of the first weight over that of the last; null where the last has none. */
  readonly gradientRatio: number | string | null;
  /** The smallest of these norms over the largest. */
  readonly gradientRange: number | string;
  /** By how much the output differs between inputs, relative to its size. */
  readonly spread: number | string;
  /** Of the worst layer, the share of rectified units that give nothing for the whole batch, and of squashed values at an end. */
  readonly dead: number;
  readonly saturated: number;
  /** The share of weights whose units are all alike. */
  readonly identical: number;
}

/** One training of some hundred steps. */
export interface Run {
  readonly optimiser: 'sgd' | 'adam';
  readonly rate: number;
  readonly seed: number;
  /** Of fresh samples, over the last steps. */
  readonly accuracy: number;
  readonly steps: number;
  /** The step at which the loss was not finite any more. */
  readonly nonFinite?: number;
}

/** `slow`: it learns, but with one of the two optimisers only, or by half. The others do not learn at all. */
export const labels = [
  'trains',
  'slow',
  'vanishes',
  'explodes',
  'diverges',
  'saturates',
  'dies',
  'symmetric',
  'stalls',
] as const;
export type Label = (typeof labels)[number];

/** Not at all: what is slow learns. */
export const fails = (label: Label): boolean => label !== 'trains' && label !== 'slow';

/** Chance is 0.1. */
const TRAINED = 0.85;
const LEARNS = 0.5;

/** What became of a model, and if it does not learn, what was seen of the cause. */
export function labelOf({ start, end, runs }: Measurement): Label {
  const [sgd, adam] = [accuracy(runs, 'sgd'), accuracy(runs, 'adam')];
  const [worse, better] = [Math.min(sgd, adam), Math.max(sgd, adam)];
  // Whatever the rest of the network makes of it: these weights do not learn.
  if (end.identical > 0) return 'symmetric';
  if (worse >= TRAINED) return 'trains';
  if (better >= TRAINED || worse >= LEARNS) return 'slow';
  const ratio = number(start.gradientRatio);
  if (!(number(start.loss) < 1e3) || ratio > 1e3) return 'explodes';
  if (runs.filter(({ nonFinite }) => nonFinite !== undefined).length > runs.length / 2) return 'diverges';
  if (start.dead === 1) return 'dies';
  if (start.saturated > 0.5) return 'saturates';
  if (number(start.gradientRange) < 1e-2 || number(start.spread) < 1e-2) return 'vanishes';
  return end.dead > 0.9 ? 'dies' : 'stalls';
}

/** The best over the rates, with the seed that does worst. */
export function accuracy(runs: readonly Run[], optimiser: Run['optimiser']): number {
  const best = new Map<number, number>();
  for (const run of runs)
    if (run.optimiser === optimiser) best.set(run.seed, Math.max(run.accuracy, best.get(run.seed) ?? 0));
  return Math.min(...best.values());
}

/** Infinite and not a number come as `inf` and `nan`. */
const number = (value: number | string | null): number =>
  typeof value === 'number' ? value : value === null ? 0 : Infinity;
