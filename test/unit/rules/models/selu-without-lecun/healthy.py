"""A self-normalising network under its conditions."""

import torch.nn as nn


class SeluMLP(nn.Module):
    def __init__(self, features=100, width=256, depth=24, classes=2):
        super().__init__()
        modules = []
        size = features
        for _ in range(depth):
            modules += [nn.Linear(size, width), nn.SELU(), nn.AlphaDropout(0.05)]
            size = width
        self.body = nn.Sequential(*modules)
        self.head = nn.Linear(width, classes)
        self.apply(self._init_weights)

    @staticmethod
    def _init_weights(module):
        if isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
            nn.init.zeros_(module.bias)

    def forward(self, x):
        return self.head(self.body(x))
