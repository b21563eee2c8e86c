import torch
import torch.nn as nn


class Net(nn.Module):
    """The weights of a bag's instances are a softmax over the instances, and meant."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(784, 128), nn.ReLU())
        self.score = nn.Linear(128, 1)
        self.head = nn.Linear(128, 10)

    def forward(self, bag):
        h = self.body(bag)
        weights = torch.softmax(self.score(h), dim=0)
        return torch.log_softmax(self.head(weights * h), dim=1)


model = Net()
loss = nn.NLLLoss()(model(torch.randn(32, 784)), torch.zeros(32, dtype=torch.long))
