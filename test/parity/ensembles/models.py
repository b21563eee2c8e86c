"""The architectures whose predicted profiles are held against ensembles: 1024 units wide, on inputs of second moment 1."""

import torch
import torch.nn.functional as F
from torch import nn

WIDTH = 1024
TOKENS = 32


class Dense(nn.Module):
    """Six layers of one activation, drawn so that none is exactly at its fixed point."""

    def __init__(self, activation, gain, depth=6):
        super().__init__()
        layers = []
        for _ in range(depth):
            layers += [nn.Linear(WIDTH, WIDTH), activation()]
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(WIDTH, WIDTH)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0.0, gain / WIDTH**0.5)
                nn.init.normal_(module.bias, 0.0, 0.1)

    def forward(self, x):
        return self.head(self.layers(x))


class Convolutional(nn.Module):
    """Zero padding at the borders of small maps, a strided layer, a pool; PyTorch's own initialisation."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(64, WIDTH, 3, padding=1)
        self.act1 = nn.ReLU()
        self.second = nn.Conv2d(WIDTH, WIDTH, 3, padding=1, stride=2)
        self.act2 = nn.ReLU()
        self.third = nn.Conv2d(WIDTH, WIDTH, 3, padding=1)
        self.act3 = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, x):
        x = self.act1(self.first(x))
        x = self.act2(self.second(x))
        x = self.act3(self.third(x))
        return self.head(torch.flatten(self.pool(x), 1))


class PreActivationBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.act1 = nn.ReLU()
        self.fc1 = nn.Linear(WIDTH, WIDTH)
        self.act2 = nn.ReLU()
        self.fc2 = nn.Linear(WIDTH, WIDTH)
        self.join = nn.Identity()
        for layer in (self.fc1, self.fc2):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.join(x + self.fc2(self.act2(self.fc1(self.act1(x)))))


class PostActivationBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, WIDTH)
        self.act1 = nn.ReLU()
        self.fc2 = nn.Linear(WIDTH, WIDTH)
        self.join = nn.Identity()
        self.act2 = nn.ReLU()
        for layer in (self.fc1, self.fc2):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.act2(self.join(x + self.fc2(self.act1(self.fc1(x)))))


class ScaledBlock(nn.Module):
    """ReZero some way into training: its scale is not zero any more."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, WIDTH)
        self.act = nn.Tanh()
        self.fc2 = nn.Linear(WIDTH, WIDTH)
        self.alpha = nn.Parameter(torch.tensor(0.5))
        self.join = nn.Identity()
        for layer in (self.fc1, self.fc2):
            nn.init.xavier_normal_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.join(x + self.alpha * self.fc2(self.act(self.fc1(x))))


class Residual(nn.Module):
    def __init__(self, block, depth=4):
        super().__init__()
        self.stem = nn.Linear(WIDTH, WIDTH)
        self.blocks = nn.ModuleList([block() for _ in range(depth)])
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class Attention(nn.Module):
    def __init__(self, heads=4, causal=False):
        super().__init__()
        self.heads = heads
        self.causal = causal
        self.q = nn.Linear(WIDTH, WIDTH)
        self.k = nn.Linear(WIDTH, WIDTH)
        self.v = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        for layer in (self.q, self.k, self.v, self.out):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def split(self, x):
        batch, tokens, _ = x.shape
        return x.view(batch, tokens, self.heads, WIDTH // self.heads).transpose(1, 2)

    def forward(self, x):
        batch, tokens, _ = x.shape
        y = F.scaled_dot_product_attention(
            self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x)), is_causal=self.causal
        )
        return self.out(y.transpose(1, 2).reshape(batch, tokens, WIDTH))


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, 2 * WIDTH)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class PreNormBlock(nn.Module):
    def __init__(self, causal=False):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attention = Attention(causal=causal)
        self.middle = nn.Identity()
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = FeedForward()
        self.join = nn.Identity()

    def forward(self, x):
        x = self.middle(x + self.attention(self.norm1(x)))
        return self.join(x + self.mlp(self.norm2(x)))


class PostNormBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = Attention()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.mlp = FeedForward()
        self.norm2 = nn.LayerNorm(WIDTH)

    def forward(self, x):
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.mlp(x))


class Transformer(nn.Module):
    def __init__(self, block, depth=3):
        super().__init__()
        self.blocks = nn.ModuleList([block() for _ in range(depth)])
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class BatchNormStack(nn.Module):
    def __init__(self, depth=6):
        super().__init__()
        layers = []
        for _ in range(depth):
            layers += [nn.Linear(WIDTH, WIDTH, bias=False), nn.BatchNorm1d(WIDTH), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, x):
        return self.head(self.layers(x))


class GatedBlock(nn.Module):
    """SwiGLU behind an RMS norm, as in Llama."""

    def __init__(self):
        super().__init__()
        self.norm = nn.RMSNorm(WIDTH)
        self.gate = nn.Linear(WIDTH, 2 * WIDTH, bias=False)
        self.up = nn.Linear(WIDTH, 2 * WIDTH, bias=False)
        self.act = nn.SiLU()
        self.down = nn.Linear(2 * WIDTH, WIDTH, bias=False)
        self.join = nn.Identity()
        for layer in (self.gate, self.up, self.down):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, x):
        y = self.norm(x)
        return self.join(x + self.down(self.act(self.gate(y)) * self.up(y)))


class Recurrent(nn.Module):
    """An LSTM over eight steps on PyTorch's initialisation, read at every step."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(WIDTH, WIDTH, batch_first=True)
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.head(y)


class Embedded(nn.Module):
    """Embeddings of tokens and positions and pre-norm blocks: an encoder, or a causal language model."""

    def __init__(self, causal, vocabulary=4096, depth=2):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Embedding(TOKENS, WIDTH)
        nn.init.normal_(self.tokens.weight, 0.0, 0.3)
        nn.init.normal_(self.positions.weight, 0.0, 0.3)
        self.sum = nn.Identity()
        self.blocks = nn.ModuleList([PreNormBlock(causal) for _ in range(depth)])
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, 256, bias=False)

    def forward(self, ids):
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.sum(self.tokens(ids) + self.positions(places))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def relu_mlp():
    return Dense(nn.ReLU, 1.4)


def tanh_mlp():
    return Dense(nn.Tanh, 1.3)


def gelu_mlp():
    return Dense(nn.GELU, 1.5)
