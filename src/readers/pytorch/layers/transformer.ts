import { builtin } from '../../python/classes';
import { standardModules } from '../../python/library/standard';
import { bool, float, int, none, tuple, type Call, type ClassValue, type Value } from '../../python/values';
import type { Draw } from '../draw';
import { namedParameters, self } from '../module';
import { parameterState } from '../tensor';
import { compositeClass, type Assembly, type CompositeUse } from './composite';
import { moduleListClass } from './containers';
import { withMembers } from './define';
import { layerNormClass } from './normalisation';
import { argument, decoderLayerClass, encoderLayerClass, hint } from './transformerBlock';

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
  const { interpreter } = call;
  const size = call.positional[0] ?? call.keywords.get('sz') ?? none;
  const torch = interpreter.host.importModule('torch');
  const hidden = interpreter.apply(torch?.get('full') ?? none, tuple([size, size]), float(-Infinity));
  return interpreter.apply(torch?.get('triu') ?? none, hidden, int(1));
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
