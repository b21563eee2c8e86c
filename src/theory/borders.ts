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
  readonly profile: Profile | undefined;
}

/** Of axes longer than this the borders are nothing. */
const LONGEST = 4096;
const EVEN = 1e-9;

/** A convolution forward: each place of the output is a mean over its taps. */
export function gathered(
  op: Convolution,
  input: Shape | undefined,
  output: Shape | undefined,
  over: Profile | undefined,
): Spread {
  return alongAxes(op, input, output, (taps, axis) => {
    const from = over?.[axis];
    const result = new Float64Array(taps.places);
    for (let tap = 0; tap < taps.kernel; tap += 1) {
      const { first, last, offset } = insideOf(taps, tap);
      for (let place = first; place <= last; place += 1)
        result[place] = (result[place] ?? 0) + (from ? (from[place * taps.stride + offset] ?? 0) : 1);
    }
    return result;
  });
}

/** And back: each place of the input gets from the places that looked at it. */
export function scattered(
  op: Convolution,
  input: Shape | undefined,
  output: Shape | undefined,
  over: Profile | undefined,
): Spread {
  return alongAxes(op, input, output, (taps, axis) => {
    const from = over?.[axis];
    const result = new Float64Array(taps.size);
    for (let tap = 0; tap < taps.kernel; tap += 1) {
      const { first, last, offset } = insideOf(taps, tap);
      for (let place = first; place <= last; place += 1) {
        const index = place * taps.stride + offset;
        result[index] = (result[index] ?? 0) + (from?.[place] ?? 1);
      }
    }
    return result;
  });
}

/** Of products of two places, which only share the taps at which both look at the input: the mean over pairs, of operands that correlate by 1. */
export function pairShare(
  op: Convolution,
  input: Shape | undefined,
  output: Shape | undefined,
  over: Profile | undefined,
): number {
  let product = 1;
  for (let axis = 0; axis < op.kernel.length; axis += 1) {
    const taps = tapsOf(op, axis, input, output);
    const from = over?.[axis];
    if (!taps) continue;
    let sum = 0;
    for (let tap = 0; tap < taps.kernel; tap += 1) {
      const { first, last, offset } = insideOf(taps, tap);
      let seen = from ? 0 : Math.max(0, last - first + 1);
      if (from)
        for (let place = first; place <= last; place += 1) seen += Math.sqrt(from[place * taps.stride + offset] ?? 0);
      sum += (seen / taps.places) ** 2;
    }
    product *= sum / taps.kernel;
  }
  return product;
}

interface AxisTaps {
  readonly size: number;
  readonly places: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** The places of the output at which a tap lies on the input, at place·stride + offset. */
function insideOf({ size, places, stride, dilation, before }: AxisTaps, tap: number) {
  const offset = tap * dilation - before;
  const first = Math.max(0, Math.ceil(-offset / stride));
  const last = Math.min(places - 1, Math.floor((size - 1 - offset) / stride));
  return { first, last, offset };
}

function alongAxes(
  op: Convolution,
  input: Shape | undefined,
  output: Shape | undefined,
  spread: (axis: AxisTaps, index: number) => Float64Array,
): Spread {
  let share = 1;
  let uneven = false;
  const profile: (Float64Array | undefined)[] = [];
  for (let axis = 0; axis < op.kernel.length; axis += 1) {
    profile.push(undefined);
    const taps = tapsOf(op, axis, input, output);
    if (!taps) continue;
    const result = spread(taps, axis);
    let sum = 0;
    for (const value of result) sum += value;
    share *= sum / (taps.kernel * taps.places);
    const mean = sum / result.length;
    let off = false;
    for (let place = 0; place < result.length; place += 1) {
      const value = (result[place] ?? 0) / mean;
      off ||= Math.abs(value - 1) > EVEN;
      result[place] = value;
    }
    if (!off || !(mean > 0)) continue;
    profile[axis] = result;
    uneven = true;
  }
  return { share, profile: uneven ? profile : undefined };
}

/** Undefined where a size is unknown, or so large that borders do not count. */
function tapsOf(
  op: Convolution,
  axis: number,
  input: Shape | undefined,
  output: Shape | undefined,
): AxisTaps | undefined {
  const [kernel, size, places] = [op.kernel[axis], input?.[axis + 2], output?.[axis + 2]];
  const [stride, dilation] = [op.stride[axis], op.dilation[axis]];
  if (!isKnown(kernel) || !isKnown(size) || !isKnown(places) || !isKnown(stride) || !isKnown(dilation))
    return undefined;
  const before = paddingBefore(op, axis, (places - 1) * stride + dilation * (kernel - 1) + 1 - size);
  if (before === undefined || places < 1 || Math.max(size, places) > LONGEST) return undefined;
  return { size, places, kernel, stride, dilation, before };
}

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
