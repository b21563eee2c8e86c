import { axisOf, type Op } from '../../../network';
import { isElements } from '../../python/operators';
import { builtin } from '../../python/classes';
import { none, numberOf, type Call, type ClassValue, type Value } from '../../python/values';
import { shapeOf } from '../tensor';
import type { Recording } from '../recording';
import type { LayerDefinition } from './define';

/** What a merge makes of several tensors. */
export type Merge = (inputs: readonly Value[], recording: Recording) => Value;

const joined =
  (op: Op): Merge =>
  (inputs, recording) =>
    recording.joined(op, inputs);

function negative(x: Value, recording: Recording): Value {
  return recording.pointwise({ kind: 'affine', factor: -1, offset: 0 }, x);
}

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
    return a && b
      ? recording.joined({ kind: 'add' }, [a, negative(b, recording)])
      : recording.opaque('A difference needs two tensors.', inputs);
  },
};

/** Joins along an axis as Keras counts it, in the order in which the tensors are stored. */
export function concatenated(inputs: readonly Value[], axis: number, recording: Recording): Value {
  const { steps, channelsFirst } = recording.alike(inputs);
  const rank = shapeOf(inputs[0])?.length;
  if (!channelsFirst || rank === undefined) return recording.add({ kind: 'concat', axis }, steps);
  const front = axisOf(axis, rank);
  if (front === undefined) return recording.add({ kind: 'concat', axis }, steps, true);
  const stored = front === 0 ? 0 : front === rank - 1 ? 1 : front + 1;
  return recording.add({ kind: 'concat', axis: stored }, steps, true);
}

const merging = (name: string, merge: Merge): LayerDefinition => ({
  name,
  parameters: [],
  call: ({ use, recording, opaque }) => {
    const elements = use.interpreter.iterate(use.positional[0] ?? [...use.keywords.values()][0] ?? { type: 'none' });
    return isElements(elements) && elements.length > 0
      ? merge(elements, recording)
      : opaque('The tensors that are joined here are not known.');
  },
});

const concatenate: LayerDefinition = {
  name: 'Concatenate',
  parameters: ['axis'],
  call: ({ use, settings, recording, opaque }) => {
    const elements = use.interpreter.iterate(use.positional[0] ?? [...use.keywords.values()][0] ?? { type: 'none' });
    if (!isElements(elements) || elements.length === 0)
      return opaque('The tensors that are joined here are not known.');
    return concatenated(elements, settings.number('axis', -1), recording);
  },
};

/** The layers with functions of their own: `layers.add([a, b])`. */
const functions: Readonly<Record<string, string>> = {
  add: 'Add',
  multiply: 'Multiply',
  maximum: 'Maximum',
  minimum: 'Minimum',
  average: 'Average',
  subtract: 'Subtract',
  concatenate: 'Concatenate',
  dot: 'Dot',
};

const letters = 'bcdefghijklmn';

/** Products summed over one axis of each; what is left stands behind the batch. */
const dot: LayerDefinition = {
  name: 'Dot',
  parameters: ['axes', 'normalize'],
  call: ({ use, args, settings, recording, opaque }) => {
    const elements = use.interpreter.iterate(use.positional[0] ?? { type: 'none' });
    const [a, b] = isElements(elements) ? elements : [];
    const [one, other] = [shapeOf(a), shapeOf(b)];
    const given = args.value('axes');
    const axes =
      given.type === 'tuple' || given.type === 'list' ? given.items.map(numberOf) : [numberOf(given), numberOf(given)];
    const [first, second] = [axes[0], axes[1]];
    if (!a || !b || !one || !other || first === undefined || second === undefined || settings.flag('normalize', false))
      return opaque('This product of tensors is not understood yet.');
    const [left, right] = [axisOf(first, one.length), axisOf(second, other.length)];
    if (left === undefined || right === undefined) return opaque('There are no such axes.');
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

export const mergingLayers: readonly LayerDefinition[] = [
  ...Object.entries(merges).map(([name, merge]) => merging(name, merge)),
  concatenate,
  dot,
];

/** `layers.add([a, b])` makes a layer and calls it. */
export function mergingFunctions(classes: Readonly<Record<string, ClassValue>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(functions).flatMap(([name, className]) => {
      const cls = classes[className];
      return cls ? [[name, builtin(name, (call) => applyMerging(cls, call))] as const] : [];
    }),
  );
}

function applyMerging(cls: ClassValue, { interpreter, positional: [inputs, ...settings], keywords }: Call): Value {
  const given = inputs ?? keywords.get('inputs') ?? none;
  const layer = interpreter.call(cls, {
    positional: settings,
    keywords: new Map([...keywords].filter(([name]) => name !== 'inputs')),
  });
  return interpreter.apply(layer, given);
}
