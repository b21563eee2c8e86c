import type { Activation, Network, TextEdit } from '../network';
import type { Fix } from './finding';
import { layersText } from './names';
import type { WeightNode } from './structure';

/**
 * The initialisers by which TensorFlow.js keeps signal and gradient under an activation. The uniform ones: its truncated normals are
 * not corrected, and draw 23 % less variance than they are named for.
 */
const initializers: Readonly<Partial<Record<Activation['kind'], string>>> = {
  relu: 'heUniform',
  relu6: 'heUniform',
  tanh: 'glorotUniform',
  selu: 'leCunUniform',
};

/** The edits that name the initialiser in the call that makes each layer, or put it in the place of another. */
export function tfjsInitializationFixes(
  { parameters }: Network,
  layers: readonly WeightNode[],
  activation: Activation,
): readonly Fix[] {
  const name = initializers[activation.kind];
  if (name === undefined) return [];
  const edits = new Map<number, TextEdit>();
  for (const { op } of layers) {
    const parameter = parameters.find(({ path }) => path === op.weight);
    if (!parameter) return [];
    const { initializer, initializerPlace: place } = parameter;
    if (initializer.origin.kind === 'source')
      edits.set(initializer.origin.span.start.offset, { span: initializer.origin.span, newText: `'${name}'` });
    else if (place) edits.set(place.at.start.offset, { span: place.at, newText: `${place.lead}'${name}'` });
    else return [];
  }
  return edits.size === 0 ? [] : [{ title: `'${name}' for ${layersText(layers)}`, edits: [...edits.values()] }];
}
