import * as tf from '@tensorflow/tfjs';
import { augment } from './not_there';
import * as tfvis from '@tensorflow/tfjs-vis';

enum Size {
  Small = 8,
  Large = 16,
}

// What an unknown flag leaves open stands in the middle; the rest is known.
export function withFlag(useNorm: boolean, units: number) {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: Size.Large, inputShape: [4], activation: 'relu' }));
  if (useNorm) {
    model.add(tf.layers.batchNormalization());
  }
  model.add(tf.layers.dense({ units }));
  tfvis.show.modelSummary({ name: 'model' }, model);
  return model;
}

// Settings that come from elsewhere.
export const withSpread = (options: object) =>
  tf.sequential({
    layers: [tf.layers.dense({ ...options, units: 3, inputShape: [2] }), tf.layers.dense({ units: 1 })],
  });

// A layer that nobody knows, and a loop over unknown data.
export class Net {
  model: tf.Sequential;
  constructor(private widths: number[]) {
    this.model = tf.sequential();
    this.model.add(tf.layers.inputLayer({ inputShape: [5] }));
    this.model.add(augment());
    for (const units of this.widths) this.model.add(tf.layers.dense({ units }));
    this.model.compile({ loss: tf.losses.sigmoidCrossEntropy, optimizer: tf.train.sgd(0.1) });
  }
}

// Sizes that cannot fit.
const broken = tf.sequential();
broken.add(tf.layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 7, name: 'twice' }));
broken.add(tf.layers.dense({ units: Math.round(10 * Math.random()), name: 'twice', activation: 'swoosh' }));
