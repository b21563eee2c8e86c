import torch
import torch.nn as nn


class Coupling(nn.Module):
    def __init__(self, features, hidden=64):
        super().__init__()
        self.half = features // 2
        self.net = nn.Sequential(nn.Linear(self.half, hidden), nn.ReLU(), nn.Linear(hidden, 2 * self.half))

    def forward(self, x):
        a, b = x[:, : self.half], x[:, self.half :]
        h = self.net(a)
        s, t = h[:, : self.half], h[:, self.half :]
        return torch.cat([b * torch.exp(s) + t, a], dim=1)


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(*[Coupling(8) for _ in range(4)])

    def forward(self, x):
        return self.layers(x)


z = Flow()(torch.randn(16, 8))
