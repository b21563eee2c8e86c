"""Small models as people write them with Keras: one function a model, without arguments."""

import keras
from keras import layers, ops


def dense_classifier():
    return keras.Sequential(
        [
            keras.Input(shape=(20,)),
            layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
            layers.BatchNormalization(),
            layers.Dense(16, activation=keras.activations.gelu, bias_initializer="random_normal"),
            layers.LayerNormalization(epsilon=1e-5),
            layers.Dense(5, activation="softmax"),
        ]
    )


def small_cnn():
    model = keras.Sequential(name="cnn")
    model.add(layers.Conv2D(8, (3, 3), padding="same", input_shape=(12, 12, 3)))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(12, 3, strides=2, padding="same", activation="swish"))
    model.add(layers.AveragePooling2D(2, padding="same"))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.25))
    model.add(layers.Dense(4))
    return model


def separable_net():
    inputs = keras.Input((16, 16, 4))
    x = layers.SeparableConv2D(8, 3, padding="same", depth_multiplier=2)(inputs)
    x = layers.Activation("relu6")(x)
    x = layers.DepthwiseConv2D(3, strides=2, padding="same", depthwise_initializer="he_uniform")(x)
    x = layers.GroupNormalization(groups=4)(x)
    x = layers.Conv2D(8, 3, dilation_rate=2, groups=2, use_bias=False)(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, layers.Dense(3)(x))


def residual_net():
    def block(x, filters, strides=1):
        shortcut = x
        x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        if strides != 1 or shortcut.shape[-1] != filters:
            shortcut = layers.Conv2D(filters, 1, strides=strides, use_bias=False)(shortcut)
        return layers.ReLU()(layers.add([x, shortcut]))

    inputs = keras.Input(shape=(16, 16, 3))
    x = layers.Rescaling(1 / 255.0)(inputs)
    for filters, strides in [(8, 1), (16, 2), (16, 1)]:
        x = block(x, filters, strides)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs=inputs, outputs=layers.Dense(10, activation="softmax")(x), name="resnet")


def squeeze_excite():
    inputs = keras.Input((8, 8, 6))
    x = layers.Conv2D(12, 3, activation="relu")(inputs)
    s = layers.GlobalAveragePooling2D()(x)
    s = layers.Reshape((1, 1, 12))(s)
    s = layers.Dense(3, activation="relu")(s)
    s = layers.Dense(12, activation="sigmoid")(s)
    x = layers.multiply([x, s])
    x = x * 2.0 + 1.0
    x = layers.ZeroPadding2D(((1, 0), (0, 2)))(x)
    x = layers.Cropping2D(1)(x)
    x = layers.UpSampling2D(2)(x)
    return keras.Model(inputs, layers.Flatten()(x))


def u_net():
    inputs = keras.Input((16, 16, 2))
    a = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    b = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.MaxPooling2D()(a))
    c = layers.Conv2DTranspose(4, 2, strides=2, padding="same")(b)
    d = layers.Concatenate()([a, c])
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(d))


def decoder():
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(4 * 4 * 8, activation="elu"),
            layers.Reshape((4, 4, 8)),
            layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(3, 5, strides=1, padding="valid", activation="tanh"),
        ]
    )


def text_lstm():
    model = keras.Sequential()
    model.add(keras.Input(shape=(9,), dtype="int32"))
    model.add(layers.Embedding(50, 8))
    model.add(layers.LSTM(6, return_sequences=True))
    model.add(layers.LSTM(5, go_backwards=True))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def text_gru():
    inputs = keras.Input(shape=(7,), dtype="int32")
    x = layers.Embedding(30, 6, embeddings_initializer="glorot_uniform")(inputs)
    x = layers.Bidirectional(layers.GRU(4, return_sequences=True))(x)
    x = layers.GRU(3, reset_after=False)(x)
    return keras.Model(inputs, layers.Dense(2)(x))


def rnn_tagger():
    inputs = keras.Input((5, 3))
    x = layers.SimpleRNN(4, return_sequences=True)(inputs)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum")(x)
    x = layers.TimeDistributed(layers.Dense(2, activation="relu"))(x)
    return keras.Model(inputs, x)


def temporal_cnn():
    inputs = keras.Input((10, 4))
    x = layers.Conv1D(6, 3, padding="causal", dilation_rate=2, activation="relu")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.SpatialDropout1D(0.1)(x)
    x = layers.Conv1D(6, 3, padding="same")(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(2)(x))


def transformer_encoder():
    inputs = keras.Input((6, 16))
    x = inputs
    for _ in range(2):
        h = layers.LayerNormalization(epsilon=1e-6)(x)
        h = layers.MultiHeadAttention(num_heads=4, key_dim=4, dropout=0.1)(h, h)
        x = layers.Add()([x, h])
        h = layers.LayerNormalization(epsilon=1e-6)(x)
        h = layers.Dense(32, activation="gelu")(h)
        h = layers.Dense(16)(h)
        x = x + h
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(3)(x))


def cross_attention():
    queries = keras.Input((4, 8))
    memory = keras.Input((6, 10))
    x = layers.MultiHeadAttention(num_heads=2, key_dim=3, value_dim=5)(query=queries, value=memory, use_causal_mask=False)
    y = layers.Attention(use_scale=True)([queries, layers.Dense(8)(memory)])
    return keras.Model([queries, memory], [x, layers.RMSNormalization()(y)])


def grouped_attention():
    inputs = keras.Input((5, 12))
    x = layers.GroupQueryAttention(head_dim=4, num_query_heads=4, num_key_value_heads=2)(inputs, inputs)
    x = layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de", activation="relu")(x)
    return keras.Model(inputs, layers.Flatten()(x))


def shared_siamese():
    a, b = keras.Input((10,), name="left"), keras.Input((10,), name="right")
    encoder = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(4)], name="encoder")
    x, y = encoder(a), encoder(b)
    joined = layers.Concatenate()([x, y, layers.Subtract()([x, y]), layers.Maximum()([x, y])])
    return keras.Model([a, b], layers.Dense(1, activation="sigmoid")(joined))


def nested_models():
    inner_in = keras.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, activation="relu", name="stem")(inner_in)
    inner = keras.Model(inner_in, layers.GlobalAveragePooling2D()(x), name="backbone")
    inputs = keras.Input((8, 8, 2))
    x = inner(inputs)
    head = keras.Sequential([layers.Dense(6, activation="tanh"), layers.Dense(2)], name="head")
    return keras.Model(inputs, head(x))


class Affine(layers.Layer):
    def __init__(self, units=8, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b


class LayerScale(layers.Layer):
    def __init__(self, init_values, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values

    def build(self, input_shape):
        self.gamma = self.add_weight(
            name="gamma", shape=(input_shape[-1],), initializer=keras.initializers.Constant(self.init_values)
        )

    def call(self, x):
        return x * self.gamma


class Block(layers.Layer):
    def __init__(self, units, rate=0.1):
        super().__init__()
        self.norm = layers.LayerNormalization()
        self.affine = Affine(units)
        self.scale = LayerScale(0.1)
        self.dropout = layers.Dropout(rate)

    def call(self, x, training=None):
        h = ops.relu(self.affine(self.norm(x)))
        return x + self.dropout(self.scale(h), training=training)


class Stack(keras.Model):
    def __init__(self, depth=3):
        super().__init__()
        self.blocks = [Block(8) for _ in range(depth)]
        self.head = layers.Dense(2)

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(ops.mean(x, axis=1))


def subclassed():
    model = Stack()
    model.build((None, 5, 8))
    return model


class PatchEncoder(layers.Layer):
    def __init__(self, patches, dim, **kwargs):
        super().__init__(**kwargs)
        self.patches = patches
        self.projection = layers.Dense(dim)
        self.position = layers.Embedding(patches, dim)

    def call(self, x):
        positions = ops.expand_dims(ops.arange(0, self.patches, 1), axis=0)
        return self.projection(x) + self.position(positions)


def tiny_vit():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(12, 4, strides=4)(inputs)
    x = layers.Reshape((4, 12))(x)
    x = PatchEncoder(4, 12)(x)
    h = layers.LayerNormalization()(x)
    x = layers.Add()([layers.MultiHeadAttention(2, 6)(h, h), x])
    x = layers.Lambda(lambda t: t[:, 0])(x)
    return keras.Model(inputs, layers.Dense(3)(x))


def dot_product():
    a, b = keras.Input((4, 6)), keras.Input((5, 6))
    x = layers.Dot(axes=(2, 2))([a, b])
    x = layers.Permute((2, 1))(x)
    x = layers.Softmax(axis=1)(x)
    return keras.Model([a, b], layers.UnitNormalization()(x))


def three_dimensions():
    return keras.Sequential(
        [
            keras.Input((6, 6, 6, 2)),
            layers.Conv3D(3, 3, activation="relu"),
            layers.MaxPooling3D(2),
            layers.Conv3DTranspose(2, 2, strides=2),
            layers.GlobalAveragePooling3D(),
            layers.Dense(2, kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out", "uniform")),
        ]
    )
