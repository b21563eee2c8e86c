import { isKnown, type Convolution, type Shape } from '../network';
import { paddingBefore } from './taps';

/**
 * How second moments, or squared gradients, lie over each axis of space, relative to their mean; undefined where they are the same everywhere. Zero
 * padding thins what is near a border, and the next convolution looks at it again: on small maps a mean share a layer would be wrong by a tenth a
 * layer. Of axes that are treated alike it is a product.
 */
export type Profile = readonly (Float64Array | undefined)[];

export interface Spread {
  /** The mean of the result, of an operand of mean 1 and taps that sum to one. */
  readonly share: number;
  readonly profile: Profile;
}

/** Of products of two places, which only share the taps at which both look at the input: the mean over pairs, of operands that correlate by 1. */
export function pairShare(op: Convolution, input: Shape | undefined, output: Shape | undefined, over: Profile): number {
  return axesOf(op, input, output).reduce((product, taps, axis) => {
    if (!taps) return product * evenness([over[axis]]);
    let sum = 0;
    for (let tap = 0; tap < taps.kernel; tap += 1) {
      let seen = 0;
      for (let place = 0; place < taps.places; place += 1) {
        const index = taps.at(place, tap);
        if (index >= 0 && index < taps.size) seen += Math.sqrt(over[axis]?.[index] ?? 1);
      }
      sum += (seen / taps.places) ** 2 / taps.kernel;
    }
    return product * sum;
  }, 1);
}

/** Of axes longer than this the borders are nothing. */
const LONGEST = 4096;
const EVEN = 1e-9;

/** A convolution forward: each place of the output is a mean over its taps. */
export function gathered(op: Convolution, input: Shape | undefined, output: Shape | undefined, over: Profile): Spread {
  return alongAxes(op, input, output, ({ size, places, kernel, at }, axis) => {
    const from = over[axis];
    const result = new Float64Array(places);
    for (let tap = 0; tap < kernel; tap += 1)
      for (let place = 0; place < places; place += 1) {
        const index = at(place, tap);
        if (index >= 0 && index < size) result[place] = (result[place] ?? 0) + (from?.[index] ?? 1) / kernel;
      }
    return result;
  });
}

/** And back: each place of the input gets from the places that looked at it. */
export function scattered(op: Convolution, input: Shape | undefined, output: Shape | undefined, over: Profile): Spread {
  return alongAxes(op, input, output, ({ size, places, kernel, at }, axis) => {
    const from = over[axis];
    const result = new Float64Array(size);
    // Scaled to sum to what the output's mean of 1 hands on to each place of the input.
    for (let tap = 0; tap < kernel; tap += 1)
      for (let place = 0; place < places; place += 1) {
        const index = at(place, tap);
        if (index >= 0 && index < size)
          result[index] = (result[index] ?? 0) + ((from?.[place] ?? 1) * size) / (kernel * places);
      }
    return result;
  });
}

interface AxisTaps {
  readonly size: number;
  readonly places: number;
  readonly kernel: number;
  /** Where a tap of a place of the output lies on the input. */
  readonly at: (place: number, tap: number) => number;
}

function alongAxes(
  op: Convolution,
  input: Shape | undefined,
  output: Shape | undefined,
  spread: (axis: AxisTaps, index: number) => Float64Array,
): Spread {
  let share = 1;
  const profile = axesOf(op, input, output).map((taps, axis) => {
    if (!taps) return undefined;
    const result = spread(taps, axis);
    const mean = result.reduce((sum, value) => sum + value, 0) / result.length;
    share *= mean;
    return mean > 0 ? evened(result.map((value) => value / mean)) : undefined;
  });
  return { share, profile };
}

/** Undefined where a size is unknown, or so large that borders do not count. */
function axesOf(
  op: Convolution,
  input: Shape | undefined,
  output: Shape | undefined,
): readonly (AxisTaps | undefined)[] {
  return op.kernel.map((kernel, axis) => {
    const [size, places, stride, dilation] = [
      input?.[axis + 2],
      output?.[axis + 2],
      op.stride[axis],
      op.dilation[axis],
    ];
    if (!isKnown(kernel) || !isKnown(size) || !isKnown(places) || !isKnown(stride) || !isKnown(dilation))
      return undefined;
    const before = paddingBefore(op, axis, (places - 1) * stride + dilation * (kernel - 1) + 1 - size);
    if (before === undefined || places < 1 || Math.max(size, places) > LONGEST) return undefined;
    return { size, places, kernel, at: (place, tap) => place * stride + tap * dilation - before };
  });
}

const evened = (profile: Float64Array): Float64Array | undefined =>
  profile.some((value) => Math.abs(value - 1) > EVEN) ? profile : undefined;

/** Of a sum of parts of these sizes: their profiles by weight. */
export function mixedProfile(parts: readonly (readonly [profile: Profile | undefined, weight: number])[]): Profile {
  const total = parts.reduce((sum, [, weight]) => sum + weight, 0);
  const axes = Math.max(0, ...parts.map(([profile]) => profile?.length ?? 0));
  return Array.from({ length: axes }, (_, axis) => {
    const length = parts.reduce((found, [profile]) => found || (profile?.[axis]?.length ?? 0), 0);
    if (length === 0 || !(total > 0)) return undefined;
    const result = new Float64Array(length);
    for (const [profile, weight] of parts) {
      const own = profile?.[axis];
      if (own && own.length !== length) return undefined;
      for (let place = 0; place < length; place += 1)
        result[place] = (result[place] ?? 0) + ((own?.[place] ?? 1) * weight) / total;
    }
    return result;
  });
}

/** What is spread evenly (a bias) besides the share that is not. */
export function flattened(profile: Profile, share: number): Profile {
  return profile.map((axis) => axis?.map((value) => 1 + (value - 1) * share));
}

/** Pointwise, where q ↦ q^exponent: the same profile, to that power, of mean 1. */
export function raised(profile: Profile, exponent: number): Profile {
  if (exponent === 1) return profile;
  return profile.map((axis) => {
    const powers = axis?.map((value) => value ** exponent);
    const mean = powers && powers.reduce((sum, value) => sum + value, 0) / powers.length;
    return mean ? powers.map((value) => value / mean) : undefined;
  });
}

/** Two different places multiply with less than the mean of each with itself: E[√p]² of each axis. */
export function evenness(profile: Profile | undefined): number {
  return (profile ?? []).reduce((product, axis) => {
    if (!axis) return product;
    return product * (axis.reduce((sum, value) => sum + Math.sqrt(value), 0) / axis.length) ** 2;
  }, 1);
}
