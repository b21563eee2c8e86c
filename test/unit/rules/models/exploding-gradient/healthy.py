"""A ReLU network with He's initialisation, applied by a function. Healthy at this depth."""

import torch.nn as nn
import torch.nn.functional as F


def init_weights(module):
    if isinstance(module, nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)


class HeMLP(nn.Module):
    def __init__(self, in_features=784, hidden=512, depth=12, num_classes=10):
        super().__init__()
        self.stem = nn.Linear(in_features, hidden)
        self.hidden = nn.ModuleList([nn.Linear(hidden, hidden) for _ in range(depth)])
        self.head = nn.Linear(hidden, num_classes)
        self.apply(init_weights)

    def forward(self, x):
        x = F.relu(self.stem(x))
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.head(x)
