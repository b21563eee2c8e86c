import { isKnown, type Dim, type Op, type Shape } from '../../../network';
import { fromDim } from '../../frameworks/sizes';
import { bool, none, text, tuple, type Call, type Value } from '../../python/values';
import { buildLayer } from '../building';
import type { Step } from '../../kerasLayers/graph';
import { isLayer } from '../layerState';
import type { Recording } from '../recording';
import { fromKerasShape } from '../sizes';
import { makeTensor, shapeOf, symbolic } from '../tensor';
import { configuredClasses } from './configuredClasses';
import type { LiveLayer, Using } from './define';

/** A projection of ours, built at once: an `EinsumDense` under a name of its own. */
function projection(
  { args, call, layer, state, settings }: Using,
  name: string,
  equation: string,
  output: readonly Dim[],
  biasAxes: string,
  shape: Shape,
): void {
  const keywords = new Map<string, Value>([
    ['equation', text(equation)],
    ['output_shape', tuple([none, ...output.map(fromDim)])],
    ['name', text(name)],
  ]);
  if (settings.flag('use_bias', true)) keywords.set('bias_axes', text(biasAxes));
  for (const setting of ['kernel_initializer', 'bias_initializer']) {
    const given = args.get(setting);
    if (given) keywords.set(setting, given);
  }
  const cls = configuredClasses.get('EinsumDense');
  const dense = cls && call.interpreter.call(cls, { positional: [], keywords });
  if (!isLayer(dense)) return;
  layer.attributes.set(`_${name}_dense`, dense, call.interpreter.journal);
  state.layers = [...state.layers, dense];
  buildLayer(dense, fromKerasShape(shape), call);
}

interface Heads {
  readonly queries: Dim;
  readonly keys: Dim;
  readonly keySize: Dim;
  readonly valueSize: Dim;
}

function headsOf({ settings }: Using, grouped: boolean): Heads {
  if (grouped) {
    const size = settings.dim('head_dim');
    return {
      queries: settings.dim('num_query_heads'),
      keys: settings.dim('num_key_value_heads'),
      keySize: size,
      valueSize: size,
    };
  }
  const heads = settings.dim('num_heads');
  const keySize = settings.dim('key_dim');
  return {
    queries: heads,
    keys: heads,
    keySize,
    valueSize: settings.has('value_dim') ? settings.dim('value_dim') : keySize,
  };
}

/** Query, value and key, as they are given: the key is the value where it is not. */
function operands(use: Call): readonly [Value, Value, Value] | undefined {
  const at = (place: number, name: string): Value | undefined => {
    const value = use.positional[place] ?? use.keywords.get(name);
    return symbolic(value) ? value : undefined;
  };
  const query = at(0, 'query');
  const value = at(1, 'value');
  return query && value ? [query, value, at(2, 'key') ?? value] : undefined;
}

const multiHead = (name: string, parameters: readonly string[], grouped: boolean): LiveLayer => ({
  name,
  parameters: [
    ...parameters,
    'dropout',
    'use_bias',
    'output_shape',
    'attention_axes',
    'sliding_window',
    'flash_attention',
    'kernel_initializer',
    'bias_initializer',
    'use_gate',
  ],
  // Keras builds it for the shapes of all its operands: they are there when it is called.
  call: (using) => {
    const given = operands(using.use);
    if (!given) return using.opaque('The query and the value of this attention are not known.');
    const shapes = given.map(shapeOf);
    const [query, value, key] = shapes;
    if (query?.length !== 3 || value?.length !== 3 || key?.length !== 3)
      return using.recording.opaque(
        `${name} over other axes than one of steps is not understood yet.`,
        given,
        `those of ${name}`,
      );
    if (using.state.layers.length === 0) buildProjections(using, grouped, query, value, key);
    return attended(using, given, grouped);
  },
});

function buildProjections(using: Using, grouped: boolean, query: Shape, value: Shape, key: Shape): void {
  const { settings, state, call } = using;
  call.interpreter.journal.beforeChange(state);
  const { queries, keys, keySize, valueSize } = headsOf(using, grouped);
  const into = 'abc,cde->abde';
  projection(using, 'query', into, [queries, keySize], 'de', query);
  projection(using, 'key', into, [keys, keySize], 'de', key);
  if (settings.flag('use_gate', false)) projection(using, 'gate', into, [queries, valueSize], 'de', query);
  projection(using, 'value', into, [keys, valueSize], 'de', value);
  const features = settings.has('output_shape') ? settings.dim('output_shape') : (query.at(-1) ?? settings.input);
  projection(using, 'attention_output', 'abcd,cde->abe', [features], 'e', [...query.slice(0, 2), queries, valueSize]);
}

function attended(using: Using, [query, value, key]: readonly [Value, Value, Value], grouped: boolean): Value {
  const { recording, settings, use, layer, opaque } = using;
  if (settings.flag('use_gate', false)) return opaque('An attention with a gate is not understood yet.');
  if (settings.has('sliding_window')) return opaque('An attention with a sliding window is not understood yet.');
  const { queries, keys, keySize } = headsOf(using, grouped);
  const projected = (name: string, x: Value): Value => {
    const dense = layer.attributes.get(`_${name}_dense`);
    return isLayer(dense) ? use.interpreter.apply(dense, x) : opaque('A projection is missing.');
  };
  // B×T×H×D to B×H×T×D.
  const headsFirst = (x: Value): Step =>
    recording.step({ kind: 'permute', axes: [0, 2, 1, 3] }, [recording.natural(x)]);
  const shared = (x: Value): Value => (grouped ? repeatedHeads(x, keys, queries, recording) : x);
  const parts = [
    headsFirst(projected('query', query)),
    headsFirst(shared(projected('key', key))),
    headsFirst(shared(projected('value', value))),
  ];
  const mask = use.keywords.get('attention_mask') ?? none;
  const rank = shapeOf(mask)?.length;
  const causal = use.interpreter.truth(use.keywords.get('use_causal_mask') ?? bool(false));
  if (typeof causal !== 'boolean' || (mask.type !== 'none' && rank === undefined) || !isKnown(keySize))
    return opaque('The mask of this attention is not known.');
  const masks =
    mask.type === 'none'
      ? []
      : rank === 3
        ? [recording.step({ kind: 'unsqueeze', axis: 1 }, [recording.natural(mask)])]
        : [recording.natural(mask)];
  const op: Op = {
    kind: 'attention',
    scale: 1 / Math.sqrt(keySize),
    causal,
    dropout: settings.number('dropout', 0),
    mask: masks.length > 0 ? 'boolean' : 'none',
  };
  const mixed = recording.step({ kind: 'permute', axes: [0, 2, 1, 3] }, [recording.step(op, [...parts, ...masks])]);
  const output = projected('attention_output', makeTensor(mixed, false, use.site));
  const scores = use.keywords.get('return_attention_scores');
  if (!scores || use.interpreter.truth(scores) === false) return output;
  return tuple([output, recording.opaque('The scores of an attention are not followed.', [query])]);
}

/** Every head of keys serves several of queries that follow each other. */
function repeatedHeads(x: Value, keys: Dim, queries: Dim, recording: Recording): Value {
  const shape = shapeOf(x);
  if (!isKnown(keys) || !isKnown(queries) || !shape)
    return recording.opaque('The numbers of heads are not known.', [x]);
  if (keys === queries) return x;
  const [, steps = 1, , size = 1] = shape;
  const apart = recording.step({ kind: 'unsqueeze', axis: 3 }, [recording.natural(x)]);
  const tiled = recording.step({ kind: 'tile', repeats: [1, 1, 1, queries / keys, 1] }, [apart]);
  return recording.add({ kind: 'reshape', shape: [-1, steps, queries, size] }, [tiled]);
}

export const attentionLayers: readonly LiveLayer[] = [
  multiHead('MultiHeadAttention', ['num_heads', 'key_dim', 'value_dim'], false),
  multiHead('GroupedQueryAttention', ['head_dim', 'num_query_heads', 'num_key_value_heads'], true),
];
