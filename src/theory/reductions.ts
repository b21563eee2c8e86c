import { axisOf, product, type OpOf, type Shape } from '../network';
import { isConcentrated } from './activations';
import { usual, type Assumptions } from './assumptions';
import { isUnitAxis, sizeAt, unitAxesOf, withoutAxes } from './axes';
import { averaged, maximum, maximumGradient } from './pooling';
import { SourceSet } from './sourceSet';
import { affineState, varianceOf, type State } from './state';

/**
 * What a reduction over axes leaves. Positions of one unit correlate as two inputs do; units are independent, so that over many of them a
 * mean is nearly a number. Undefined over the batch, and for products.
 */
export function reduced(
  op: OpOf<'reduce'>,
  state: State,
  shape: Shape | undefined,
  assumptions: Assumptions,
): State | undefined {
  const axes = shape && axesOf(op, shape);
  if (!axes || axes.includes(0)) return undefined;
  const result = table[op.how](state, op, axes, shape, assumptions);
  if (!result) return undefined;
  const units = unitAxesOf(state, shape);
  const kept = op.keepDims ? units : withoutAxes(units, axes);
  const sources = isConcentrated(result) ? SourceSet.none : result.sources;
  const { secondMoment, mean, crossMoment } = result;
  return { secondMoment, mean, crossMoment, unitAxes: kept, sources };
}

type Reduction = (
  state: State,
  op: OpOf<'reduce'>,
  axes: readonly number[],
  shape: Shape,
  assumptions: Assumptions,
) => State | undefined;

const linear: Reduction = (state, op, axes, shape, assumptions) => {
  let result: State = state;
  for (const axis of axes) {
    const count = assumptions.sizeOf(shape[axis], usual.pooled);
    result = isUnitAxis(state, axis, shape) ? overUnits(result, count) : averaged(result, count);
    if (op.how === 'sum') result = affineState(result, count, 0);
  }
  return result;
};

/** max, and min as −max(−x): only of units, or only of positions. */
const largest: Reduction = (state, op, axes, shape, assumptions) => {
  const units = axes.filter((axis) => isUnitAxis(state, axis, shape));
  if (units.length > 0 && units.length < axes.length) return undefined;
  const count = countOf(axes, shape, assumptions);
  const [before, sign] = op.how === 'min' ? [affineState(state, -1, 0), -1] : [state, 1];
  const own = units.length > 0 ? { ...before, crossMoment: before.mean ** 2 } : before;
  const result = maximum(units.length > 0 ? { ...own, ...(own.law && { law: unshared(own.law) }) } : own, count);
  return result && affineState(result, sign, 0);
};

const table: Readonly<Record<OpOf<'reduce'>['how'], Reduction>> = {
  mean: linear,
  sum: linear,
  max: largest,
  min: largest,
  product: () => undefined,
  /** √Σx²: of n independent Gaussians E = √2·Γ((n + 1)/2)/Γ(n/2), near √n; what positions share adds up. */
  norm: (state, _op, axes, shape, assumptions) => {
    const square = squares(state, axes, shape, assumptions);
    // E√s = √E[s]·(1 − Var[s]/(8 E[s]²)) to second order.
    const mean = Math.sqrt(square.mean) * Math.max(0.5, 1 - varianceOf(square) / (8 * (square.mean ** 2 || 1)));
    return { ...square, secondMoment: square.mean, mean, crossMoment: mean ** 2 };
  },
  /** Of a sample: what elements do not share, whatever they are. */
  variance: (state, op, axes, shape, assumptions) => {
    const count = countOf(axes, shape, assumptions);
    const common = axes.every((axis) => isUnitAxis(state, axis, shape)) ? state.mean ** 2 : state.crossMoment;
    const spread = Math.max(0, state.secondMoment - common);
    const mean = (spread * (count - 1)) / Math.max(1, count - (op.correction ?? 0));
    const variance = (2 * mean ** 2) / Math.max(1, count);
    return { ...state, secondMoment: mean ** 2 + variance, mean, crossMoment: mean ** 2 };
  },
  /** ln Σe^x, near its mean: ln n + mean + v/2 with v what elements do not share. */
  logSumExp: (state, _op, axes, shape, assumptions) => {
    const count = countOf(axes, shape, assumptions);
    const units = axes.every((axis) => isUnitAxis(state, axis, shape));
    const common = units ? 0 : Math.max(0, state.crossMoment - state.mean ** 2);
    const own = Math.max(0, varianceOf(state) - common);
    const mean = Math.log(count) + state.mean + own / 2;
    const variance = common + Math.log1p(Math.expm1(Math.min(own, 50)) / count);
    return { ...state, secondMoment: mean ** 2 + variance, mean, crossMoment: mean ** 2 + common };
  },
};

/** The factor of the squared gradient; undefined where it is not known. */
export function reducedGradient(
  op: OpOf<'reduce'>,
  state: State | undefined,
  shape: Shape | undefined,
  assumptions: Assumptions,
): number | undefined {
  const axes = shape && axesOf(op, shape);
  if (!axes || !state) return undefined;
  const count = product(axes.flatMap((axis) => shape[axis] ?? []));
  switch (op.how) {
    case 'sum':
      return count;
    // Where the count is not known the gradient before is told as of one position, since only a constant is lost.
    case 'mean':
      return count === undefined ? 1 : 1 / count;
    case 'max':
    case 'min':
      return op.how === 'max' && !axes.some((axis) => isUnitAxis(state, axis, shape))
        ? maximumGradient(state, count)
        : 1;
    // ∂‖x‖/∂x is a unit vector.
    case 'norm':
      return 1;
    case 'variance':
      return (4 * varianceOf(state)) / countOf(axes, shape, assumptions);
    // The weights of a softmax: Σa² of them.
    case 'logSumExp':
      return Math.min(1, Math.exp(Math.min(varianceOf(state), 50)) / countOf(axes, shape, assumptions));
    case 'product':
      return undefined;
  }
}

function axesOf({ axes }: OpOf<'reduce'>, shape: Shape): readonly number[] | undefined {
  const places = axes.map((axis) => axisOf(axis, shape.length));
  const known = places.filter((axis) => axis !== undefined);
  return known.length === axes.length ? known : undefined;
}

const countOf = (axes: readonly number[], shape: Shape, assumptions: Assumptions): number =>
  axes.reduce((count, axis) => count * assumptions.sizeOf(sizeAt(shape, axis), usual.pooled), 1);

/** Σx² over axes: n·q, with the variance of a Gaussian's square, 2v². */
function squares(state: State, axes: readonly number[], shape: Shape, assumptions: Assumptions): State {
  const count = countOf(axes, shape, assumptions);
  const { secondMoment, mean } = state;
  const units = axes.every((axis) => isUnitAxis(state, axis, shape));
  const spread = 2 * (secondMoment ** 2 - mean ** 4);
  const common = units ? 0 : 2 * Math.max(0, state.crossMoment ** 2 - mean ** 4);
  const variance = count * (spread - common) + count ** 2 * common;
  return { ...state, mean: count * secondMoment, secondMoment: (count * secondMoment) ** 2 + Math.max(0, variance) };
}

function overUnits(state: State, count: number): State {
  const { secondMoment, crossMoment, mean, unitAxes, sources } = state;
  const rest = mean * mean;
  return {
    secondMoment: rest + (secondMoment - rest) / count,
    crossMoment: rest + (crossMoment - rest) / count,
    mean,
    unitAxes,
    sources,
  };
}

const unshared = <Law extends { readonly mean: number }>(law: Law): Law => ({ ...law, crossMoment: law.mean ** 2 });
