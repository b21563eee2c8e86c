import type { ConstantContent, Op, Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import { builtin } from '../../python/classes';
import { none, numberOf, type Call, type Value } from '../../python/values';
import { Recording } from '../recording';
import { toKerasShape } from '../sizes';
import { shapeOf } from '../tensor';

function shapeGiven(args: CallArguments, call: Call): Shape | undefined {
  const given = args.get('shape');
  return given && toKerasShape(call.interpreter, given, true);
}

function constant(call: Call, shape: Shape | undefined, content: ConstantContent): Value {
  return new Recording(call, false).add({ kind: 'constant', shape, content }, []);
}

const filled =
  (value: number) =>
  (call: Call): Value =>
    constant(call, shapeGiven(new CallArguments(call, ['shape', 'dtype']), call), { kind: 'fill', value });

const filledLike =
  (value: number) =>
  (call: Call): Value =>
    constant(call, shapeOf(call.positional[0]), { kind: 'fill', value });

function full(call: Call): Value {
  const args = new CallArguments(call, ['shape', 'fill_value']);
  const value = numberOf(args.get('fill_value') ?? call.keywords.get('value'));
  return constant(
    call,
    shapeGiven(args, call) ??
      (call.keywords.has('dims') ? toKerasShape(call.interpreter, call.keywords.get('dims') ?? none, true) : undefined),
    value === undefined
      ? { kind: 'unknown', reason: 'the value it is filled with is not known' }
      : { kind: 'fill', value },
  );
}

/** `normal(shape, mean, stddev)`, `uniform(shape, minval, maxval)`: drawn anew with every call. */
const drawn =
  (distribution: 'normal' | 'uniform', names: readonly [string, string]) =>
  (call: Call): Value => {
    const args = new CallArguments(call, ['shape', ...names]);
    const recording = new Recording(call, false);
    const shape = shapeGiven(args, call);
    if (!shape) return recording.opaque('The shape of this noise is not known.', []);
    const [first, second] = [numberOf(args.get(names[0])) ?? 0, numberOf(args.get(names[1])) ?? 1];
    const noise = recording.add({ kind: 'noise', distribution, shape }, []);
    const factor = distribution === 'normal' ? second : second - first;
    if (factor === 1 && first === 0) return noise;
    const op: Op = { kind: 'affine', factor, offset: first };
    return recording.pointwise(op, noise);
  };

/** `arange(stop)`, `range(start, limit, delta)`. */
function range(call: Call): Value {
  const args = new CallArguments(call, ['start', 'stop', 'step', 'limit', 'delta']);
  const numbers = [args.get('start'), args.get('stop') ?? args.get('limit'), args.get('step') ?? args.get('delta')].map(
    numberOf,
  );
  const [a, b, by = 1] = numbers;
  const [start, stop] = b === undefined ? [0, a] : [a ?? 0, b];
  if (stop === undefined || by === 0 || (call.positional.length > 1 && b === undefined))
    return constant(call, undefined, { kind: 'unknown', reason: 'how far it counts is not known' });
  return constant(call, [Math.max(0, Math.ceil((stop - start) / by))], { kind: 'range', start, step: by });
}

function ofData(call: Call): Value {
  const [data] = call.positional;
  if (!data || data.type === 'unknown' || shapeOf(data)) return data ?? none;
  const recording = new Recording(call, false);
  return recording.add({ kind: 'identity' }, [recording.natural(data)]);
}

const makers: Readonly<Record<string, (call: Call) => Value>> = {
  zeros: filled(0),
  ones: filled(1),
  zeros_like: filledLike(0),
  ones_like: filledLike(1),
  full,
  fill: full,
  arange: range,
  range,
  constant: ofData,
};

/** Functions that make a tensor: of `keras.ops`, `tf`, `keras.backend`. */
export const factoryMembers: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(makers).map(([name, call]) => [name, builtin(name, call)]),
);

const normal = drawn('normal', ['mean', 'stddev']);
const uniform = drawn('uniform', ['minval', 'maxval']);

/** `keras.random`, `tf.random`. */
export const randomMembers: Readonly<Record<string, Value>> = {
  normal: builtin('normal', normal),
  uniform: builtin('uniform', uniform),
  SeedGenerator: builtin('SeedGenerator', () => none),
  set_seed: builtin('set_seed', () => none),
};
export const backendRandomMembers: Readonly<Record<string, Value>> = {
  random_normal: builtin('random_normal', normal),
  random_uniform: builtin('random_uniform', uniform),
};
