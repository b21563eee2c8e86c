import os
import torch
from torch import nn
from my_layers import FancyNorm, make_head

WIDTH = int(os.environ["WIDTH"])


class Encoder(nn.Module):
    def __init__(self, hidden, depth, use_norm):
        super().__init__()
        self.inp = nn.Linear(32, hidden)
        self.layers = nn.ModuleList([nn.Linear(hidden, hidden) for _ in range(depth)])
        if use_norm:
            self.norm = nn.LayerNorm(hidden)
        else:
            self.norm = nn.Identity()
        self.out = nn.Linear(hidden, 2 * hidden)

    def forward(self, x):
        x = self.inp(x)
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.out(self.norm(x))


class UsesOthers(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(WIDTH, WIDTH)
        self.norm = FancyNorm(WIDTH)
        self.b = nn.Linear(WIDTH, 10)
        self.lstm = nn.LSTM(10, 20)

    def forward(self, x, mask=None):
        if mask is not None:
            x = x * mask
        if x.shape[-1] != WIDTH:
            raise ValueError("wrong width")
        x = self.norm(torch.tanh(self.a(x)))
        x, _ = self.lstm(self.b(x))
        return x


class Guarded(nn.Module):
    def __init__(self, dim=30, heads=8):
        super().__init__()
        assert dim % heads == 0, "dim must be divisible"
        self.fc = nn.Linear(dim, dim)

    def forward(self, x):
        return self.fc(x)
