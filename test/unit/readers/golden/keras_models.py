import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.BatchNormalization(),
    layers.Conv2D(64, 3, padding="same", kernel_initializer="he_normal"),
    layers.ReLU(),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

inputs = keras.Input(shape=(32,))
x = layers.Dense(64, activation="tanh")(inputs)
y = layers.Dense(64)(x)
x = layers.add([x, y])
outputs = layers.Dense(1)(x)
func = keras.Model(inputs, outputs, name="func")

class Block(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.d1 = layers.Dense(units, activation="relu")
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], 5), initializer="random_normal", trainable=True, name="w")
        self.b = self.add_weight(shape=(5,), initializer="zeros", name="b")
    def call(self, x):
        return tf.matmul(self.d1(x), self.w) + self.b

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.block = Block(16)
        self.out = layers.Dense(3)
    def call(self, x, training=None):
        return self.out(self.block(x))
