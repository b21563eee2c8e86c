"""Weights drawn from N(0, 1), whatever the width: every layer multiplies the signal."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class ExplodingMLP(nn.Module):
    def __init__(self, in_features=64, hidden=128, depth=8, num_outputs=1):
        super().__init__()
        self.inp = nn.Linear(in_features, hidden)
        self.hidden = nn.ModuleList([nn.Linear(hidden, hidden) for _ in range(depth - 2)])
        self.out = nn.Linear(hidden, num_outputs)
        self._init_weights()

    def _init_weights(self):
        for name, param in self.named_parameters():
            if name.endswith("weight"):
                nn.init.normal_(param)
            else:
                nn.init.zeros_(param)

    def forward(self, x):
        x = F.relu(self.inp(x))
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.out(x)


def training_step(model, batch):
    x, y = batch
    return F.mse_loss(model(x), y)


if __name__ == "__main__":
    print(training_step(ExplodingMLP(), (torch.randn(32, 64), torch.randn(32, 1))))
