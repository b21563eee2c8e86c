import type { Activation, NodeId } from '../network';

/** The forward state of one tensor in mean-field theory: over units, over draws of the weights, over pairs of inputs. */
export interface State {
  /** q = E[x²] a unit. */
  readonly secondMoment: number;
  /** E[x] over units. */
  readonly mean: number;
  /**
   * E[x_a x_b] of two different inputs, at one unit: c·q. Two positions (of space, of a sequence) of one input are taken to be as
   * correlated as two inputs: both start independent, and every operation but pooling treats them alike.
   */
  readonly crossMoment: number;
  /** The axis of units, counted from the front; all other axes but the batch are positions. Undefined where it is not known. */
  readonly unitAxis: number | undefined;
  /** The nodes whose own randomness x comes from. Tensors without a common one are independent. */
  readonly sources: ReadonlySet<NodeId>;
  /** Set while x = φ(u) of a Gaussian u: max-pooling, which commutes with φ, needs to know. Otherwise x itself counts as Gaussian. */
  readonly law?: GaussianLaw;
}

/** x = φ(u), u Gaussian of these moments. */
export interface GaussianLaw {
  readonly activation: Activation;
  readonly secondMoment: number;
  readonly mean: number;
  readonly crossMoment: number;
}

/** The Gaussian behind x. */
export function lawOf(state: State): GaussianLaw {
  return state.law ?? { activation: { kind: 'linear' }, ...moments(state) };
}

/** c, of any sign; 1 for a tensor that is zero everywhere. */
export function correlationOf({ secondMoment, crossMoment }: Pick<State, 'secondMoment' | 'crossMoment'>): number {
  return secondMoment > 0 ? Math.max(-1, Math.min(1, crossMoment / secondMoment)) : 1;
}

/** The state after x ↦ factor·x + offset. */
export function affineState(state: State, factor: number, offset: number): State {
  const { secondMoment, mean, crossMoment, unitAxis, sources } = state;
  const shift = 2 * factor * offset * mean + offset * offset;
  return {
    secondMoment: factor * factor * secondMoment + shift,
    mean: factor * mean + offset,
    crossMoment: factor * factor * crossMoment + shift,
    unitAxis,
    sources,
  };
}

/** All numbers are finite: what has overflowed is not followed any further. */
export function isFiniteState({ secondMoment, mean, crossMoment }: State): boolean {
  return Number.isFinite(secondMoment) && Number.isFinite(mean) && Number.isFinite(crossMoment);
}

function moments({ secondMoment, mean, crossMoment }: State): Pick<State, 'secondMoment' | 'mean' | 'crossMoment'> {
  return { secondMoment, mean, crossMoment };
}
