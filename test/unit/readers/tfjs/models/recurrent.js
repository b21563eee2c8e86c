const tf = require('@tensorflow/tfjs');

function createModel(vocabulary = 50, units = 6) {
  const model = tf.sequential({ name: 'reader' });
  model.add(tf.layers.embedding({ inputDim: vocabulary, outputDim: 8, inputLength: 12 }));
  model.add(tf.layers.bidirectional({ layer: tf.layers.lstm({ units, returnSequences: true }) }));
  model.add(tf.layers.bidirectional({ layer: tf.layers.gru({ units: 5, returnSequences: true }), mergeMode: 'sum' }));
  model.add(tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 7, activation: 'tanh' }) }));
  model.add(
    tf.layers.lstm({ units: 4, unitForgetBias: true, returnSequences: true, recurrentInitializer: 'glorotNormal' }),
  );
  model.add(tf.layers.gru({ units: 4, returnSequences: true, activation: 'relu' }));
  model.add(tf.layers.simpleRNN({ units: 3, useBias: false }));
  model.add(tf.layers.repeatVector({ n: 4 }));
  model.add(tf.layers.conv1d({ filters: 5, kernelSize: 3, padding: 'causal', dilationRate: 2 }));
  model.add(tf.layers.globalMaxPooling1d());
  model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }));
  return model;
}
module.exports = { createModel };
