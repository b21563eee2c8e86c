import { isKnown, type Dim } from '../../../network';
import { fromDim } from '../../frameworks/sizes';
import { bool, none, tuple, int, type Call, type ClassValue, type Value } from '../../python/values';
import { ArrayRecording } from '../array';
import { arraysOf, attended, operandsOf } from '../layers/attention';
import { types, unknownSize } from '../layers/define';
import { generalDense } from '../layers/dense';
import { normalisationLayers } from '../layers/normalisation';
import type { Constructed } from '../layers/use';
import { applyChild, makeChild, nnxClass, nnxLayer } from './layer';

const parameters = [
  'num_heads',
  'in_features',
  'qkv_features',
  'out_features',
  'num_kv_heads',
  'in_kv_features',
  ...types,
  'broadcast_dropout',
  'dropout_rate',
  'deterministic',
  'kernel_init',
  'out_kernel_init',
  'bias_init',
  'out_bias_init',
  'use_bias',
  'attention_fn',
  'decode',
  'normalize_qk',
];

const linear = nnxLayer(generalDense)?.[1];
const layerNorm = normalisationLayers.map(nnxLayer).find((made) => made?.[0] === 'LayerNorm')?.[1];

interface Sizes {
  readonly heads: Dim;
  readonly keyHeads: Dim;
  readonly size: Dim;
  readonly out: Dim;
  readonly into: Dim;
  readonly keyInto: Dim;
}

function sizesOf({ args, settings }: Constructed): Sizes {
  const told = (name: string, fallback: Dim): Dim => {
    const given = args.get(name);
    return given && given.type !== 'none' ? settings.dim(name) : fallback;
  };
  const into = settings.dim('in_features');
  const heads = settings.dim('num_heads');
  const wide = told('qkv_features', into);
  const size = isKnown(wide) && isKnown(heads) ? wide / heads : unknownSize('the size of a head');
  return {
    heads,
    keyHeads: told('num_kv_heads', heads),
    size,
    out: told('out_features', into),
    into,
    keyInto: told('in_kv_features', into),
  };
}

function initialise(made: Constructed): void {
  const { args, settings } = made;
  const { heads, keyHeads, size, out, into, keyInto } = sizesOf(made);
  const given = (...names: readonly string[]): Value | undefined =>
    names.map((name) => args.get(name)).find((value) => value && value.type !== 'none');
  const project = (name: string, from: Value, to: Value, more: Readonly<Record<string, Value | undefined>>): void => {
    const keywords = new Map<string, Value>([
      ['in_features', from],
      ['out_features', to],
    ]);
    for (const [setting, value] of Object.entries({ use_bias: given('use_bias'), ...more }))
      if (value) keywords.set(setting, value);
    makeChild(linear, made, name, keywords);
  };
  const inner = { kernel_init: given('kernel_init'), bias_init: given('bias_init') };
  const headed = (count: Dim): Value => tuple([fromDim(count), fromDim(size)]);
  project('query', fromDim(into), headed(heads), inner);
  project('key', fromDim(keyInto), headed(keyHeads), inner);
  project('value', fromDim(keyInto), headed(keyHeads), inner);
  project('out', headed(heads), fromDim(out), {
    kernel_init: given('out_kernel_init', 'kernel_init'),
    bias_init: given('out_bias_init', 'bias_init'),
    axis: tuple([int(-2), int(-1)]),
  });
  if (!settings.flag('normalize_qk', false)) return;
  for (const name of ['query_ln', 'key_ln'])
    makeChild(
      layerNorm,
      made,
      name,
      new Map<string, Value>([
        ['num_features', fromDim(size)],
        ['use_bias', bool(false)],
      ]),
    );
}

function attend(made: Constructed, use: Call): Value {
  const { args, settings, layer } = made;
  const recording = new ArrayRecording(use, true);
  const operands = operandsOf(use);
  if (!operands) return recording.opaque('What this attention is applied to is not known.', arraysOf(use));
  const [q, k, v] = [operands[0], operands[1], operands[2]];
  const normalised = (name: string, x: Value): Value =>
    layer.attributes.has(name) ? applyChild(made, name, x, use) : x;
  const parts = [
    normalised('query_ln', applyChild(made, 'query', q, use)),
    normalised('key_ln', applyChild(made, 'key', k, use)),
    applyChild(made, 'value', v, use),
  ] as const;
  const causal = use.keywords.get('is_causal') ?? bool(false);
  const { heads, keyHeads } = sizesOf(made);
  if (args.has('attention_fn') || heads !== keyHeads || use.interpreter.truth(causal) !== false)
    return recording.opaque('An attention with settings like these is not understood yet.', parts);
  const mixed = attended(recording, parts, {
    mask: use.keywords.get('mask') ?? none,
    dropout: settings.number('dropout_rate', 0),
  });
  return applyChild(made, 'out', mixed, use);
}

export const attentionLayers: Readonly<Record<string, ClassValue>> = {
  MultiHeadAttention: nnxClass({ name: 'MultiHeadAttention', parameters, initialise, methods: { __call__: attend } }),
};
