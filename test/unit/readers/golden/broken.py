import torch
from torch import nn


class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)


class Typing(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 
        self.b = nn.Tanh()

    def forward(self, x):
        return self.fc(x)


class After(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(x)
