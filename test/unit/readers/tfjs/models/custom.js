const tf = require('@tensorflow/tfjs');

class Scale extends tf.layers.Layer {
  constructor(config) {
    super(config);
    this.start = config.start;
  }

  build(inputShape) {
    const width = inputShape[inputShape.length - 1];
    this.gamma = this.addWeight('gamma', [width], 'float32', tf.initializers.constant({ value: this.start }));
    this.seen = this.addWeight('seen', [1], 'float32', tf.initializers.zeros(), undefined, false);
  }

  call(inputs) {
    return tf.tidy(() => tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, this.gamma.read()));
  }

  computeOutputShape(inputShape) {
    return inputShape;
  }

  static get className() {
    return 'Scale';
  }
}

function createModel() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 5, inputShape: [3] }));
  model.add(new Scale({ start: 0.5 }));
  model.add(tf.layers.dense({ units: 2 }));
  return model;
}
module.exports = { createModel };
