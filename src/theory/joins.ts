import { axisOf, isKnown, type NodeId, type OpOf, type Shape } from '../network';
import { affineState, type State } from './state';

/**
 * The sum of tensors. What comes from different random weights is independent up to its mean; one tensor added to itself is
 * scaled; anything else that shares its randomness is not known.
 */
export function sum(inputs: readonly State[]): State | undefined {
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
    unitAxis: unitAxisOf(inputs),
    sources,
  };
}

/** The product of independent tensors (a gate); undefined where they share their randomness. */
export function independentProduct(inputs: readonly State[]): State | undefined {
  const sources = disjointUnion(inputs);
  return (
    sources && {
      secondMoment: inputs.reduce((product, state) => product * state.secondMoment, 1),
      mean: inputs.reduce((product, state) => product * state.mean, 1),
      crossMoment: inputs.reduce((product, state) => product * state.crossMoment, 1),
      unitAxis: unitAxisOf(inputs),
      sources,
    }
  );
}

/** Tensors side by side: their moments, weighted by size. Undefined where sizes are unknown and moments differ. */
export function joined(
  op: OpOf<'concat'>,
  inputs: readonly State[],
  shapes: readonly (Shape | undefined)[],
): State | undefined {
  const [first] = inputs;
  if (!first) return undefined;
  const sizes = shapes.map((shape) => {
    const axis = shape && axisOf(op.axis, shape.length);
    const size = axis === undefined ? undefined : shape?.[axis];
    return isKnown(size) ? size : undefined;
  });
  const known = sizes.filter((size) => size !== undefined);
  const alike = inputs.every(
    (state) =>
      state.secondMoment === first.secondMoment && state.mean === first.mean && state.crossMoment === first.crossMoment,
  );
  if (known.length < inputs.length && !alike) return undefined;
  const total = known.reduce((all, size) => all + size, 0);
  const weights = alike || total === 0 ? inputs.map(() => 1 / inputs.length) : known.map((size) => size / total);
  const average = (pick: (state: State) => number): number =>
    inputs.reduce((all, state, index) => all + (weights[index] ?? 0) * pick(state), 0);
  return {
    secondMoment: average((state) => state.secondMoment),
    mean: average((state) => state.mean),
    crossMoment: average((state) => state.crossMoment),
    unitAxis: unitAxisOf(inputs),
    sources: new Set(inputs.flatMap((state) => [...state.sources])),
  };
}

/** All sources, or undefined where one is shared. */
function disjointUnion(inputs: readonly State[]): ReadonlySet<NodeId> | undefined {
  const union = new Set<NodeId>();
  let count = 0;
  for (const { sources } of inputs) {
    count += sources.size;
    for (const source of sources) union.add(source);
  }
  return union.size === count ? union : undefined;
}

function unitAxisOf(inputs: readonly State[]): number | undefined {
  const axes = new Set(inputs.map((state) => state.unitAxis).filter((axis) => axis !== undefined));
  return axes.size === 1 ? [...axes][0] : undefined;
}
