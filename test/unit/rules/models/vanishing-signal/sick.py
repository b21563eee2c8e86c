import torch.nn as nn


class Net(nn.Module):
    """Weights so small that nothing of the input is left; the norms keep the gradient alive."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 64, bias=False)
        nn.init.normal_(self.fc.weight, std=1e-9)
        self.norm = nn.LayerNorm(64)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.norm(self.fc(x)).relu())
