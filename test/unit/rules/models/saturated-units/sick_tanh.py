import torch
from torch import nn


class Controller(nn.Module):
    def __init__(self, observations=24, actions=6, width=100):
        super().__init__()
        self.l1 = nn.Linear(observations, width)
        self.l2 = nn.Linear(width, width)
        self.l3 = nn.Linear(width, width)
        self.mu = nn.Linear(width, actions)
        for layer in (self.l1, self.l2, self.l3):
            nn.init.normal_(layer.weight)

    def forward(self, x):
        x = torch.tanh(self.l1(x))
        x = torch.tanh(self.l2(x))
        x = torch.tanh(self.l3(x))
        return self.mu(x)
