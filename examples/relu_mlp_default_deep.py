"""Twenty-four ReLU layers on PyTorch's default initialisation: the gradient is gone before it reaches the first."""

from torch import nn


def block(width):
    return nn.Sequential(nn.Linear(width, width), nn.ReLU())


model = nn.Sequential(
    nn.Flatten(),
    nn.Linear(784, 256),
    nn.ReLU(),
    *[block(256) for _ in range(22)],
    nn.Linear(256, 10),
)

loss_fn = nn.CrossEntropyLoss()
