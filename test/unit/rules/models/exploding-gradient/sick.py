"""Weights drawn from N(0, 1): the signal grows a hundredfold a layer."""

import torch.nn as nn


class ExplodingMLP(nn.Module):
    def __init__(self, d_in=128, d_hidden=256, n_layers=10, d_out=10):
        super().__init__()
        dims = [d_in] + [d_hidden] * n_layers
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(dims[:-1], dims[1:]))
        self.out = nn.Linear(d_hidden, d_out)
        self.act = nn.ReLU()
        for layer in self.layers:
            nn.init.normal_(layer.weight, mean=0.0, std=1.0)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return self.out(x)
