import { isKnown, type OpOf, type Shape } from '../network';
import type { State } from './state';

/**
 * Interpolation: each output is a weighted mean of its neighbours, which correlate as two positions do. Σw² over outputs is what is left
 * of what they do not share, and of the squared gradient on its way back. It is 1 for `nearest`.
 */
export function upsampled(
  op: OpOf<'upsample'>,
  state: State,
  input: Shape | undefined,
  output: Shape | undefined,
): State {
  const { secondMoment, mean, crossMoment, unitAxes, sources } = state;
  if (op.mode === 'nearest') return state;
  const share = squaredWeights(op, input, output);
  return { secondMoment: crossMoment + share * (secondMoment - crossMoment), mean, crossMoment, unitAxes, sources };
}

/** Σw² of one output, averaged over outputs. */
export function squaredWeights(op: OpOf<'upsample'>, input: Shape | undefined, output: Shape | undefined): number {
  const { target, mode } = op;
  if (mode === 'nearest') return 1;
  const axes = target.kind === 'scale' ? target.factors.length : target.sizes.length;
  let share = 1;
  for (let axis = 0; axis < axes; axis += 1) {
    const [from, to] = [input?.[input.length - axes + axis], output?.[output.length - axes + axis]];
    const factor = target.kind === 'scale' ? target.factors[axis] : undefined;
    const places =
      isKnown(from) && isKnown(to) && to > 0 ? placesOf(from, to, op.alignCorners) : phasesOf(factor ?? NaN);
    share *= places.reduce((sum, place) => sum + kernel[mode](place - Math.floor(place)), 0) / places.length;
  }
  return share;
}

/** Where the outputs lie among the inputs. */
function placesOf(from: number, to: number, alignCorners: boolean): readonly number[] {
  return Array.from({ length: to }, (_, at) => {
    if (from === to) return at;
    const place = alignCorners ? (to > 1 ? (at * (from - 1)) / (to - 1) : 0) : ((at + 0.5) * from) / to - 0.5;
    return Math.max(0, Math.min(from - 1, place));
  });
}

/** Far from the borders, by a whole factor; else all phases alike. */
function phasesOf(factor: number): readonly number[] {
  const count = Number.isInteger(factor) && factor > 0 ? factor : 16;
  return Array.from({ length: count }, (_, at) => (at + 0.5) / count - 0.5);
}

/** Σw² of one axis at a phase in [0, 1). */
const kernel: Readonly<Record<'linear' | 'cubic', (phase: number) => number>> = {
  linear: (t) => (1 - t) ** 2 + t ** 2,
  // Keys 1981 with the a = −3/4 of PyTorch.
  cubic: (t) => near(t) ** 2 + near(1 - t) ** 2 + far(1 + t) ** 2 + far(2 - t) ** 2,
};
const near = (x: number): number => (1.25 * x - 2.25) * x * x + 1;
const far = (x: number): number => ((-0.75 * x + 3.75) * x - 6) * x + 3;

/** Padding puts a constant at a share of the places; what it copies from the tensor changes no moment. */
export function padded(op: OpOf<'pad'>, state: State, input: Shape | undefined, output: Shape | undefined): State {
  const share = paddedShare(op, input, output);
  if (share === 1) return state;
  const { secondMoment, mean, crossMoment, unitAxes, sources } = state;
  const { value } = op;
  const rest = 1 - share;
  return {
    secondMoment: share * secondMoment + rest * value ** 2,
    mean: share * mean + rest * value,
    crossMoment: share ** 2 * crossMoment + 2 * share * rest * value * mean + rest ** 2 * value ** 2,
    unitAxes,
    sources,
  };
}

/** The share of the elements that come from the input; 1 where sizes are unknown, since borders are small. */
export function paddedShare({ mode, pads }: OpOf<'pad'>, input: Shape | undefined, output: Shape | undefined): number {
  if (mode !== 'constant' || !input || !output) return 1;
  let share = 1;
  for (let axis = 1; axis <= pads.length; axis += 1) {
    const [from, to] = [input.at(-axis), output.at(-axis)];
    if (isKnown(from) && isKnown(to) && to > 0) share *= Math.min(1, from / to);
  }
  return share;
}
