import { builtin } from '../../python/classes';
import { standardModules } from '../../python/library/standard';
import { bool, float, int, none, numberOf, text, type Call, type ClassValue, type Value } from '../../python/values';
import { ConstantState, sourceOrigin, type Draw } from '../draw';
import { namedParameters, self } from '../module';
import { fromDim } from '../../frameworks/sizes';
import { makeTensor, parameterState } from '../tensor';
import { attentionClass } from './attention';
import { compositeClass, stepMethod, type Assembly, type CompositeUse } from './composite';
import { moduleListClass } from './containers';
import { withMembers } from './define';
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

const argument = ({ args }: CompositeUse, name: string): Value => args.get(name) ?? none;

/** None, or false: no hint. */
const hint = (use: CompositeUse, name: string): Value => {
  const given = argument(use, name);
  return given.type === 'none' ? bool(false) : given;
};

const encoderLayerClass = compositeClass({
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

const decoderLayerClass = compositeClass({
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

const mostLayers = 256;

/** `num_layers` copies of a layer, and what stands behind them. */
function assembleStack({ settings, part, attribute, call }: Assembly, layerName: string): void {
  const layer = settings.args.value(layerName);
  const count = Math.min(settings.number('num_layers', 0), mostLayers);
  const deepcopy = standardModules.get('copy')?.get('deepcopy') ?? none;
  const copies = Array.from({ length: count }, () => call.interpreter.apply(deepcopy, layer));
  part('layers', moduleListClass, [{ type: 'tuple', items: copies, weight: count + 1 }]);
  attribute('num_layers', int(count));
  attribute('norm', settings.args.get('norm') ?? none);
}

function throughLayers(use: CompositeUse, x: Value, rest: readonly (readonly [string, Value])[]): Value {
  const layers = use.call.interpreter.iterate(use.part('layers'));
  if ('type' in layers) return use.trace.opaque('The layers of this stack are not known.', [x], use.site, use.layer);
  const keywords = new Map(rest);
  const memory = use.args.get('memory');
  const result = layers.reduce(
    (stream, layer) => use.call.interpreter.call(layer, { positional: memory ? [stream, memory] : [stream], keywords }),
    x,
  );
  const norm = use.part('norm');
  return norm.type === 'none' ? result : use.apply(norm, result);
}

const encoderClass = compositeClass({
  name: 'TransformerEncoder',
  parameters: ['encoder_layer', 'num_layers', 'norm', 'enable_nested_tensor', 'mask_check'],
  assemble: (assembly) => assembleStack(assembly, 'encoder_layer'),
  inputs: ['src', 'mask', 'src_key_padding_mask', 'is_causal'],
  forward: (use) =>
    throughLayers(use, use.args.value('src'), [
      ['src_mask', argument(use, 'mask')],
      ['is_causal', hint(use, 'is_causal')],
      ['src_key_padding_mask', argument(use, 'src_key_padding_mask')],
    ]),
});

const decoderClass = compositeClass({
  name: 'TransformerDecoder',
  parameters: ['decoder_layer', 'num_layers', 'norm'],
  assemble: (assembly) => assembleStack(assembly, 'decoder_layer'),
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
    throughLayers(use, use.args.value('tgt'), [
      ['tgt_mask', argument(use, 'tgt_mask')],
      ['memory_mask', argument(use, 'memory_mask')],
      ['tgt_key_padding_mask', argument(use, 'tgt_key_padding_mask')],
      ['memory_key_padding_mask', argument(use, 'memory_key_padding_mask')],
      ['tgt_is_causal', hint(use, 'tgt_is_causal')],
      ['memory_is_causal', hint(use, 'memory_is_causal')],
    ]),
});

const xavierUniform: Draw = { kind: 'fanScaling', scale: 1, fan: 'average', shape: 'uniform' };

/** `Transformer._reset_parameters`: Xavier for all that has two axes. */
function resetAll(call: Call): Value {
  for (const parameter of namedParameters(self(call)).keys()) {
    const state = parameterState(parameter);
    if (!state || state.shape.length < 2) continue;
    call.interpreter.journal.beforeChange(state);
    state.draw = xavierUniform;
    state.origin = { kind: 'frameworkDefault' };
  }
  return none;
}

/** −∞ over the diagonal. */
const subsequentMask = builtin('generate_square_subsequent_mask', (call) => {
  const size = call.positional[0] ?? call.keywords.get('sz') ?? none;
  const side = numberOf(size);
  const { interpreter } = call;
  const torch = interpreter.host.importModule('torch');
  const [full, triu] = ['full', 'triu'].map((name) => torch?.get(name));
  if (full && triu)
    return interpreter.call(triu, {
      positional: [interpreter.apply(full, { type: 'tuple', items: [size, size], weight: 3 }, float(-Infinity))],
      keywords: new Map<string, Value>([['diagonal', int(1)]]),
    });
  return makeTensor(
    new ConstantState(
      side === undefined ? undefined : [side, side],
      { kind: 'unknown', reason: 'it is a mask' },
      sourceOrigin(call.site),
    ),
    call.site,
  );
});

const transformerClass = withMembers(
  compositeClass({
    name: 'Transformer',
    parameters: [
      'd_model',
      'nhead',
      'num_encoder_layers',
      'num_decoder_layers',
      'dim_feedforward',
      'dropout',
      'activation',
      'custom_encoder',
      'custom_decoder',
      'layer_norm_eps',
      'batch_first',
      'norm_first',
      'bias',
      'device',
      'dtype',
    ],
    assemble: ({ settings, part, attribute, call }) => {
      const { args } = settings;
      const features = args.get('d_model') ?? int(512);
      const heads = args.get('nhead') ?? int(8);
      const eps = args.get('layer_norm_eps') ?? float(1e-5);
      const bias = args.get('bias') ?? bool(true);
      const shared: Record<string, Value> = {};
      for (const name of ['dim_feedforward', 'dropout', 'activation', 'batch_first', 'norm_first']) {
        const value = args.get(name);
        if (value) shared[name] = value;
      }
      for (const [name, cls, layer] of [
        ['encoder', encoderClass, encoderLayerClass],
        ['decoder', decoderClass, decoderLayerClass],
      ] as const) {
        const custom = args.get(`custom_${name}`);
        if (custom && custom.type !== 'none') {
          attribute(name, custom);
          continue;
        }
        const keywords = new Map(Object.entries({ ...shared, layer_norm_eps: eps, bias }));
        const block = call.interpreter.call(layer, { positional: [features, heads], keywords });
        const norm = call.interpreter.call(layerNormClass, {
          positional: [features],
          keywords: new Map(Object.entries({ eps, bias })),
        });
        part(name, cls, [block, args.get(`num_${name}_layers`) ?? int(6), norm]);
      }
      attribute('d_model', features);
      attribute('nhead', heads);
      attribute('batch_first', args.get('batch_first') ?? bool(false));
      const [module] = call.positional;
      if (module) resetAll({ ...call, positional: [module] });
    },
    inputs: [
      'src',
      'tgt',
      'src_mask',
      'tgt_mask',
      'memory_mask',
      'src_key_padding_mask',
      'tgt_key_padding_mask',
      'memory_key_padding_mask',
      'src_is_causal',
      'tgt_is_causal',
      'memory_is_causal',
    ],
    forward: (use) => {
      const keywords = (names: Readonly<Record<string, string>>): Map<string, Value> =>
        new Map(Object.entries(names).map(([name, from]) => [name, argument(use, from)]));
      const memory = use.call.interpreter.call(use.part('encoder'), {
        positional: [use.args.value('src')],
        keywords: keywords({
          mask: 'src_mask',
          src_key_padding_mask: 'src_key_padding_mask',
          is_causal: 'src_is_causal',
        }),
      });
      const names = [
        'tgt_mask',
        'memory_mask',
        'tgt_key_padding_mask',
        'memory_key_padding_mask',
        'tgt_is_causal',
        'memory_is_causal',
      ];
      return use.call.interpreter.call(use.part('decoder'), {
        positional: [use.args.value('tgt'), memory],
        keywords: keywords(Object.fromEntries(names.map((name) => [name, name]))),
      });
    },
    methods: { _reset_parameters: resetAll },
  }),
  { generate_square_subsequent_mask: subsequentMask },
);

export const transformerClasses: Readonly<Record<string, ClassValue>> = {
  TransformerEncoderLayer: encoderLayerClass,
  TransformerDecoderLayer: decoderLayerClass,
  TransformerEncoder: encoderClass,
  TransformerDecoder: decoderClass,
  Transformer: transformerClass,
};
