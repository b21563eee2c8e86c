import type { OpOf } from '../../../network';
import { only, type Operation } from '../operation';
import { mapAxes, type AxisMap } from './axisMap';
import { spaceAxis } from './space';

/** PyTorch's interpolation, one axis of space after the other (aten/src/ATen/native/UpSample.h). */
export const upsample: Operation<'upsample'> = (op, inputs, { size }) => {
  const value = only(inputs);
  const { target } = op;
  const space = target.kind === 'output' ? target.sizes.length : target.factors.length;
  const steps = Array.from({ length: space }, (_, i) => {
    const axis = spaceAxis(value, i);
    const from = value.tensor.shape[axis] ?? 1;
    const factor = target.kind === 'scale' ? (target.factors[i] ?? 1) : undefined;
    const to =
      factor === undefined
        ? size((target.kind === 'output' ? target.sizes[i] : undefined) ?? from)
        : Math.floor(from * factor);
    return { axis, map: interpolation(op, from, to, factor) };
  });
  return mapAxes(
    value,
    steps.filter(({ map }) => map.from !== map.to || op.mode !== 'nearest'),
  );
};

/** A scale that was given is taken at its word, although sizes are whole. */
function interpolation(op: OpOf<'upsample'>, from: number, to: number, factor: number | undefined): AxisMap {
  const step =
    op.alignCorners && op.mode !== 'nearest'
      ? to > 1
        ? (from - 1) / (to - 1)
        : 0
      : factor === undefined
        ? from / to
        : 1 / factor;
  const kernel = kernels[op.mode];
  const indices = new Int32Array(to * kernel.taps);
  const weights = new Float32Array(to * kernel.taps);
  for (let i = 0; i < to; i++) {
    const centre = op.alignCorners ? i * step : (i + 0.5) * step - 0.5;
    for (const [t, { place, weight }] of kernel.at(centre, i, step).entries()) {
      indices[i * kernel.taps + t] = Math.min(Math.max(place, 0), from - 1);
      weights[i * kernel.taps + t] = weight;
    }
  }
  return { from, to, taps: kernel.taps, indices, weights };
}

interface Tap {
  readonly place: number;
  readonly weight: number;
}

interface Kernel {
  readonly taps: number;
  /** Which places make place `i` of the result, whose centre lies at `centre` of the input. */
  readonly at: (centre: number, i: number, step: number) => readonly Tap[];
}

const kernels: Readonly<Record<OpOf<'upsample'>['mode'], Kernel>> = {
  nearest: {
    taps: 1,
    // In float32, as PyTorch computes it: the floor of a product that is nearly whole depends on it.
    at: (_centre, i, step) => [{ place: Math.floor(Math.fround(i * Math.fround(step))), weight: 1 }],
  },
  linear: {
    taps: 2,
    at: (centre) => {
      const inside = Math.max(centre, 0);
      const place = Math.floor(inside);
      const rest = inside - place;
      return [
        { place, weight: 1 - rest },
        { place: place + 1, weight: rest },
      ];
    },
  },
  cubic: {
    taps: 4,
    at: (centre) => {
      const place = Math.floor(centre);
      const rest = centre - place;
      return [-1, 0, 1, 2].map((shift) => ({ place: place + shift, weight: cubic(Math.abs(rest - shift)) }));
    },
  },
};

/** The convolution kernel of Keys (1981) with a = −3/4. */
function cubic(distance: number): number {
  const a = -0.75;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0;
}
