import keras
from keras import layers

model = keras.Sequential(
    [keras.Input(shape=(64,))]
    + [layers.Dense(128, activation="relu", kernel_initializer="random_normal") for _ in range(30)]
    + [layers.Dense(10)]
)
