import type { OpOf, Shape } from '../network';
import { isUnitAxis, sizeAt } from './axes';
import { mixedProfile } from './borders';
import { SourceSet } from './sourceSet';
import { affineState, type State } from './state';

/**
 * The sum of tensors. What comes from different random weights is independent up to its mean; one tensor added to itself is
 * scaled; anything else that shares its randomness is not known.
 */
export function sum(inputs: readonly State[], shapes: readonly (Shape | undefined)[]): State | undefined {
  const [first] = inputs;
  if (!first) return undefined;
  if (inputs.every((state) => state === first)) return affineState(first, inputs.length, 0);
  const sources = disjointUnion(inputs);
  if (!sources) return undefined;
  const mean = inputs.reduce((total, state) => total + state.mean, 0);
  // E[(Σ xᵢ)²] = Σ E[xᵢ²] + Σ_{i≠j} mᵢ mⱼ
  const across = mean ** 2 - inputs.reduce((total, state) => total + state.mean ** 2, 0);
  return {
    secondMoment: inputs.reduce((total, state) => total + state.secondMoment, across),
    mean,
    crossMoment: inputs.reduce((total, state) => total + state.crossMoment, across),
    unitAxes: unitAxesOfAll(inputs, shapes),
    sources,
    ...(inputs.some(({ profile }) => profile) && {
      profile: mixedProfile(inputs.map(({ profile, secondMoment }) => [profile, secondMoment] as const)),
    }),
    ...rowOf(inputs, (rows) => rows.reduce((total, row) => total + row, across)),
    ...(inputs.some(({ causal }) => causal) && { causal: true }),
  };
}

/** What is known of rows: tensors that have none of their own correlate in a row as everywhere. */
function rowOf(inputs: readonly State[], combine: (rows: readonly number[]) => number): Pick<State, 'rowMoment'> {
  if (inputs.every(({ rowMoment }) => rowMoment === undefined)) return {};
  return { rowMoment: combine(inputs.map(({ rowMoment, crossMoment }) => rowMoment ?? crossMoment)) };
}

/**
 * The product of independent tensors (a gate); undefined where they share their randomness. Two dense layers of one input are
 * independent (GLU, SwiGLU): given the input, their units come from different weights.
 */
export function independentProduct(
  inputs: readonly State[],
  shapes: readonly (Shape | undefined)[],
): State | undefined {
  const unitAxes = unitAxesOfAll(inputs, shapes);
  // What starts at zero is zero times anything.
  if (inputs.some(({ secondMoment }) => secondMoment === 0))
    return { secondMoment: 0, mean: 0, crossMoment: 0, unitAxes, sources: SourceSet.none };
  const sources = disjointUnion(inputs);
  return (
    sources && {
      secondMoment: inputs.reduce((product, state) => product * state.secondMoment, 1),
      mean: inputs.reduce((product, state) => product * state.mean, 1),
      crossMoment: inputs.reduce((product, state) => product * state.crossMoment, 1),
      unitAxes,
      sources,
      ...rowOf(inputs, (rows) => rows.reduce((product, row) => product * row, 1)),
      ...(inputs.some(({ causal }) => causal) && { causal: true }),
    }
  );
}

/**
 * Tensors side by side: their moments, weighted by size. Along units each keeps what two inputs share; along positions (a class token
 * before the others) two positions mostly come from different tensors. Undefined where sizes are unknown and moments differ.
 */
export function joined(
  op: OpOf<'concat'>,
  inputs: readonly State[],
  shapes: readonly (Shape | undefined)[],
): State | undefined {
  const [first] = inputs;
  if (!first) return undefined;
  const sizes = shapes.map((shape) => sizeAt(shape, op.axis));
  const known = sizes.filter((size) => size !== undefined);
  const total = known.reduce((all, size) => all + size, 0);
  const alike = inputs.every(
    (state) =>
      state.secondMoment === first.secondMoment && state.mean === first.mean && state.crossMoment === first.crossMoment,
  );
  // Of one size that is not known it is the many: positions beside a token of their own.
  const rest = known.length === inputs.length - 1 && known.every((size) => size === 1);
  if (known.length < inputs.length && !alike && !rest) return undefined;
  const weights = inputs.map((_, index) => {
    if (alike || total === 0) return 1 / inputs.length;
    return rest && known.length < inputs.length ? Number(sizes[index] === undefined) : (sizes[index] ?? 0) / total;
  });
  const average = (pick: (state: State) => number): number =>
    inputs.reduce((all, state, index) => all + (weights[index] ?? 0) * pick(state), 0);
  const alongUnits = isUnitAxis(first, op.axis, shapes[0]);
  return {
    secondMoment: average((state) => state.secondMoment),
    mean: average((state) => state.mean),
    crossMoment: alongUnits ? average((state) => state.crossMoment) : sharedAlong(inputs, weights),
    unitAxes: unitAxesOfAll(inputs, shapes),
    sources: SourceSet.union(inputs.map((state) => state.sources)),
  };
}

/** E[x y] of two positions, each in whichever tensor: what has a source in common is taken to be as correlated as each is in itself. */
function sharedAlong(inputs: readonly State[], weights: readonly number[]): number {
  let shared = 0;
  for (const [i, a] of inputs.entries())
    for (const [j, b] of inputs.entries()) {
      const related = i === j || a.sources.overlaps(b.sources);
      const pair = related ? (a.crossMoment + b.crossMoment) / 2 : a.mean * b.mean;
      shared += (weights[i] ?? 0) * (weights[j] ?? 0) * pair;
    }
  return shared;
}

/** All sources, or undefined where one is shared. */
export function disjointUnion(inputs: readonly State[]): SourceSet | undefined {
  for (const [index, { sources }] of inputs.entries())
    for (let other = index + 1; other < inputs.length; other += 1)
      if (inputs[other]?.sources.overlaps(sources)) return undefined;
  return SourceSet.union(inputs.map((state) => state.sources));
}

/** The axes of units of tensors that are joined element by element: those of one that the others are broadcast to. */
export function unitAxesOfAll(
  inputs: readonly State[],
  shapes: readonly (Shape | undefined)[],
): readonly number[] | undefined {
  let best: State['unitAxes'];
  let most = -1;
  for (const [index, { unitAxes }] of inputs.entries()) {
    const shape = shapes[index];
    if (!unitAxes || !shape) continue;
    const size = shape.length + shape.filter((dim) => dim !== 1).length / 100;
    if (size > most) [best, most] = [unitAxes, size];
  }
  return best;
}
