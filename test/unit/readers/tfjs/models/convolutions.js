const tf = require('@tensorflow/tfjs');

function createModel() {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [28, 28, 3],
        filters: 8,
        kernelSize: [5, 3],
        strides: 2,
        padding: 'same',
        activation: 'relu',
      }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'relu6' }),
      tf.layers.separableConv2d({ filters: 12, kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
      tf.layers.leakyReLU({ alpha: 0.1 }),
      tf.layers.conv2dTranspose({
        filters: 6,
        kernelSize: 4,
        strides: 2,
        padding: 'same',
        kernelInitializer: 'heNormal',
      }),
      tf.layers.prelu({ sharedAxes: [1, 2] }),
      tf.layers.upSampling2d({ size: [2, 2] }),
      tf.layers.zeroPadding2d({
        padding: [
          [1, 2],
          [3, 4],
        ],
      }),
      tf.layers.cropping2D({
        cropping: [
          [1, 0],
          [0, 2],
        ],
      }),
      tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      tf.layers.averagePooling2d({ poolSize: [2, 3] }),
      tf.layers.spatialDropout1d ? tf.layers.dropout({ rate: 0.25 }) : undefined,
      tf.layers.flatten(),
      tf.layers.dense({
        units: 10,
        kernelInitializer: tf.initializers.varianceScaling({ scale: 3, mode: 'fanOut', distribution: 'uniform' }),
        biasInitializer: 'ones',
      }),
      tf.layers.softmax(),
    ],
  });
  return model;
}
module.exports = { createModel };
