import keras
from keras import layers

model = keras.Sequential(
    [keras.Input(shape=(20,)), layers.Dense(32, activation="relu"), layers.Dense(1, activation="softmax")]
)
model.compile(optimizer="adam", loss="binary_crossentropy")
