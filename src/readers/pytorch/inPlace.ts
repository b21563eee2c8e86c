import erfinv from '@stdlib/math-base-special-erfinv';
import type { Call } from '../python/values';
import { clampedDraw, inNumbers, scaledDraw, shiftedDraw, unknownDraw, type Draw } from './draw';
import { DrawArguments, drawOf } from './initialise';
import { shapeOfWeight, tensorState } from './tensor';
import { viewOf } from './views';

/** What a method that changes a tensor in place makes of its draw. */
interface Change {
  readonly parameters: readonly string[];
  /** `before` is told in numbers, unless the change keeps a draw by fans what it is. */
  readonly draw: (args: DrawArguments, before: Draw) => Draw;
  readonly keepsFans?: true;
}

/** x · factor, or x + offset, by a number; by a tensor it is not followed. */
const scaling = (factor: (number: number) => number): Change => ({
  parameters: ['other'],
  draw: (args, before) => scaledDraw(before, factor(args.number('other', 1))),
  keepsFans: true,
});
const moving = (offset: (number: number) => number): Change => ({
  parameters: ['other'],
  draw: (args, before) => shiftedDraw(before, offset(args.number('other', 0))),
});

/** A function of every element: known of a constant alone. */
const ofElements = (compute: (x: number) => number): Change => ({
  parameters: [],
  draw: (_args, before) => mapped(before, compute),
});

function mapped(draw: Draw, compute: (x: number) => number): Draw {
  if (draw.kind === 'constant') return { kind: 'constant', value: compute(draw.value) };
  if (draw.kind === 'partitioned')
    return { ...draw, parts: draw.parts.map((part) => ({ ...part, draw: mapped(part.draw, compute) })) };
  return unknownDraw('it is computed from a random draw');
}

/**
 * A uniform draw through the inverse error function is a normal one, cut off, of variance 1/2: how truncated normals are drawn in code
 * that predates `nn.init.trunc_normal_`.
 */
function throughInverseErf(draw: Draw): Draw {
  if (draw.kind !== 'uniform') return mapped(draw, erfinv);
  return { kind: 'truncatedNormal', mean: 0, std: Math.SQRT1_2, low: erfinv(draw.low), high: erfinv(draw.high) };
}

const clamp: Change = {
  parameters: ['min', 'max'],
  draw: (args, before) => clampedDraw(before, args.number('min', -Infinity), args.number('max', Infinity)),
};

const changes: Readonly<Record<string, Change>> = {
  normal_: {
    parameters: ['mean', 'std'],
    draw: (args) => ({ kind: 'normal', mean: args.number('mean', 0), std: Math.abs(args.number('std', 1)) }),
  },
  uniform_: {
    parameters: ['from', 'to'],
    draw: (args) => ({ kind: 'uniform', low: args.number('from', 0), high: args.number('to', 1) }),
  },
  zero_: { parameters: [], draw: () => ({ kind: 'constant', value: 0 }) },
  fill_: { parameters: ['value'], draw: ({ args }) => drawOf(args.get('value')) },
  copy_: { parameters: ['src'], draw: ({ args }) => drawOf(args.get('src')) },
  mul_: scaling((x) => x),
  multiply_: scaling((x) => x),
  div_: scaling((x) => 1 / x),
  divide_: scaling((x) => 1 / x),
  add_: moving((x) => x),
  sub_: moving((x) => -x),
  clamp_: clamp,
  clip_: clamp,
  neg_: { parameters: [], draw: (_args, before) => scaledDraw(before, -1), keepsFans: true },
  erfinv_: { parameters: [], draw: (_args, before) => throughInverseErf(before) },
  exp_: ofElements(Math.exp),
  log_: ofElements(Math.log),
  sqrt_: ofElements(Math.sqrt),
  rsqrt_: ofElements((x) => 1 / Math.sqrt(x)),
  reciprocal_: ofElements((x) => 1 / x),
  abs_: ofElements(Math.abs),
};

export const inPlaceNames: readonly string[] = Object.keys(changes);

/** What a tensor is drawn from after this method has changed it. */
export function drawInPlace(name: string, call: Call): Draw {
  const change = changes[name];
  if (!change) return unknownDraw(`\`${name}\` is not understood`);
  const args = new DrawArguments(call, change.parameters);
  const [tensor] = call.positional;
  const told = drawOf(tensor);
  const before = change.keepsFans ? told : inNumbers(told, viewOf(tensorState(tensor))?.shape, shapeOfWeight);
  return args.checked(change.draw(args, before));
}
