import { axisOf, type Op } from '../../../network';
import type { LayerDefinition } from '../define';
import type { Recording } from '../recording';
import { isList } from '../settings';
import type { LayerTensor } from '../tensor';

type Merge = (inputs: readonly LayerTensor[], recording: Recording) => LayerTensor;

const joined =
  (op: Op): Merge =>
  (inputs, recording) =>
    recording.joined(op, inputs);

const merges: Readonly<Record<string, Merge>> = {
  Add: joined({ kind: 'add' }),
  Multiply: joined({ kind: 'multiply' }),
  Maximum: joined({ kind: 'extremum', which: 'max' }),
  Minimum: joined({ kind: 'extremum', which: 'min' }),
  Average: (inputs, recording) =>
    recording.pointwise(
      { kind: 'affine', factor: 1 / inputs.length, offset: 0 },
      recording.joined({ kind: 'add' }, inputs),
    ),
  Subtract: (inputs, recording) => {
    const [a, b] = inputs;
    if (!a || !b) return recording.opaque('A difference needs two tensors.', inputs);
    return recording.joined({ kind: 'add' }, [a, recording.pointwise({ kind: 'affine', factor: -1, offset: 0 }, b)]);
  },
};

const merging = ([name, merge]: readonly [string, Merge]): LayerDefinition => ({
  name,
  parameters: [],
  call: ({ inputs, recording }) => merge(inputs, recording),
});

/** Joins along an axis as the framework counts it, in the order in which the tensors are stored. */
export function concatenated(inputs: readonly LayerTensor[], axis: number, recording: Recording): LayerTensor {
  const { steps, channelsFirst } = recording.alike(inputs);
  const rank = inputs[0]?.shape?.length;
  const front = rank === undefined ? undefined : axisOf(axis, rank);
  if (!channelsFirst || rank === undefined || front === undefined)
    return recording.add({ kind: 'concat', axis }, steps, channelsFirst);
  const stored = front === 0 ? 0 : front === rank - 1 ? 1 : front + 1;
  return recording.add({ kind: 'concat', axis: stored }, steps, true);
}

const concatenate: LayerDefinition = {
  name: 'Concatenate',
  parameters: ['axis'],
  call: ({ inputs, settings, recording }) => concatenated(inputs, settings.number('axis', -1), recording),
};

const letters = 'bcdefghijklmn';

/** Products summed over one axis of each; what is left stands behind the batch. */
const dot: LayerDefinition = {
  name: 'Dot',
  parameters: ['axes', 'normalize'],
  call: ({ inputs, settings, recording, opaque }) => {
    const [a, b] = inputs;
    const given = settings.get('axes');
    const [first, second] = isList(given) ? given : [given, given];
    const [one, other] = [a?.shape, b?.shape];
    if (!a || !b || !one || !other || typeof first !== 'number' || typeof second !== 'number')
      return opaque('This product of tensors is not understood yet.');
    const [left, right] = [axisOf(first, one.length), axisOf(second, other.length)];
    if (left === undefined || right === undefined || settings.flag('normalize', false))
      return opaque('This product of tensors is not understood yet.');
    const spelled = (rank: number, summed: number, from: number): string =>
      Array.from({ length: rank }, (_, axis) =>
        axis === 0 ? 'a' : axis === summed ? 'z' : letters.charAt(from + axis),
      ).join('');
    const [x, y] = [spelled(one.length, left, 0), spelled(other.length, right, one.length)];
    const kept = (names: string): string => names.slice(1).replace('z', '');
    const equation = `${x},${y}->a${kept(x)}${kept(y)}`;
    const product = recording.add({ kind: 'einsum', equation }, [recording.natural(a), recording.natural(b)]);
    return one.length === 2 && other.length === 2
      ? recording.add({ kind: 'unsqueeze', axis: 1 }, [recording.natural(product)])
      : product;
  },
};

export const mergingLayers: readonly LayerDefinition[] = [...Object.entries(merges).map(merging), concatenate, dot];
