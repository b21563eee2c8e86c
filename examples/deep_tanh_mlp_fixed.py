"""The deep tanh network of deep_tanh_mlp.py, initialised for its depth."""

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class DeepTanhMLPFixed(nn.Module):
    def __init__(self, in_features=64, width=256, depth=30, num_classes=10):
        super().__init__()
        layers = []
        size = in_features
        for _ in range(depth - 1):
            layers.append(nn.Linear(size, width))
            layers.append(nn.Tanh())
            size = width
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(width, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        return self.head(self.body(x))


def synthetic_data(samples=2048, features=64, classes=10):
    torch.manual_seed(0)
    x = torch.randn(samples, features)
    teacher = torch.randn(features, classes)
    y = (x @ teacher).argmax(dim=1)
    return DataLoader(TensorDataset(x, y), batch_size=128, shuffle=True)


def train(model, loader, epochs=5):
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(epochs):
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        print(f"epoch {epoch}: loss {total / len(loader.dataset):.4f}")


if __name__ == "__main__":
    train(DeepTanhMLPFixed(), synthetic_data())
