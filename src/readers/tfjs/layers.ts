import { builtin, undefinedValue, type BuiltinValue, type Call, type Value } from '../javascript/values';
import { makeLayer } from '../kerasLayers/makeLayer';
import { settingsOf } from './config';
import { layerOf, objectFor } from './layerValues';
import { input } from './models';
import { sessionOf } from './session';

/** The functions of `tf.layers`, and the classes that they make instances of. */
const classes: Readonly<Record<string, string>> = {
  activation: 'Activation',
  add: 'Add',
  alphaDropout: 'AlphaDropout',
  average: 'Average',
  averagePooling1d: 'AveragePooling1D',
  averagePooling2d: 'AveragePooling2D',
  averagePooling3d: 'AveragePooling3D',
  avgPool1d: 'AveragePooling1D',
  avgPool2d: 'AveragePooling2D',
  avgPool3d: 'AveragePooling3D',
  avgPooling1d: 'AveragePooling1D',
  avgPooling2d: 'AveragePooling2D',
  avgPooling3d: 'AveragePooling3D',
  batchNormalization: 'BatchNormalization',
  bidirectional: 'Bidirectional',
  categoryEncoding: 'CategoryEncoding',
  centerCrop: 'CenterCrop',
  concatenate: 'Concatenate',
  conv1d: 'Conv1D',
  conv2d: 'Conv2D',
  conv2dTranspose: 'Conv2DTranspose',
  conv3d: 'Conv3D',
  conv3dTranspose: 'Conv3DTranspose',
  convLstm2d: 'ConvLSTM2D',
  cropping2D: 'Cropping2D',
  dense: 'Dense',
  depthwiseConv2d: 'DepthwiseConv2D',
  dot: 'Dot',
  dropout: 'Dropout',
  elu: 'ELU',
  embedding: 'Embedding',
  flatten: 'Flatten',
  gaussianDropout: 'GaussianDropout',
  gaussianNoise: 'GaussianNoise',
  globalAveragePooling1d: 'GlobalAveragePooling1D',
  globalAveragePooling2d: 'GlobalAveragePooling2D',
  globalMaxPool1d: 'GlobalMaxPooling1D',
  globalMaxPool2d: 'GlobalMaxPooling2D',
  globalMaxPooling1d: 'GlobalMaxPooling1D',
  globalMaxPooling2d: 'GlobalMaxPooling2D',
  gru: 'GRU',
  layerNormalization: 'LayerNormalization',
  leakyReLU: 'LeakyReLU',
  lstm: 'LSTM',
  masking: 'Masking',
  maxPool1d: 'MaxPooling1D',
  maxPool2d: 'MaxPooling2D',
  maxPooling1d: 'MaxPooling1D',
  maxPooling2d: 'MaxPooling2D',
  maxPooling3d: 'MaxPooling3D',
  maximum: 'Maximum',
  minimum: 'Minimum',
  multiply: 'Multiply',
  permute: 'Permute',
  prelu: 'PReLU',
  randomWidth: 'RandomWidth',
  reLU: 'ReLU',
  repeatVector: 'RepeatVector',
  rescaling: 'Rescaling',
  reshape: 'Reshape',
  resizing: 'Resizing',
  rnn: 'RNN',
  separableConv2d: 'SeparableConv2D',
  simpleRNN: 'SimpleRNN',
  softmax: 'Softmax',
  spatialDropout1d: 'SpatialDropout1D',
  thresholdedReLU: 'ThresholdedReLU',
  timeDistributed: 'TimeDistributed',
  upSampling2d: 'UpSampling2D',
  zeroPadding2d: 'ZeroPadding2D',
};

/** What making a layer costs, in steps of the evaluator. */
const layerSteps = 40;

function layerObject(className: string, call: Call): Value {
  call.interpreter.budget.spend(layerSteps);
  const {
    interpreter,
    arguments: [config = undefinedValue],
    site,
  } = call;
  const session = sessionOf(interpreter);
  const settings = settingsOf(className, config);
  const given = settings.get('name');
  const name = typeof given === 'string' ? given : session.names.ofLayer(className);
  session.progress++;
  const inner = config.type === 'object' ? layerOf(config.properties.get('layer')) : undefined;
  const layer = makeLayer(className, name, settings, site, inner);
  interpreter.journal.made(layer);
  return objectFor(interpreter, layer);
}

const makers = Object.entries(classes).map(([name, className]): [string, BuiltinValue] => [
  name,
  builtin(name, (call) => layerObject(className, call)),
]);

/** `tf.layers`, apart from its classes. */
export const layerFunctions: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...makers,
  ['input', builtin('input', input)],
  ['inputLayer', builtin('inputLayer', (call) => makeInputLayer(call))],
]);

/** `tf.layers.inputLayer({inputShape})`: the first layer of a sequential model. */
function makeInputLayer({ interpreter, arguments: [config = undefinedValue], site }: Call): Value {
  const settings = settingsOf('InputLayer', config);
  const given = settings.get('name');
  const name = typeof given === 'string' ? given : sessionOf(interpreter).names.unique('input');
  return objectFor(interpreter, makeLayer('InputLayer', name, settings, site));
}
