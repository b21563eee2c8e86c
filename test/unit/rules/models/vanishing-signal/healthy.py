import torch.nn as nn


class Net(nn.Module):
    """Weights of the usual size."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 64, bias=False)
        nn.init.normal_(self.fc.weight, std=0.1)
        self.norm = nn.LayerNorm(64)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.norm(self.fc(x)).relu())
