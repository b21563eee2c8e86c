import type { Op } from '../../../network';
import { toShape } from '../../frameworks/sizes';
import { tensorFunction, type FunctionUse, type TensorFunction } from '../../keras/ops/define';
import { perAxis } from '../../keras/sizes';
import { shapeOf } from '../../keras/tensor';
import { none, type Value } from '../../python/values';
import { attended } from '../layers/attention';

/** `max_pool(x, window_shape, strides, padding)`: without strides it steps by one. */
const pool = (reduce: 'max' | 'average'): TensorFunction =>
  tensorFunction(['inputs', 'window_shape', 'strides', 'padding', 'count_include_pad'], (use) => {
    const { args, settings, recording, x } = use;
    const given = args.get('window_shape');
    const kernel = given && toShape(use.interpreter, [given]);
    if (!kernel || shapeOf(x)?.length !== kernel.length + 2)
      return use.opaque('The window of this pooling is not known.');
    const rank = kernel.length;
    const padding = args.get('padding');
    const rule = padding?.type === 'str' ? padding.value.toUpperCase() : padding ? undefined : 'VALID';
    const pairs = padding && rule === undefined ? evenPairs(padding, rank) : undefined;
    if (rule !== 'SAME' && rule !== 'VALID' && !pairs)
      return use.opaque('The padding of this pooling is not understood.');
    const op: Op = {
      kind: 'pool',
      reduce,
      kernel,
      stride: perAxis(args.get('strides'), rank, 1),
      padding: pairs ?? (rule === 'SAME' ? 'same' : 'valid'),
      ceil: false,
      countPadding: settings.flag('count_include_pad', true),
    };
    return recording.add(op, [recording.first(x)], true);
  });

/** `((1, 1), (1, 1))`: as much before as behind. */
function evenPairs(padding: Value, rank: number): readonly number[] | undefined {
  if ((padding.type !== 'tuple' && padding.type !== 'list') || padding.items.length !== rank) return undefined;
  const sizes = padding.items.flatMap((item) => {
    const [before, after] = item.type === 'tuple' || item.type === 'list' ? item.items : [];
    return before?.type === 'int' && after?.type === 'int' && before.value === after.value ? [before.value] : [];
  });
  return sizes.length === rank ? sizes : undefined;
}

/** `make_causal_mask(x)`: of x of batch × steps, all of one triangle. */
const causalMask = tensorFunction(['x'], (use) => {
  const steps = shapeOf(use.x)?.at(-1);
  if (steps === undefined) return use.opaque('The number of steps is not known.');
  const content = { kind: 'triangle', side: 'lower', diagonal: 0, inside: 1, outside: 0 } as const;
  return use.recording.add({ kind: 'constant', shape: [1, 1, steps, steps], content }, []);
});

/** `make_attention_mask(queries, keys)`: where both are set. */
const attentionMask = tensorFunction(['query_input', 'key_input'], (use) => {
  const { recording, args } = use;
  const [queries, keys] = [recording.natural(args.value('query_input')), recording.natural(args.value('key_input'))];
  if (args.has('pairwise_fn')) return use.opaque('How this mask is made is not understood.');
  const both = recording.step({ kind: 'multiply' }, [
    recording.step({ kind: 'unsqueeze', axis: -1 }, [queries]),
    recording.step({ kind: 'unsqueeze', axis: -2 }, [keys]),
  ]);
  return recording.add({ kind: 'unsqueeze', axis: 1 }, [both]);
});

/** Masks that must all hold; those that are `None` are left out. */
const combinedMasks = tensorFunction([], ({ call, recording }) => {
  const masks = call.positional.filter(({ type }) => type !== 'none');
  return masks.reduce((all, mask) => recording.joined({ kind: 'compare', operator: 'and' }, [all, mask]));
});

/** `dot_product_attention(query, key, value, bias, mask)` of batch × steps × heads × features. */
const dotProductAttention = tensorFunction(['query', 'key', 'value', 'bias', 'mask'], (use) => {
  const { args, recording } = use;
  const bias = args.get('bias') ?? none;
  if (bias.type !== 'none') return use.opaque('An attention with a bias is not understood yet.');
  const heads = [args.value('query'), args.value('key'), args.value('value')] as const;
  return attended(recording, heads, {
    mask: args.get('mask'),
    dropout: use.settings.number('dropout_rate', 0),
  });
});

const standardize = tensorFunction(['x', 'axis', 'mean', 'variance', 'epsilon'], (use: FunctionUse) => {
  const size = shapeOf(use.x)?.at(-1);
  if (size === undefined || ['axis', 'mean', 'variance'].some((name) => use.args.has(name)))
    return use.opaque('This standardisation is not understood yet.');
  return use.natural({
    kind: 'layerNorm',
    normalizedShape: [size],
    center: true,
    epsilon: use.settings.number('epsilon', 1e-5),
  });
});

/** Functions that `flax.linen` and `flax.nnx` have besides activations. */
export const neuralFunctions: Readonly<Record<string, TensorFunction>> = {
  max_pool: pool('max'),
  avg_pool: pool('average'),
  make_causal_mask: causalMask,
  make_attention_mask: attentionMask,
  combine_masks: combinedMasks,
  dot_product_attention: dotProductAttention,
  standardize,
};
