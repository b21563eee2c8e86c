import { bool, float, int, none, text, type Call, type Value } from '../../python/values';
import { fromDim } from '../../frameworks/sizes';
import { attentionClass } from './attention';
import { compositeClass, stepMethod, type Assembly, type CompositeUse } from './composite';
import { dropoutClasses } from './dropout';
import { linearClass } from './linear';
import { layerNormClass } from './normalisation';

const dropoutClass = dropoutClasses['Dropout'] ?? linearClass;

const blockParameters = [
  'd_model',
  'nhead',
  'dim_feedforward',
  'dropout',
  'activation',
  'layer_norm_eps',
  'batch_first',
  'norm_first',
  'bias',
  'device',
  'dtype',
];

/** What both kinds of block are made of, besides their attention; the order is PyTorch's. */
function assembleBlock({ settings, part, attribute }: Assembly, attentions: readonly string[]): void {
  const features = fromDim(settings.dim('d_model'));
  const inner = settings.args.has('dim_feedforward') ? fromDim(settings.dim('dim_feedforward')) : int(2048);
  const rate = settings.args.get('dropout') ?? float(0.1);
  const bias = settings.args.get('bias') ?? bool(true);
  const batchFirst = settings.args.get('batch_first') ?? bool(false);
  for (const name of attentions)
    part(name, attentionClass, [features, settings.args.value('nhead')], {
      dropout: rate,
      bias,
      batch_first: batchFirst,
    });
  part('linear1', linearClass, [features, inner], { bias });
  part('dropout', dropoutClass, [rate]);
  part('linear2', linearClass, [inner, features], { bias });
  attribute('norm_first', settings.args.get('norm_first') ?? bool(false));
  const joins = Array.from({ length: attentions.length + 1 }, (_, index) => String(index + 1));
  const eps = settings.args.get('layer_norm_eps') ?? float(1e-5);
  for (const index of joins) part(`norm${index}`, layerNormClass, [features], { eps, bias });
  for (const index of joins) part(`dropout${index}`, dropoutClass, [rate]);
  attribute('activation', settings.args.get('activation') ?? text('relu'));
}

function add(use: CompositeUse, x: Value, y: Value): Value {
  return use.trace.add({ kind: 'add' }, [x, y], use.site);
}

/** The residual joins of a block, with the norm before or behind each. */
function throughSteps(use: CompositeUse, x: Value, steps: readonly ((x: Value) => Value)[]): Value {
  const first = use.call.interpreter.truth(use.part('norm_first'));
  if (typeof first !== 'boolean')
    return use.trace.opaque('Whether this block normalises first is not known.', [x], use.site, use.layer);
  return steps.reduce((stream, step, index) => {
    const norm = use.part(`norm${index + 1}`);
    return first ? add(use, stream, step(use.apply(norm, stream))) : use.apply(norm, add(use, stream, step(stream)));
  }, x);
}

function activated(use: CompositeUse, x: Value): Value {
  const activation = use.part('activation');
  if (activation.type !== 'str') return use.apply(activation, x);
  const name = activation.value;
  return name === 'relu' || name === 'gelu'
    ? use.trace.add(
        { kind: 'activation', activation: name === 'relu' ? { kind: 'relu' } : { kind: 'gelu', approximate: 'none' } },
        [x],
        use.site,
      )
    : use.trace.opaque(`PyTorch has no activation '${name}' for this block.`, [x], use.site, use.layer);
}

/** Attention with its dropout: of x to itself, or to what the encoder gives. */
function attended(use: CompositeUse, names: { attention: string; dropout: string }, inputs: readonly Value[]): Value {
  const [query = none, memory = query, mask = none, padding = none, causal = bool(false)] = inputs;
  const result = use.call.interpreter.call(use.part(names.attention), {
    positional: [query, memory, memory],
    keywords: new Map<string, Value>([
      ['attn_mask', mask],
      ['key_padding_mask', padding],
      ['is_causal', causal],
      ['need_weights', bool(false)],
    ]),
  });
  const [output = none] = result.type === 'tuple' ? result.items : [result];
  return use.apply(use.part(names.dropout), output);
}

const selfAttention = stepMethod(['x', 'attn_mask', 'key_padding_mask', 'is_causal'], (use) => {
  const { args } = use;
  const x = args.value('x');
  const rest = ['attn_mask', 'key_padding_mask', 'is_causal'].map((name) => args.get(name) ?? none);
  return attended(use, { attention: 'self_attn', dropout: 'dropout1' }, [x, x, ...rest]);
});

const crossAttention = stepMethod(['x', 'mem', 'attn_mask', 'key_padding_mask', 'is_causal'], (use) => {
  const inputs = ['x', 'mem', 'attn_mask', 'key_padding_mask', 'is_causal'].map((name) => use.args.get(name) ?? none);
  return attended(use, { attention: 'multihead_attn', dropout: 'dropout2' }, inputs);
});

const feedForward = (dropout: string): ((call: Call) => Value) =>
  stepMethod(['x'], (use) => {
    const inner = use.apply(use.part('dropout'), activated(use, use.apply(use.part('linear1'), use.args.value('x'))));
    return use.apply(use.part(dropout), use.apply(use.part('linear2'), inner));
  });

export const argument = ({ args }: CompositeUse, name: string): Value => args.get(name) ?? none;

/** None, or false: no hint. */
export const hint = (use: CompositeUse, name: string): Value => {
  const given = argument(use, name);
  return given.type === 'none' ? bool(false) : given;
};

export const encoderLayerClass = compositeClass({
  name: 'TransformerEncoderLayer',
  parameters: blockParameters,
  assemble: (assembly) => assembleBlock(assembly, ['self_attn']),
  inputs: ['src', 'src_mask', 'src_key_padding_mask', 'is_causal'],
  forward: (use) =>
    throughSteps(use, use.args.value('src'), [
      (x) =>
        use.apply(
          use.part('_sa_block'),
          x,
          argument(use, 'src_mask'),
          argument(use, 'src_key_padding_mask'),
          hint(use, 'is_causal'),
        ),
      (x) => use.apply(use.part('_ff_block'), x),
    ]),
  methods: { _sa_block: selfAttention, _ff_block: feedForward('dropout2') },
});

export const decoderLayerClass = compositeClass({
  name: 'TransformerDecoderLayer',
  parameters: blockParameters,
  assemble: (assembly) => assembleBlock(assembly, ['self_attn', 'multihead_attn']),
  inputs: [
    'tgt',
    'memory',
    'tgt_mask',
    'memory_mask',
    'tgt_key_padding_mask',
    'memory_key_padding_mask',
    'tgt_is_causal',
    'memory_is_causal',
  ],
  forward: (use) =>
    throughSteps(use, use.args.value('tgt'), [
      (x) =>
        use.apply(
          use.part('_sa_block'),
          x,
          argument(use, 'tgt_mask'),
          argument(use, 'tgt_key_padding_mask'),
          hint(use, 'tgt_is_causal'),
        ),
      (x) =>
        use.apply(
          use.part('_mha_block'),
          x,
          use.args.value('memory'),
          argument(use, 'memory_mask'),
          argument(use, 'memory_key_padding_mask'),
          hint(use, 'memory_is_causal'),
        ),
      (x) => use.apply(use.part('_ff_block'), x),
    ]),
  methods: { _sa_block: selfAttention, _mha_block: crossAttention, _ff_block: feedForward('dropout3') },
});
