const tf = require('@tensorflow/tfjs-node');

// Twelve sigmoid layers: the gradient is gone before it reaches the first one.

const HIDDEN = 64;
const DEPTH = 12;

function createModel() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ inputShape: [20], units: HIDDEN, activation: 'sigmoid' }));
  for (let i = 1; i < DEPTH; i++) {
    model.add(tf.layers.dense({ units: HIDDEN, activation: 'sigmoid' }));
  }
  model.add(tf.layers.dense({ units: 1 }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

async function train(xs, ys) {
  const model = createModel();
  await model.fit(xs, ys, { epochs: 50, batchSize: 32 });
  return model;
}

module.exports = { createModel, train };
