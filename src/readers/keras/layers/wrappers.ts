import { mergedBy } from '../../kerasLayers/bothWays';
import { overSteps } from '../../kerasLayers/overSteps';
import type { LayerTensor } from '../../kerasLayers/tensor';
import { bool, ListValue, text, type Call, type InstanceValue, type Value } from '../../python/values';
import { buildLayer } from '../building';
import { isLayer, layerState } from '../layerState';
import { shapeOf, symbolic } from '../tensor';
import type { LiveLayer } from './define';
import { elementsOf, stepShape } from './steps';

/** A function as a layer. */
const lambda: LiveLayer = {
  name: 'Lambda',
  parameters: ['function', 'output_shape', 'mask', 'arguments'],
  call: ({ args, use }) => {
    const callee = args.value('function');
    const more = args.get('arguments');
    const keywords = new Map(use.keywords);
    if (more?.type === 'dict')
      for (const [key, value] of more.entries.values()) if (key.type === 'str') keywords.set(key.value, value);
    return use.interpreter.call(callee, { positional: use.positional, keywords });
  },
};

/** A layer around another: it is built with it, under its own name. */
const spectralNormalization: LiveLayer = {
  name: 'SpectralNormalization',
  parameters: ['layer', 'power_iterations'],
  initialise: ({ state, args }) => {
    const inner = args.get('layer');
    if (isLayer(inner)) state.layers = [inner];
  },
  build: ({ state, shapes, call, weight }) => {
    const [inner] = state.layers;
    if (!inner) return;
    if (!layerState(inner)?.built) buildLayer(inner, shapes, call);
    const kernel = layerState(inner)?.variables.get('kernel') ?? layerState(inner)?.variables.get('embeddings');
    const size = kernel && shapeOf(kernel)?.at(-1);
    if (size !== undefined)
      weight({
        name: 'vector_u',
        shape: [1, size],
        role: 'weight',
        axes: ['feature', 'feature'],
        initializer: undefined,
        fallback: 'truncated_normal',
        trained: false,
      });
  },
  call: ({ opaque }) => opaque('A weight that is divided by its largest singular value is not understood yet.'),
};

/** Two layers, the second from the back: its own name, and theirs with what they are before. */
const bidirectional: LiveLayer = {
  name: 'Bidirectional',
  parameters: ['layer', 'merge_mode', 'weights', 'backward_layer'],
  initialise: ({ layer: wrapper, state, args, call }) => {
    const { interpreter } = call;
    const forward = args.get('layer');
    if (!isLayer(forward)) return;
    const own = layerState(forward)?.name ?? '';
    const given = args.get('backward_layer');
    const first = copyOf(forward, prefixed('forward_', own), false, call);
    const second = isLayer(given) ? given : copyOf(forward, prefixed('backward_', own), true, call);
    if (!first || !second) return;
    wrapper.attributes.set('forward_layer', first, interpreter.journal);
    wrapper.attributes.set('backward_layer', second, interpreter.journal);
    state.layers = [first, second];
  },
  build: ({ state, shapes, call }) => {
    for (const layer of state.layers) if (!layerState(layer)?.built) buildLayer(layer, shapes, call);
  },
  call: ({ state, recording, settings, use, x, opaque }) => {
    const [first, second] = state.layers;
    if (!first || !second) return opaque('What goes both ways here is not a layer that is understood.');
    const [there, back] = [first, second].map((layer) => use.interpreter.apply(layer, x));
    const [one, ...states] = elementsOf(there);
    const [other, ...more] = elementsOf(back);
    if (!one || !other) return opaque('What this layer gives is not known.');
    const turned =
      shapeOf(other)?.length === 3 ? recording.add({ kind: 'flip', axes: [1] }, [recording.natural(other)]) : other;
    const both = [one, turned].map((value) => recording.operand(value));
    const merged = recording.value(mergedBy(settings.text('merge_mode', 'concat'), both, recording.tensors));
    return states.length + more.length > 0 ? new ListValue([merged, ...states, ...more]) : merged;
  },
};

const prefixed = (prefix: string, name: string): string => (name.startsWith(prefix) ? name : prefix + name);

/** A layer made anew as another was, under another name. Undefined for one whose making is not known. */
function copyOf(
  layer: InstanceValue,
  name: string,
  backwards: boolean,
  { interpreter }: Call,
): InstanceValue | undefined {
  const keywords = new Map<string, Value>([...layer.attributes.entries()].filter(([key]) => key !== 'cell'));
  keywords.set('name', text(name));
  if (backwards) keywords.set('go_backwards', bool(true));
  const { site } = interpreter;
  interpreter.site = layer.site;
  const made = interpreter.call(layer.cls, { positional: [], keywords });
  interpreter.site = site;
  return isLayer(made) ? made : undefined;
}

/** A layer for every step: its variables stand under its own name. */
const timeDistributed: LiveLayer = {
  name: 'TimeDistributed',
  parameters: ['layer'],
  initialise: ({ state, args }) => {
    const inner = args.get('layer');
    if (isLayer(inner)) state.layers = [inner];
  },
  build: ({ state, shape, call }) => {
    const [inner] = state.layers;
    if (inner && !layerState(inner)?.built) buildLayer(inner, stepShape(shape, call), call);
  },
  call: ({ state, recording, use, x, opaque }) => {
    const [inner] = state.layers;
    if (!inner) return opaque('What is done at every step is not known.');
    const apply = (rows: LayerTensor): LayerTensor | undefined =>
      symbolic(use.interpreter.apply(inner, recording.value(rows)));
    return recording.value(overSteps(recording.operand(x), recording.tensors, apply));
  },
};

/** Layers around others, and around functions. */
export const wrapperLayers: readonly LiveLayer[] = [lambda, spectralNormalization, bidirectional, timeDistributed];
