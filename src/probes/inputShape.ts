import { isKnown, shapeText, type Network, type Shape } from '../network';

/** The shape of one sample of the first input; undefined where the source does not tell it. */
export function knownInputShape(network: Network): readonly number[] | undefined {
  const sample = declaredInputShape(network)?.slice(1);
  return sample?.every(isKnown) ? sample : undefined;
}

/** The shape of the first input, the batch axis first, with what is known of it. Those of others follow in the probe. */
export function declaredInputShape(network: Network): Shape | undefined {
  const [input] = network.inputs;
  return input === undefined ? undefined : network.nodes[input]?.shape;
}

/** What a person typed for the shape of one sample: the sizes, or what is wrong with it, in words for them. */
export function parseInputShape(
  text: string,
  declared: Shape | undefined,
): { readonly shape: readonly number[] } | { readonly problem: string } {
  const parts = text
    .replace(/^\s*[([]|[)\]]\s*$/g, '')
    .split(/[\s,×x]+/)
    .filter((part) => part !== '');
  if (parts.length === 0) return { problem: 'Give the sizes without the batch, for instance 3, 32, 32.' };
  const shape = parts.map(Number);
  const wrong = parts.find((_, index) => !Number.isInteger(shape[index]) || (shape[index] ?? 0) < 1);
  if (wrong !== undefined) return { problem: `‘${wrong}’ is not a size: whole numbers from 1 up are.` };
  if (declared === undefined) return { shape };
  const expected = `The model takes ${shapeText(declared)}, the batch B first.`;
  if (declared.length !== shape.length + 1) return { problem: expected };
  const fits = shape.every((size, axis) => !isKnown(declared[axis + 1]) || declared[axis + 1] === size);
  return fits ? { shape } : { problem: expected };
}
