"""A deep functional network of sigmoids with small random weights: the signal dies on its way, and the gradient with it."""

import keras
from keras import layers

inputs = keras.Input(shape=(64,))
x = inputs
for _ in range(12):
    x = layers.Dense(128, activation="sigmoid", kernel_initializer="random_normal")(x)
outputs = layers.Dense(1)(x)

model = keras.Model(inputs, outputs)
model.compile(optimizer="sgd", loss="mse")
