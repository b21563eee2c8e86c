import torch
import torch.nn as nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))

    def forward(self, x):
        return self.body(x).argmax(dim=1).float()


model = Classifier()
criterion = nn.MSELoss()
loss = criterion(model(torch.randn(32, 784)), torch.zeros(32))
