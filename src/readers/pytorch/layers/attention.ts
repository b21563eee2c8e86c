import { BATCH, dimText, divideSizes, isKnown, multiplySizes, type Dim } from '../../../network';
import { none, tuple, type ClassValue, type Value } from '../../python/values';
import type { Draw } from '../draw';
import { zeros } from '../defaults';
import { fromDim } from '../../frameworks/sizes';
import { parameterState } from '../tensor';
import { layerClass, optional, type LayerDefinition, type LayerUse } from './define';
import { linearClass } from './linear';
import { added, attentionMask, isCausal, type Mask } from './attentionMask';

/** `xavier_uniform_` and `xavier_normal_`. */
const xavierUniform: Draw = { kind: 'fanScaling', scale: 1, fan: 'average', shape: 'uniform' };
const xavierNormal: Draw = { kind: 'fanScaling', scale: 1, fan: 'average', shape: 'normal' };

/** What an instance of `MultiheadAttention` was made with. */
interface Heads {
  readonly features: Dim;
  readonly keyFeatures: Dim;
  readonly valueFeatures: Dim;
  readonly heads: Dim;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly packed: boolean;
  readonly zeroKey: boolean;
  readonly extraKey: boolean;
}

const multihead: LayerDefinition = {
  name: 'MultiheadAttention',
  parameters: [
    'embed_dim',
    'num_heads',
    'dropout',
    'bias',
    'add_bias_kv',
    'add_zero_attn',
    'kdim',
    'vdim',
    'batch_first',
    'device',
    'dtype',
  ],
  make: ({ settings, parameter, attribute }) => {
    const { interpreter } = settings.args.call;
    const features = settings.dim('embed_dim');
    const optionalDim = (name: string): Dim => {
      const given = settings.args.get(name);
      return given && given.type !== 'none' ? settings.dim(name) : features;
    };
    const keyFeatures = optionalDim('kdim');
    const valueFeatures = optionalDim('vdim');
    const bias = settings.flag('bias', true);
    const it: Heads = {
      features,
      keyFeatures,
      valueFeatures,
      heads: settings.dim('num_heads'),
      dropout: settings.number('dropout', 0),
      batchFirst: settings.flag('batch_first', false),
      packed: keyFeatures === features && valueFeatures === features,
      zeroKey: settings.flag('add_zero_attn', false),
      extraKey: settings.flag('add_bias_kv', false),
    };
    const three = multiplySizes([3, features]);
    if (it.packed) parameter('in_proj_weight', 'weight', [three, features], ['out', 'in'], xavierUniform);
    else
      for (const [name, size] of [
        ['q', features],
        ['k', keyFeatures],
        ['v', valueFeatures],
      ] as const)
        parameter(`${name}_proj_weight`, 'weight', [features, size], ['out', 'in'], xavierUniform);
    if (bias) parameter('in_proj_bias', 'bias', [three], ['out'], zeros);
    else attribute('in_proj_bias', none);
    const out = interpreter.call(linearClass, {
      positional: [fromDim(features), fromDim(features)],
      keywords: new Map([['bias', { type: 'bool', value: bias }]]),
    });
    attribute('out_proj', out);
    startBiasAtZero(out);
    for (const name of ['bias_k', 'bias_v'])
      if (it.extraKey) parameter(name, 'weight', [1, 1, features], ['feature', 'feature', 'feature'], xavierNormal);
      else attribute(name, none);
    attribute('head_dim', fromDim(headSize(it)));
    attribute('_qkv_same_embed_dim', { type: 'bool', value: it.packed });
    return (use) => attend(it, use);
  },
};

function startBiasAtZero(layer: Value): void {
  const bias = layer.type === 'instance' ? parameterState(layer.attributes.get('bias')) : undefined;
  if (bias) bias.draw = zeros;
}

const argumentNames = [
  'query',
  'key',
  'value',
  'key_padding_mask',
  'need_weights',
  'attn_mask',
  'average_attn_weights',
  'is_causal',
];

function headSize({ features, heads }: Heads): Dim {
  const size = divideSizes([features], [heads]);
  return size === undefined || size === 'unknown' ? { symbol: `${dimText(features)}/${dimText(heads)}` } : size;
}

/** (output, weights), batch first inside. */
function attend(it: Heads, use: LayerUse): Value {
  const { add, trace } = use;
  const args = use.arguments(argumentNames);
  const flag = (name: string, fallback: boolean): boolean =>
    use.call.interpreter.truth(args.get(name) ?? { type: 'bool', value: fallback }) === true;
  const given = ['query', 'key', 'value'].map((name) => args.value(name));
  const [first] = given;
  const unbatched = first !== undefined && trace.shape(first)?.length === 2;
  const turned = new Map<Value, Value>();
  const batchFirst = (x: Value): Value => {
    const known = turned.get(x);
    if (known) return known;
    const inside = unbatched
      ? add({ kind: 'unsqueeze', axis: 0 }, [x])
      : it.batchFirst
        ? x
        : add({ kind: 'permute', axes: [1, 0, 2] }, [x]);
    turned.set(x, inside);
    return inside;
  };
  const [q, k, v] = given.map((x, place) => projected(it, use, batchFirst(x), place));
  if (!q || !k || !v) return notFollowed(use, 'The weights of this attention are not parameters.', given);
  const masks = { attention: args.get('attn_mask'), keys: args.get('key_padding_mask'), heads: it.heads };
  const hint = flag('is_causal', false) || isCausal(use, masks.attention);
  const mask = attentionMask(use, hint ? { ...masks, attention: undefined } : masks);
  if ((it.zeroKey || it.extraKey) && (mask || hint))
    return notFollowed(use, 'Attention with added keys and a mask is not followed.', given);
  const heads = [q, extended(it, use, k, 'bias_k'), extended(it, use, v, 'bias_v')].map((x) => split(it, use, x));
  const [queries = q, keys = k, values = v] = heads.map((x, place) =>
    place > 0 && it.zeroKey ? withZero(it, use, x) : x,
  );
  const mixed = add({ kind: 'attention', causal: hint, dropout: it.dropout, mask: mask?.kind ?? 'none' }, [
    queries,
    keys,
    values,
    ...(mask ? [mask.value] : []),
  ]);
  const joined = add({ kind: 'permute', axes: [0, 2, 1, 3] }, [mixed]);
  const lead = trace.shape(joined)?.slice(0, 2) ?? [BATCH, -1];
  const output = use.call.interpreter.apply(
    use.layer.attributes.get('out_proj') ?? none,
    add({ kind: 'reshape', shape: [...lead, it.features] }, [joined]),
  );
  const back = unbatched
    ? add({ kind: 'squeeze', axes: [0] }, [output])
    : it.batchFirst
      ? output
      : add({ kind: 'permute', axes: [1, 0, 2] }, [output]);
  if (!flag('need_weights', true)) return tuple([back, none]);
  const weights = attentionWeights(use, queries, keys, { causal: hint, mask });
  const averaged = flag('average_attn_weights', true)
    ? add({ kind: 'reduce', how: 'mean', axes: [1], keepDims: false }, [weights])
    : weights;
  return tuple([back, unbatched ? add({ kind: 'squeeze', axes: [0] }, [averaged]) : averaged]);
}

function notFollowed(use: LayerUse, reason: string, inputs: readonly Value[]): Value {
  return tuple([use.opaque(reason, inputs), none]);
}

const letters = ['q', 'k', 'v'] as const;

/** Queries, keys or values: a third of the packed weight, or a weight of their own. */
function projected(it: Heads, { path, add }: LayerUse, x: Value, place: number): Value | undefined {
  const weight = path(it.packed ? 'in_proj_weight' : `${letters[place] ?? 'q'}_proj_weight`);
  if (weight === undefined) return undefined;
  const inFeatures = [it.features, it.keyFeatures, it.valueFeatures][place] ?? it.features;
  const firstOutput = multiplySizes([place, it.features]);
  const bias = path('in_proj_bias');
  if (it.packed)
    return add(
      { kind: 'linear', inFeatures, outFeatures: it.features, weight, ...optional('bias', bias), firstOutput },
      [x],
    );
  const product = add({ kind: 'linear', inFeatures, outFeatures: it.features, weight }, [x]);
  if (bias === undefined) return product;
  // The bias stays packed: a third of it belongs here.
  const whole = add({ kind: 'parameter', parameter: bias, shape: [multiplySizes([3, it.features])] }, []);
  const end = multiplySizes([place + 1, it.features]);
  return add({ kind: 'add' }, [product, add({ kind: 'slice', axis: 0, start: firstOutput, end, step: 1 }, [whole])]);
}

/** B×T×E with one more trained row at the end. */
function extended(it: Heads, { parameter, add, trace }: LayerUse, x: Value, name: string): Value {
  const row = it.extraKey ? parameter(name) : undefined;
  if (!row) return x;
  const [batch = BATCH] = trace.shape(x) ?? [];
  return add({ kind: 'concat', axis: 1 }, [x, add({ kind: 'expand', shape: [batch, 1, it.features] }, [row])]);
}

/** B×T×E as B×heads×T×E/heads. */
function split(it: Heads, { add, trace }: LayerUse, x: Value): Value {
  const lead = trace.shape(x)?.slice(0, 2) ?? [BATCH, -1];
  return add({ kind: 'permute', axes: [0, 2, 1, 3] }, [
    add({ kind: 'reshape', shape: [...lead, it.heads, headSize(it)] }, [x]),
  ]);
}

function withZero(it: Heads, { add, trace }: LayerUse, x: Value): Value {
  const [batch = BATCH] = trace.shape(x) ?? [];
  const shape = [batch, it.heads, 1, headSize(it)];
  return add({ kind: 'concat', axis: 2 }, [
    x,
    add({ kind: 'constant', shape, content: { kind: 'fill', value: 0 } }, []),
  ]);
}

/** softmax(QKᵀ/√d + mask), by itself. */
function attentionWeights(
  use: LayerUse,
  queries: Value,
  keys: Value,
  { causal, mask }: { readonly causal: boolean; readonly mask: Mask | undefined },
): Value {
  const { add, trace } = use;
  const size = trace.shape(queries)?.at(-1);
  const product = add({ kind: 'matmul' }, [queries, add({ kind: 'permute', axes: [0, 1, 3, 2] }, [keys])]);
  if (!isKnown(size)) return use.opaque('These weights of an attention depend on a size that is not known.', [product]);
  const scores = add({ kind: 'affine', factor: 1 / Math.sqrt(size), offset: 0 }, [product]);
  const later = causal
    ? [
        add(
          {
            kind: 'constant',
            shape: trace.shape(scores)?.slice(-2),
            content: { kind: 'triangle', side: 'upper', diagonal: 1, inside: -Infinity, outside: 0 },
          },
          [],
        ),
      ]
    : [];
  const masks = [...later, ...(mask ? [added(use, mask)] : [])];
  const masked = masks.length > 0 ? add({ kind: 'add' }, [scores, ...masks]) : scores;
  return add({ kind: 'softmax', axis: -1, log: false }, [masked]);
}

export const attentionClass: ClassValue = layerClass(multihead);
export const attentionClasses: Readonly<Record<string, ClassValue>> = { MultiheadAttention: attentionClass };
