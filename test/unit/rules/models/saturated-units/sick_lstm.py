import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self, features=12, hidden=64, classes=5):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, batch_first=True)
        self.head = nn.Linear(hidden, classes)
        for name, p in self.lstm.named_parameters():
            if "weight" in name:
                nn.init.normal_(p, std=3.0)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1])


Reader()(torch.randn(2, 20, 12))
