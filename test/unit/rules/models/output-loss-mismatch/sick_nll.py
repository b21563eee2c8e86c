import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(784, 128), nn.ReLU())
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.body(x))


model = Net()
criterion = nn.NLLLoss()
loss = criterion(model(torch.randn(32, 784)), torch.zeros(32, dtype=torch.long))
