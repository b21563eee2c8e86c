import assert from 'node:assert/strict';
import type { Network } from '../../../src/network';
import type { Reader } from '../../../src/readers';
import { distributionText } from './support/networkText';
import { sharedReader } from './support/reader';

const head = 'import keras\nimport tensorflow as tf\nfrom keras import layers, ops\n';

describe('Keras', () => {
  let reader: Reader;
  before(async () => {
    reader = await sharedReader();
  });

  const networks = (text: string): readonly Network[] =>
    reader.read({ file: 'keras.py', text: head + text, timeLimit: 5_000 }).networks;
  const only = (text: string): Network => {
    const [network, ...others] = networks(text);
    assert.ok(network);
    assert.equal(others.length, 0);
    return network;
  };
  const draws = (network: Network): Readonly<Record<string, string>> =>
    Object.fromEntries(
      network.parameters.map(({ path, initializer }) => [path, distributionText(initializer.distribution)]),
    );
  const dense = (initializer: string): string =>
    `model = keras.Sequential([keras.Input((4,)), layers.Dense(2, kernel_initializer=${initializer})])\n`;
  const kernel = (initializer: string): string | undefined =>
    draws(only(dense(initializer)))['sequential/dense/kernel'];

  it('knows every initialiser by name, by class and as an object', () => {
    const he = 'varianceScaling 2 fanIn truncatedNormal';
    for (const spelled of [
      '"he_normal"',
      '"HeNormal"',
      'keras.initializers.HeNormal',
      'keras.initializers.he_normal(seed=1)',
      'tf.keras.initializers.HeNormal()',
      '{"class_name": "HeNormal", "config": {}}',
      'keras.initializers.VarianceScaling(2.0, mode="fan_in", distribution="truncated_normal")',
    ])
      assert.equal(kernel(spelled), he, spelled);
    assert.equal(kernel('"random_uniform"'), 'uniform -0.05 0.05');
    assert.equal(kernel('keras.initializers.TruncatedNormal(stddev=0.02)'), 'truncatedNormal 0 0.02 -0.04 0.04');
    assert.equal(kernel('keras.initializers.Orthogonal(gain=2.0)'), 'orthogonal 2');
    assert.match(kernel('my_own()') ?? '', /^unknown/);
    assert.match(kernel('lambda shape, dtype=None: ops.ones(shape)') ?? '', /^unknown/);
  });

  it('counts fans as Keras does: depthwise kernels by their last axes', () => {
    const network = only('model = keras.Sequential([keras.Input((8, 8, 4)), layers.DepthwiseConv2D(3)])\n');
    const bound = Math.sqrt(3 / ((9 * 4 + 9 * 1) / 2));
    assert.equal(
      draws(network)['sequential/depthwise_conv2d/kernel'],
      `uniform ${Number((-bound).toPrecision(8))} ${Number(bound.toPrecision(8))}`,
    );
  });

  it('draws the bias of an LSTM in parts: the forget gate starts open', () => {
    const { parameters } = only('model = keras.Sequential([keras.Input((5, 3)), layers.LSTM(2)])\n');
    const bias = parameters.find(({ path }) => path === 'sequential/lstm/lstm_cell/bias');
    const part = (size: number, value: number) => ({ size, distribution: { kind: 'constant', value } });
    assert.deepEqual(bias?.initializer.distribution, {
      kind: 'partitioned',
      axis: 0,
      parts: [part(2, 0), part(2, 1), part(4, 0)],
    });
    assert.equal(parameters[1]?.initializer.distribution.kind, 'orthogonal');
  });

  it('names layers by class and number, for the whole program; a try does not use up names', () => {
    const text =
      'def one():\n  return keras.Sequential([keras.Input((2,)), layers.Dense(1), layers.Dense(1)])\n' +
      'def two():\n  return keras.Sequential([keras.Input((2,)), layers.Dense(3)])\n';
    const paths = networks(text).map(({ name, parameters }) => [name, parameters.map(({ path }) => path)]);
    assert.deepEqual(paths, [
      ['one', ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'].map((path) => `sequential/${path}`)],
      ['two', ['sequential/dense/kernel', 'sequential/dense/bias']],
    ]);
  });

  it('stores pictures with channels first, and shows Keras order where it is seen', () => {
    const { nodes } = only(
      'x = inputs = keras.Input((8, 8, 3))\nx = layers.Conv2D(4, 3)(x)\nx = layers.BatchNormalization()(x)\n' +
        'x = layers.ReLU()(x)\nx = layers.Conv2D(4, 3)(x)\nmodel = keras.Model(inputs, layers.Flatten()(x))\n',
    );
    assert.deepEqual(
      nodes.map(({ op }) => op.kind),
      ['input', 'permute', 'conv', 'batchNorm', 'activation', 'conv', 'permute', 'flatten'],
    );
    assert.deepEqual(nodes.at(-2)?.shape, [{ symbol: 'B' }, 4, 4, 4]);
  });

  it('takes weights of a layer of the source for what they are used for', () => {
    const network = only(
      'class Affine(keras.layers.Layer):\n' +
        '  def build(self, shape):\n' +
        '    self.w = self.add_weight(shape=(shape[-1], 3), initializer="glorot_normal", name="w")\n' +
        '    self.b = self.add_weight(shape=(3,), initializer="zeros", name="b")\n' +
        '  def call(self, x):\n    return tf.matmul(x, self.w) + self.b\n' +
        'inputs = keras.Input((5,))\nmodel = keras.Model(inputs, Affine()(inputs))\n',
    );
    assert.deepEqual(
      network.nodes.map(({ op }) => op.kind),
      ['input', 'linear'],
    );
    assert.deepEqual(
      network.parameters.map(({ path, role, axes }) => [path, role, axes]),
      [
        ['affine/w', 'weight', ['in', 'out']],
        ['affine/b', 'bias', ['out']],
      ],
    );
  });

  it('counts variables that are made without add_weight', () => {
    const network = only(
      'class Old(layers.Layer):\n  def __init__(self):\n    super().__init__()\n' +
        '    init = tf.random_normal_initializer()\n    self.w = tf.Variable(initial_value=init(shape=(5, 3)), name="w")\n' +
        '    self.b = tf.Variable(tf.zeros((3,)), trainable=True, name="b")\n' +
        '  def call(self, x):\n    return tf.matmul(x, self.w) + self.b\n' +
        'model = keras.Sequential([keras.Input((5,)), Old()])\n',
    );
    assert.deepEqual(draws(network), { w: 'normal 0 0.05', b: 'constant 0' });
    assert.equal(network.nodes.at(-1)?.op.kind, 'linear');
  });

  it('works out how many axes the input of a subclassed model has', () => {
    const network = only(
      'class Net(keras.Model):\n  def __init__(self):\n    super().__init__()\n' +
        '    self.conv = layers.Conv2D(4, 3)\n    self.out = layers.Dense(2)\n' +
        '  def call(self, x):\n    return self.out(tf.reduce_mean(self.conv(x), axis=[1, 2]))\n',
    );
    assert.deepEqual(
      network.nodes[0]?.shape,
      ['B', 'H', 'W', 'C'].map((symbol) => ({ symbol })),
    );
    assert.deepEqual(network.parameters[0]?.shape, [3, 3, { symbol: 'C' }, 4]);
    assert.deepEqual(network.parameters.at(-1)?.path, 'net/dense/bias');
  });

  it('sees the dropout of a recurrent layer; that within it is not understood', () => {
    const lstm = (setting: string): readonly string[] =>
      only(`model = keras.Sequential([keras.Input((5, 3)), layers.LSTM(4, ${setting})])\n`).nodes.map(
        ({ op }) => op.kind,
      );
    assert.deepEqual(lstm('dropout=0.2'), ['input', 'dropout', 'recurrent']);
    assert.deepEqual(lstm('recurrent_dropout=0.2'), ['input', 'opaque']);
  });

  it('says what a loss takes: probabilities, unless it is told that they are logits', () => {
    const compiled = (loss: string): readonly string[] =>
      only(`${dense('"zeros"')}model.compile(optimizer="adam", loss=${loss})\n`).losses.map(({ kind }) => kind);
    assert.deepEqual(compiled('"sparse_categorical_crossentropy"'), ['crossEntropyOfProbabilities']);
    assert.deepEqual(compiled('keras.losses.SparseCategoricalCrossentropy(from_logits=True)'), ['crossEntropy']);
    assert.deepEqual(compiled('tf.keras.losses.BinaryCrossentropy()'), ['binaryCrossEntropy']);
    assert.deepEqual(compiled('my_loss'), []);
  });

  it('leaves what it does not know opaque, and counts nothing then', () => {
    const network = only(
      'from elsewhere import Strange\ninputs = keras.Input((4,))\nx = layers.Dense(3)(inputs)\nx = Strange(7)(x)\n' +
        'model = keras.Model(inputs, layers.Dense(2)(x))\n',
    );
    assert.ok(network.nodes.some(({ op }) => op.kind === 'opaque'));
    assert.ok((network.unlistedParameters?.length ?? 0) > 0);
    assert.equal(network.parameters[0]?.path, 'dense/kernel');
  });

  it('reads a file that holds models of two frameworks', () => {
    const found = networks(
      'import torch.nn as nn\nclass Torch(nn.Module):\n  def __init__(self):\n    super().__init__()\n    self.fc = nn.Linear(3, 2)\n' +
        '  def forward(self, x):\n    return self.fc(x)\nmodel = keras.Sequential([keras.Input((3,)), layers.Dense(2)])\n',
    );
    assert.deepEqual(
      found.map(({ name, framework }) => [name, framework]),
      [
        ['Torch', 'pytorch'],
        ['model', 'keras'],
      ],
    );
  });
});
