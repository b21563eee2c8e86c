"""Two layers whose sizes do not fit: PyTorch would say so at the first batch, GradLens says so while you write."""

import torch.nn as nn
import torch.nn.functional as F


class Mismatched(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 128)
        self.fc2 = nn.Linear(256, 64)
        self.fc3 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
