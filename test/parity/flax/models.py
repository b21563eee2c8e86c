"""Models in Flax as people write them: linen and nnx."""

import jax
import jax.numpy as jnp
from flax import linen as nn
from flax import nnx


class MLP(nn.Module):
    features: tuple = (64, 64, 10)

    @nn.compact
    def __call__(self, x):
        for size in self.features[:-1]:
            x = nn.relu(nn.Dense(size)(x))
        return nn.Dense(self.features[-1], kernel_init=nn.initializers.normal(stddev=0.02))(x)


class ConvNet(nn.Module):
    classes: int = 10

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(features=32, kernel_size=(3, 3))(x)
        x = nn.relu(x)
        x = nn.avg_pool(x, window_shape=(2, 2), strides=(2, 2))
        x = nn.Conv(features=64, kernel_size=(3, 3))(x)
        x = nn.relu(x)
        x = nn.avg_pool(x, window_shape=(2, 2), strides=(2, 2))
        x = x.reshape((x.shape[0], -1))
        x = nn.relu(nn.Dense(features=256)(x))
        return nn.Dense(features=self.classes)(x)


class ResidualBlock(nn.Module):
    channels: int

    @nn.compact
    def __call__(self, x):
        y = nn.Conv(self.channels, (3, 3), use_bias=False)(x)
        y = nn.BatchNorm(use_running_average=False)(y)
        y = nn.relu(y)
        y = nn.Conv(self.channels, (3, 3), use_bias=False, kernel_init=nn.initializers.he_normal())(y)
        y = nn.BatchNorm(use_running_average=False, scale_init=nn.initializers.zeros)(y)
        return nn.relu(x + y)


class SmallResNet(nn.Module):
    depth: int = 2

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(16, (3, 3), name="stem")(x)
        for _ in range(self.depth):
            x = ResidualBlock(16)(x)
        return nn.Dense(10, name="head")(x.mean(axis=(1, 2)))


class TransformerBlock(nn.Module):
    width: int = 64
    heads: int = 4

    def setup(self):
        self.norm1 = nn.LayerNorm()
        self.attention = nn.SelfAttention(num_heads=self.heads)
        self.norm2 = nn.LayerNorm()
        self.up = nn.Dense(4 * self.width)
        self.down = nn.Dense(self.width)

    def __call__(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(nn.gelu(self.up(self.norm2(x))))


class NnxMLP(nnx.Module):
    def __init__(self, din=8, hidden=32, dout=4, *, rngs: nnx.Rngs):
        self.first = nnx.Linear(din, hidden, rngs=rngs)
        self.norm = nnx.LayerNorm(hidden, rngs=rngs)
        self.second = nnx.Linear(hidden, dout, kernel_init=nnx.initializers.xavier_uniform(), rngs=rngs)

    def __call__(self, x):
        return self.second(nnx.relu(self.norm(self.first(x))))


class NnxConvNet(nnx.Module):
    def __init__(self, *, rngs: nnx.Rngs):
        self.conv = nnx.Conv(1, 16, kernel_size=(3, 3), rngs=rngs)
        self.norm = nnx.BatchNorm(16, rngs=rngs)
        self.head = nnx.Linear(16, 10, rngs=rngs)

    def __call__(self, x):
        x = nnx.relu(self.norm(self.conv(x)))
        return self.head(x.mean(axis=(1, 2)))


if __name__ == "__main__":
    key = jax.random.key(0)
    MLP().init(key, jnp.ones((1, 28)))
    ConvNet().init(key, jnp.ones((1, 28, 28, 1)))
    SmallResNet().init(key, jnp.ones((1, 32, 32, 3)))
    TransformerBlock().init(key, jnp.ones((1, 16, 64)))
    NnxMLP(rngs=nnx.Rngs(0))(jnp.ones((1, 8)))
    NnxConvNet(rngs=nnx.Rngs(0))(jnp.ones((1, 28, 28, 1)))
