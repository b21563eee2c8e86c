const tf = require('@tensorflow/tfjs');

// Every initialiser, by name and by function, with its quirks.
const names = [
  'glorotNormal',
  'glorotUniform',
  'heNormal',
  'heUniform',
  'leCunNormal',
  'leCunUniform',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
  'varianceScaling',
  'orthogonal',
  'ones',
  'zeros',
  'identity',
];

function createModel() {
  const layers = names.map((kernelInitializer) => tf.layers.dense({ units: 48, kernelInitializer, inputShape: [48] }));
  const made = [
    tf.initializers.randomNormal({ mean: 0.5, stddev: 0 }),
    tf.initializers.randomUniform({ minval: 0, maxval: 0.2 }),
    tf.initializers.truncatedNormal({ stddev: 0.3 }),
    tf.initializers.varianceScaling({ scale: 2, mode: 'fanAvg', distribution: 'truncatedNormal' }),
    tf.initializers.varianceScaling({ scale: 2, mode: 'fanOut' }),
    tf.initializers.orthogonal({ gain: 2 }),
    tf.initializers.identity({ gain: 3 }),
    tf.initializers.constant({ value: 0.25 }),
    tf.initializers.heNormal({ seed: 3 }),
  ].map((kernelInitializer) => tf.layers.dense({ units: 48, kernelInitializer }));
  const last = [
    tf.layers.dense({ units: 96, name: 'wide' }),
    tf.layers.reshape({ targetShape: [4, 4, 6] }),
    tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 8, depthwiseInitializer: 'heNormal' }),
  ];
  return tf.sequential({
    layers: [
      ...layers,
      ...made,
      ...last,
      tf.layers.conv2dTranspose({ filters: 24, kernelSize: 3, kernelInitializer: 'heUniform' }),
    ],
  });
}
module.exports = { createModel };
