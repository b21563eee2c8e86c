import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  /** Convolutions after the first, of which the third halves the image. */
  readonly depth: number;
  readonly initializer?: string;
  readonly norm?: true;
  /** Each convolution is added to its input. */
  readonly residual?: true;
}

const text = ({ activation, depth, initializer, norm, residual }: Settings): string => {
  const more = initializer === undefined ? '' : `, kernel_initializer=${initializer}`;
  return `from keras import Input, Model, initializers
from keras.layers import Activation, Add, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D


def unit(x, filters=16):
    y = Conv2D(filters, 3, padding="same"${more})(x)
${norm ? '    y = BatchNormalization()(y)\n' : ''}    y = Activation("${activation}")(y)
    return ${residual ? 'Add()([x, y])' : 'y'}


inputs = Input((8, 8, 3))
x = Conv2D(16, 3, padding="same", activation="relu"${more})(inputs)
x = MaxPooling2D()(x)
for _ in range(${depth}):
    x = unit(x)
x = GlobalAveragePooling2D()(x)
outputs = Dense(10, activation="softmax")(x)
model = Model(inputs, outputs)
model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
`;
};

const suspects = ['conv2d*/kernel'];
const normal = (deviation: number): string => `initializers.RandomNormal(0.0, ${deviation})`;

/** A functional model of convolutions, some of them residual. */
export const kerasCnn: Family = {
  name: 'Keras CNN',
  half: 'heldOut',
  task: 'imagesChannelsLast',
  gives: 'probabilities',
  models: modelsOf<Settings>(
    {
      'relu 3, default': { activation: 'relu', depth: 3 },
      'relu 8, He': { activation: 'relu', depth: 8, initializer: '"he_uniform"' },
      'relu 6, batch norm': { activation: 'relu', depth: 6, norm: true },
      'relu 8, residual': { activation: 'relu', depth: 8, residual: true },
      'relu 8, residual, batch norm': { activation: 'relu', depth: 8, residual: true, norm: true },
      'relu 12, truncated 0.02': {
        activation: 'relu',
        depth: 12,
        initializer: 'initializers.TruncatedNormal(stddev=0.02)',
        suspects,
      },
      'relu 10, std 0.5': { activation: 'relu', depth: 10, initializer: normal(0.5), suspects },
      'relu 30, residual, He': {
        activation: 'relu',
        depth: 30,
        residual: true,
        initializer: 'initializers.HeNormal()',
        suspects,
      },
      'tanh 6, default': { activation: 'tanh', depth: 6 },
      'sigmoid 10, default': { activation: 'sigmoid', depth: 10, suspects },
      'relu 6, ones': { activation: 'relu', depth: 6, initializer: '"ones"', suspects },
    },
    text,
  ),
};
