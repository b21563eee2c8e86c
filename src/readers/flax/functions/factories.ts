import type { Dim } from '../../../network';
import { toDim, toShape } from '../../frameworks/sizes';
import { factories } from '../../keras/ops/factories';
import { shapeOf } from '../../keras/tensor';
import { builtin } from '../../python/classes';
import { CallArguments } from '../../python/arguments';
import { bool, int, numberOf, type Call, type Value } from '../../python/values';
import { ArrayRecording } from '../array';

type Factory = (call: Call, recording: ArrayRecording) => Value;

/** `jax.random.normal(key, shape)`, `uniform(key, shape, dtype, minval, maxval)`: drawn anew with every call. */
const drawn =
  (distribution: 'normal' | 'uniform'): Factory =>
  (call, recording) => {
    const args = new CallArguments(call, ['key', 'shape', 'dtype', 'minval', 'maxval']);
    const given = args.get('shape');
    const shape = given ? toShape(call.interpreter, [given]) : [];
    if (!shape) return recording.opaque('The shape of this noise is not known.', []);
    const noise = recording.add({ kind: 'noise', distribution, shape }, []);
    const [low, high] = [numberOf(args.get('minval') ?? int(0)), numberOf(args.get('maxval') ?? int(1))];
    if (low === undefined || high === undefined) return recording.opaque('The bounds of this noise are not known.', []);
    const plain = distribution === 'normal' || (low === 0 && high === 1);
    return plain ? noise : recording.pointwise({ kind: 'affine', factor: high - low, offset: low }, noise);
  };

const ofUnknownContent =
  (shapeName: string, names: readonly string[], reason: string): Factory =>
  (call, recording) => {
    const given = new CallArguments(call, names).get(shapeName);
    const shape = given ? toShape(call.interpreter, [given]) : [];
    return recording.add({ kind: 'constant', shape, content: { kind: 'unknown', reason } }, []);
  };

/** A key is not followed: every draw is a new one. */
const key: Factory = (call) => call.interpreter.unknown('key', 'is a key of random numbers');

const member = (name: string, make: Factory): Value =>
  builtin(name, (call) => make(call, new ArrayRecording(call, false)));

const members = (table: Readonly<Record<string, Factory>>): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(table).map(([name, make]) => [name, member(name, make)]));

const bySeed = 'it is drawn by a seed';

/** `jax.random` */
export const randomMembers = members({
  PRNGKey: key,
  key,
  split: key,
  fold_in: key,
  normal: drawn('normal'),
  uniform: drawn('uniform'),
  randint: ofUnknownContent('shape', ['key', 'shape'], bySeed),
  bernoulli: ofUnknownContent('shape', ['key', 'p', 'shape'], bySeed),
  permutation: ofUnknownContent('shape', ['key', 'shape'], bySeed),
});

/** An array of an array is itself; of numbers a constant. */
const array: Factory = (call, recording) => {
  const [given] = call.positional;
  const number = numberOf(given);
  if (number !== undefined)
    return recording.add({ kind: 'constant', shape: [], content: { kind: 'fill', value: number } }, []);
  return factories.constant(call, recording);
};

/** One on the diagonal. */
const eye: Factory = (call, recording) => {
  const args = new CallArguments(call, ['N', 'M']);
  const rows = toDim(args.value('N'));
  const shape: readonly Dim[] = [rows, args.has('M') ? toDim(args.value('M')) : rows];
  const most = 4096;
  const [height, width] = shape;
  if (typeof height !== 'number' || typeof width !== 'number' || height * width > most)
    return recording.add(
      { kind: 'constant', shape, content: { kind: 'unknown', reason: 'it is a large identity matrix' } },
      [],
    );
  const values = Array.from({ length: height * width }, (_, at) => Number(Math.floor(at / width) === at % width));
  return recording.add({ kind: 'constant', shape, content: { kind: 'values', values } }, []);
};

/** `linspace(start, stop, num)` */
const linspace: Factory = (call, recording) => {
  const args = new CallArguments(call, ['start', 'stop', 'num', 'endpoint']);
  const [start, stop, count] = [
    numberOf(args.get('start')),
    numberOf(args.get('stop')),
    numberOf(args.get('num') ?? int(50)),
  ];
  const known = start !== undefined && stop !== undefined && count !== undefined && !args.has('endpoint');
  return known
    ? recording.add(
        {
          kind: 'constant',
          shape: [count],
          content: { kind: 'range', start, step: count > 1 ? (stop - start) / (count - 1) : 0 },
        },
        [],
      )
    : recording.add(
        { kind: 'constant', shape: undefined, content: { kind: 'unknown', reason: 'its ends are not known' } },
        [],
      );
};

/** Functions of `jax.numpy` that make arrays. */
export const factoryMembers: Readonly<Record<string, Value>> = {
  ...members({
    zeros: factories.zeros,
    ones: factories.ones,
    empty: factories.zeros,
    zeros_like: factories.zeros_like,
    ones_like: factories.ones_like,
    full: factories.full,
    arange: factories.arange,
    array,
    eye,
    identity: eye,
    linspace,
  }),
  isscalar: builtin('isscalar', ({ positional: [value] }) => bool(numberOf(value) !== undefined)),
  ndim: builtin('ndim', ({ positional: [value], interpreter }) => {
    const shape = shapeOf(value);
    return shape ? int(shape.length) : interpreter.unknown('ndim(…)', 'is not known here');
  }),
};
