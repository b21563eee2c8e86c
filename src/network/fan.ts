import type { AxisRole, Parameter } from './parameter';
import { product, sameDim, type Dim } from './shape';

/** Sizes of the axes of one role, in order. */
export function axesOf(parameter: Parameter, role: AxisRole): readonly Dim[] {
  return parameter.shape.filter((_, axis) => parameter.axes[axis] === role);
}

/** Connections into one output unit: in-axes × kernel. Undefined where a size is unknown or there is no `in` axis. */
export function fanIn(parameter: Parameter): number | undefined {
  if (!parameter.axes.includes('in')) return undefined;
  return product([...axesOf(parameter, 'in'), ...axesOf(parameter, 'kernel')]);
}

/** Connections out of one input unit, as frameworks count them: out-axes × kernel (groups are not divided out). */
export function fanOut(parameter: Parameter): number | undefined {
  if (!parameter.axes.includes('out')) return undefined;
  return product([...axesOf(parameter, 'out'), ...axesOf(parameter, 'kernel')]);
}

/**
 * fan_in / fan_out. The kernel cancels, and so do equal unknown sizes: a square layer has the ratio 1 whatever its width.
 * Undefined where it cannot be told.
 */
export function fanRatio(parameter: Parameter): number | undefined {
  const into = axesOf(parameter, 'in');
  const out = axesOf(parameter, 'out');
  if (into.length === 0 || out.length === 0) return undefined;
  const left = [...out];
  const rest = into.filter((dim) => {
    const same = left.findIndex((other) => sameDim(dim, other));
    if (same >= 0) left.splice(same, 1);
    return same < 0;
  });
  const numerator = product(rest);
  const denominator = product(left);
  return numerator === undefined || denominator === undefined || denominator === 0
    ? undefined
    : numerator / denominator;
}
