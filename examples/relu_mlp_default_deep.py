"""Twenty ReLU layers with the framework's default initialisation: the gradient does not reach the first of them."""

import torch
import torch.nn as nn


def make_mlp(in_features=64, width=256, depth=20, num_classes=10):
    layers = [nn.Linear(in_features, width), nn.ReLU()]
    for _ in range(depth - 2):
        layers += [nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, num_classes))


model = make_mlp()
criterion = nn.CrossEntropyLoss()

if __name__ == "__main__":
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.randn(512, 64), torch.randint(0, 10, (512,))
    for step in range(200):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss {loss.item():.4f}")
