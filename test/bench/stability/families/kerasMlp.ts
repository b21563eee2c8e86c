import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  readonly hidden: number;
  /** More arguments of the hidden layers. */
  readonly more?: string;
  readonly norm?: true;
}

const text = ({ activation, hidden, more = '', norm }: Settings): string => `import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input(shape=(32,)))
for _ in range(${hidden}):
    model.add(layers.Dense(64, activation="${activation}"${more}))
${norm ? '    model.add(layers.BatchNormalization())\n' : ''}model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
`;

const suspects = ['sequential/dense*/kernel'];
const initial = (expression: string): string => `, kernel_initializer=${expression}`;
const deviation = (value: number): string => initial(`keras.initializers.RandomNormal(stddev=${value})`);

/** Dense layers of a Sequential model. */
export const kerasMlp: Family = {
  name: 'Keras MLP',
  half: 'tuning',
  task: 'vectors',
  gives: 'probabilities',
  models: modelsOf<Settings>(
    {
      'relu 3, default': { activation: 'relu', hidden: 3 },
      'relu 10, default': { activation: 'relu', hidden: 10 },
      'relu 30, default': { activation: 'relu', hidden: 30, suspects },
      'relu 16, He': { activation: 'relu', hidden: 16, more: initial('"he_normal"') },
      'tanh 16, default': { activation: 'tanh', hidden: 16 },
      'selu 16, LeCun': { activation: 'selu', hidden: 16, more: initial('"lecun_normal"') },
      'sigmoid 2, default': { activation: 'sigmoid', hidden: 2 },
      'sigmoid 12, default': { activation: 'sigmoid', hidden: 12, suspects },
      'gelu 6, default': { activation: 'gelu', hidden: 6 },
      'gelu 24, default': { activation: 'gelu', hidden: 24, suspects },
      'relu 8, std 0.01': { activation: 'relu', hidden: 8, more: deviation(0.01), suspects },
      'tanh 8, std 1': { activation: 'tanh', hidden: 8, more: deviation(1), suspects },
      'relu 6, zeros': { activation: 'relu', hidden: 6, more: initial('"zeros"'), suspects },
      'relu 10, batch norm': { activation: 'relu', hidden: 10, norm: true },
    },
    text,
  ),
};
