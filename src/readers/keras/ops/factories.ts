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

/** Makes a tensor that depends on no other. */
type Factory = (call: Call, recording: Recording) => Value;

function constant(recording: Recording, shape: Shape | undefined, content: ConstantContent): Value {
  return recording.add({ kind: 'constant', shape, content }, []);
}

const filled =
  (value: number): Factory =>
  (call, recording) =>
    constant(recording, shapeGiven(new CallArguments(call, ['shape', 'dtype']), call), { kind: 'fill', value });

const filledLike =
  (value: number): Factory =>
  (call, recording) =>
    constant(recording, shapeOf(call.positional[0]), { kind: 'fill', value });

function full(call: Call, recording: Recording): Value {
  const args = new CallArguments(call, ['shape', 'fill_value']);
  const value = numberOf(args.get('fill_value') ?? call.keywords.get('value'));
  return constant(
    recording,
    shapeGiven(args, call) ??
      (call.keywords.has('dims') ? toKerasShape(call.interpreter, call.keywords.get('dims') ?? none, true) : undefined),
    value === undefined
      ? { kind: 'unknown', reason: 'the value it is filled with is not known' }
      : { kind: 'fill', value },
  );
}

/** `normal(shape, mean, stddev)`, `uniform(shape, minval, maxval)`: drawn anew with every call. */
const drawn =
  (distribution: 'normal' | 'uniform', names: readonly [string, string]): Factory =>
  (call, recording) => {
    const args = new CallArguments(call, ['shape', ...names]);
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
function range(call: Call, recording: Recording): Value {
  const args = new CallArguments(call, ['start', 'stop', 'step', 'limit', 'delta']);
  const numbers = [args.get('start'), args.get('stop') ?? args.get('limit'), args.get('step') ?? args.get('delta')].map(
    numberOf,
  );
  const [a, b, by = 1] = numbers;
  const [start, stop] = b === undefined ? [0, a] : [a ?? 0, b];
  if (stop === undefined || by === 0 || (call.positional.length > 1 && b === undefined))
    return constant(recording, undefined, { kind: 'unknown', reason: 'how far it counts is not known' });
  return constant(recording, [Math.max(0, Math.ceil((stop - start) / by))], { kind: 'range', start, step: by });
}

function ofData(call: Call, recording: Recording): Value {
  const [data] = call.positional;
  if (!data || data.type === 'unknown' || shapeOf(data)) return data ?? none;
  return recording.add({ kind: 'identity' }, [recording.natural(data)]);
}

export const factories = {
  zeros: filled(0),
  ones: filled(1),
  zeros_like: filledLike(0),
  ones_like: filledLike(1),
  full,
  fill: full,
  arange: range,
  range,
  constant: ofData,
} satisfies Readonly<Record<string, Factory>>;

const member = (name: string, make: Factory): Value => builtin(name, (call) => make(call, new Recording(call, false)));

/** Functions that make a tensor: of `keras.ops`, `tf`, `keras.backend`. */
export const factoryMembers: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(factories).map(([name, make]) => [name, member(name, make)]),
);

export const normal = drawn('normal', ['mean', 'stddev']);
export const uniform = drawn('uniform', ['minval', 'maxval']);

/** `keras.random`, `tf.random`. */
export const randomMembers: Readonly<Record<string, Value>> = {
  normal: member('normal', normal),
  uniform: member('uniform', uniform),
  SeedGenerator: builtin('SeedGenerator', () => none),
  set_seed: builtin('set_seed', () => none),
};
export const backendRandomMembers: Readonly<Record<string, Value>> = {
  random_normal: member('random_normal', normal),
  random_uniform: member('random_uniform', uniform),
};
