"""A twelve-layer ReLU network with He initialisation: healthy at any depth."""

import torch
from torch import nn
import torch.nn.functional as F


def init_weights(module):
    if isinstance(module, nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)


class ReluMLP(nn.Module):
    def __init__(self, in_features=784, hidden=512, depth=12, num_classes=10):
        super().__init__()
        sizes = [in_features] + [hidden] * (depth - 1)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))
        self.head = nn.Linear(hidden, num_classes)
        self.apply(init_weights)

    def forward(self, x):
        x = torch.flatten(x, 1)
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.head(x)


model = ReluMLP()
logits = model(torch.randn(32, 1, 28, 28))
loss = F.cross_entropy(logits, torch.randint(0, 10, (32,)))
