import type { Activation } from '../network';
import type { Profile } from './borders';
import type { SourceSet } from './sourceSet';

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
  /** The axes of units, counted from the front; all other axes but the batch are positions. Undefined where they are not known. */
  readonly unitAxes: readonly number[] | undefined;
  /** The nodes (or units of nodes) whose own randomness x comes from. Tensors without a common one are independent. */
  readonly sources: SourceSet;
  /** Set while x = φ(u) of a Gaussian u: max-pooling, which commutes with φ, needs to know. Otherwise x itself counts as Gaussian. */
  readonly law?: GaussianLaw;
  /** E[x_ij x_ik] of two entries of one row, where that is not `crossMoment`: scores, whose last axis runs over the keys of a query. */
  readonly rowMoment?: number;
  /** Of scores, and of what is added to them: those of keys behind the query were masked. */
  readonly causal?: true;
  /** Masked all over: what stands in its place in scores is not to count. */
  readonly hides?: true;
  /** How the second moment lies over the axes of space, where it is not even. */
  readonly profile?: Profile;
  /** E[x_p x_p'] of two places of one input, where borders make it less than `crossMoment`; where q is at its mean (see `profile`). */
  readonly placeMoment?: number;
  /** Rows of the last axis are weights that sum to one. */
  readonly averaging?: Averaging;
}

/** Of weights aᵢⱼ with Σⱼ aᵢⱼ = 1: E[Σⱼ aᵢⱼ²], and E[Σⱼ aᵢⱼ aₖⱼ] of two rows. */
export interface Averaging {
  readonly own: number;
  readonly shared: number;
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

/** Var[x] over units and inputs. */
export function varianceOf({ secondMoment, mean }: Pick<State, 'secondMoment' | 'mean'>): number {
  return Math.max(0, secondMoment - mean * mean);
}

/** The state after x ↦ factor·x + offset. */
export function affineState(state: State, factor: number, offset: number): State {
  const { secondMoment, mean, crossMoment, unitAxes, sources, rowMoment, causal, profile, placeMoment } = state;
  const shift = 2 * factor * offset * mean + offset * offset;
  return {
    secondMoment: factor * factor * secondMoment + shift,
    mean: factor * mean + offset,
    crossMoment: factor * factor * crossMoment + shift,
    unitAxes,
    sources,
    ...(rowMoment !== undefined && { rowMoment: factor * factor * rowMoment + shift }),
    ...(causal && { causal }),
    ...(profile && { profile }),
    ...(placeMoment !== undefined && { placeMoment: factor * factor * placeMoment + shift }),
  };
}

/** All numbers are finite: what has overflowed is not followed any further. */
export function isFiniteState({ secondMoment, mean, crossMoment }: State): boolean {
  return Number.isFinite(secondMoment) && Number.isFinite(mean) && Number.isFinite(crossMoment);
}

function moments({ secondMoment, mean, crossMoment }: State): Pick<State, 'secondMoment' | 'mean' | 'crossMoment'> {
  return { secondMoment, mean, crossMoment };
}
