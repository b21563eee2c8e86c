import * as tf from '@tensorflow/tfjs';

const conv = (filters, options = {}) => tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...options });

function residual(x, filters, stride) {
  let y = conv(filters, { strides: stride, useBias: false }).apply(x);
  y = tf.layers.batchNormalization({ momentum: 0.9 }).apply(y);
  y = tf.layers.reLU().apply(y);
  y = conv(filters, { useBias: false }).apply(y);
  y = tf.layers.batchNormalization().apply(y);
  const shortcut =
    stride === 1
      ? x
      : tf.layers.conv2d({ filters, kernelSize: 1, strides: stride, name: `shortcut_${filters}` }).apply(x);
  return tf.layers.reLU().apply(tf.layers.add().apply([y, shortcut]));
}

export class Builder {
  constructor(widths) {
    this.widths = widths;
  }

  get last() {
    return this.widths[this.widths.length - 1];
  }

  build() {
    const image = tf.input({ shape: [16, 16, 3], name: 'image' });
    const extra = tf.input({ shape: [4] });
    let x = conv(this.widths[0]).apply(image);
    this.widths.forEach((width, index) => {
      x = residual(x, width, index === 0 ? 1 : 2);
    });
    x = tf.layers.globalAveragePooling2d({}).apply(x);
    const encoder = tf.sequential({
      layers: [
        tf.layers.dense({ units: this.last, activation: 'elu', inputShape: [4] }),
        tf.layers.layerNormalization(),
      ],
    });
    const code = encoder.apply(extra);
    const product = tf.layers.multiply().apply([x, code]);
    const joined = tf.layers.concatenate().apply([product, tf.layers.average().apply([x, code])]);
    const shared = tf.layers.dense({ units: 6, name: 'shared' });
    const a = shared.apply(joined);
    const b = shared.apply(tf.layers.dropout({ rate: 0.5 }).apply(joined));
    const dot = tf.layers.dot({ axes: 1 }).apply([a, b]);
    const [h, w] = [2, 3];
    const map = tf.layers.permute({ dims: [2, 1] }).apply(tf.layers.reshape({ targetShape: [h, w] }).apply(a));
    return tf.model({ inputs: [image, extra], outputs: [dot, map, tf.layers.maximum().apply([a, b])] });
  }
}

export const createModel = () => new Builder([8, 16]).build();
