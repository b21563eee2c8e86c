import { floorDivideSize, multiplySizes, type OpOf } from '../../../network';
import { numberOf, tuple, type Value } from '../../python/values';
import { applyTensorFunction, function_, type FunctionUse, type TensorFunction } from './define';
import { numberKindOf } from './numberKind';
import { interleaved } from './reshaping';
import { linearFunction } from './weighted';

const scaledDotProduct = function_(
  ['key', 'value', 'attn_mask', 'dropout_p', 'is_causal', 'scale', 'enable_gqa'],
  (use) => {
    const query = use.given('query') ?? use.x;
    const mask = use.given('attn_mask');
    const kind = mask ? numberKindOf(mask, use.trace) : undefined;
    let [key, value] = [use.args.value('key'), use.args.value('value')];
    const inputs = [query, key, value, ...(mask ? [mask] : [])];
    if (mask && kind === undefined)
      return use.opaque('Whether this attention mask is added or chosen by is not known.', inputs);
    if (use.flag('enable_gqa', false)) {
      const [heads, groups] = [use.shape(query)?.at(-3), use.shape(key)?.at(-3)];
      const times = heads !== undefined && groups !== undefined ? floorDivideSize(heads, groups) : undefined;
      if (times === undefined) return use.opaque('The number of heads of this attention is not known.', inputs);
      [key, value] = [interleaved(use, key, times, -3), interleaved(use, value, times, -3)];
    }
    const scale = use.given('scale');
    const op: OpOf<'attention'> = {
      kind: 'attention',
      ...(scale ? { scale: use.settings.number('scale', 1) } : {}),
      causal: use.flag('is_causal', false),
      dropout: use.settings.number('dropout_p', 0),
      mask: mask ? (kind === 'bool' ? 'boolean' : 'added') : 'none',
    };
    return use.add(op, [query, key, value, ...(mask ? [mask] : [])]);
  },
);

const multiHeadParameters = [
  'key',
  'value',
  'embed_dim_to_check',
  'num_heads',
  'in_proj_weight',
  'in_proj_bias',
  'bias_k',
  'bias_v',
  'add_zero_attn',
  'dropout_p',
  'out_proj_weight',
  'out_proj_bias',
  'training',
  'key_padding_mask',
  'need_weights',
  'attn_mask',
  'use_separate_proj_weight',
  'q_proj_weight',
  'k_proj_weight',
  'v_proj_weight',
];

/** `F.multi_head_attention_forward`, with time before batch: projections, heads, attention, projection. */
const multiHeadAttention = function_(multiHeadParameters, (use) => {
  const [key, value] = [use.given('key') ?? use.x, use.given('value') ?? use.x];
  const shape = use.shape();
  const heads = numberOf(use.given('num_heads'));
  const unusual = ['bias_k', 'bias_v', 'key_padding_mask'].some((name) => use.given(name));
  if (shape?.length !== 3 || heads === undefined || unusual || use.flag('add_zero_attn', false))
    return tuple([use.opaque('This multi-head attention is not understood.', [use.x, key, value]), { type: 'none' }]);
  const [time = 1, batch = 1, features = 1] = shape;
  const projected = [use.x, key, value].map((x, index) => heads3(use, projection(use, x, index, features), heads));
  const mask = use.given('attn_mask');
  const chosen = numberKindOf(mask, use.trace) === 'bool';
  // Unlike those of the operation, true values say here what is left out.
  const shown = mask && chosen ? use.add({ kind: 'affine', factor: -1, offset: 1 }, [mask]) : mask;
  const attended = use.add(
    {
      kind: 'attention',
      causal: false,
      dropout: use.settings.number('dropout_p', 0),
      mask: mask ? (chosen ? 'boolean' : 'added') : 'none',
    },
    [...projected, ...(shown ? [shown] : [])],
  );
  const back = use.add({ kind: 'permute', axes: [2, 0, 1, 3] }, [attended]);
  const joined = use.add({ kind: 'reshape', shape: [time, batch, features] }, [back]);
  const result = linear(use, joined, use.given('out_proj_weight'), use.given('out_proj_bias'));
  return tuple([result, use.opaque('The weights of this attention are not followed.', [joined])]);
});

/** T×B×E → B×heads×T×E/heads */
function heads3(use: FunctionUse, x: Value, heads: number): Value {
  const [time = 1, batch = 1, features = 1] = use.shape(x) ?? [];
  const apart = use.add({ kind: 'reshape', shape: [time, batch, heads, floorDivideSize(features, heads)] }, [x]);
  return use.add({ kind: 'permute', axes: [1, 2, 0, 3] }, [apart]);
}

function projection(use: FunctionUse, x: Value, index: number, features: ReturnType<typeof multiplySizes>): Value {
  const bias = use.given('in_proj_bias');
  const start = multiplySizes([index, features]);
  const end = multiplySizes([index + 1, features]);
  const rows = (packed: Value): Value => use.add({ kind: 'slice', axis: 0, start, end, step: 1 }, [packed]);
  const own = use.given(['q_proj_weight', 'k_proj_weight', 'v_proj_weight'][index] ?? '');
  const packed = use.given('in_proj_weight');
  return linear(use, x, own ?? (packed && rows(packed)), bias && rows(bias));
}

function linear(use: FunctionUse, x: Value, weight: Value | undefined, bias: Value | undefined): Value {
  if (!weight) return use.opaque('The weight of this attention is not known.', [x]);
  const positional = [x, weight, ...(bias ? [bias] : [])];
  return applyTensorFunction('linear', linearFunction, { ...use.call, positional, keywords: new Map() });
}

export const attentionFunctions: Readonly<Record<string, TensorFunction>> = {
  scaled_dot_product_attention: scaledDotProduct,
  multi_head_attention_forward: multiHeadAttention,
};
