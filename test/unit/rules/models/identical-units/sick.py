import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 128)
        self.fc2 = nn.Linear(128, 10)
        nn.init.constant_(self.fc1.weight, 0.1)

    def forward(self, x):
        return self.fc2(self.fc1(x).relu())
