import { builtin } from '../../python/classes';
import { none, type ClassValue, type Value } from '../../python/values';
import { moduleSubclass } from './define';

/** Modules that are known to be there and not understood yet: what depends on them is not judged, and it is said. */
const names = [
  'Bilinear',
  'LazyLinear',
  'Embedding',
  'EmbeddingBag',
  'RNN',
  'LSTM',
  'GRU',
  'RNNCell',
  'LSTMCell',
  'GRUCell',
  'MultiheadAttention',
  'Transformer',
  'TransformerEncoder',
  'TransformerDecoder',
  'TransformerEncoderLayer',
  'TransformerDecoderLayer',
  'ConvTranspose1d',
  'ConvTranspose2d',
  'ConvTranspose3d',
  'LazyConv1d',
  'LazyConv2d',
  'LazyBatchNorm1d',
  'LazyBatchNorm2d',
  'Upsample',
  'UpsamplingBilinear2d',
  'UpsamplingNearest2d',
  'PixelShuffle',
  'PixelUnshuffle',
  'Fold',
  'Unfold',
  'LocalResponseNorm',
  'LPPool1d',
  'LPPool2d',
  'MaxUnpool2d',
  'FractionalMaxPool2d',
  'ZeroPad1d',
  'ZeroPad2d',
  'ConstantPad1d',
  'ConstantPad2d',
  'ReflectionPad1d',
  'ReflectionPad2d',
  'ReplicationPad2d',
  'GLU',
  'Softmin',
  'Softmax2d',
  'CosineSimilarity',
  'PairwiseDistance',
  'ChannelShuffle',
  'AdaptiveLogSoftmaxWithLoss',
];

const notYetClass = (name: string): ClassValue => {
  const cls = moduleSubclass(name, (_call, _module, state) => {
    state.unlisted = `those of \`nn.${name}\``;
    state.lower = ({ trace, inputs, site, layer }) =>
      trace.opaque(`\`nn.${name}\` is not understood yet: what depends on it is not judged.`, inputs, site, layer);
  });
  // Its parameters exist, but not here: code that initialises them is let pass.
  const ignored = builtin('_reset_parameters', () => none, true);
  cls.attributes.fill(
    new Map<string, Value>([
      ...cls.attributes.entries(),
      ['reset_parameters', ignored],
      ['_reset_parameters', ignored],
    ]),
  );
  return cls;
};

export const notYetClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  names.map((name) => [name, notYetClass(name)]),
);
