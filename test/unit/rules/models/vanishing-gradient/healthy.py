"""The same network as deep_tanh_mlp.py with the initialisation that tanh needs. It trains."""

import torch
from torch import nn


class FixedTanhMLP(nn.Module):
    def __init__(self, in_features=64, width=256, depth=30, classes=10):
        super().__init__()
        layers = [nn.Linear(in_features, width), nn.Tanh()]
        for _ in range(depth - 2):
            layers.append(nn.Linear(width, width))
            layers.append(nn.Tanh())
        layers.append(nn.Linear(width, classes))
        self.layers = nn.Sequential(*layers)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        return self.layers(x)


def main():
    torch.manual_seed(0)
    inputs = torch.randn(2048, 64)
    labels = (inputs @ torch.randn(64, 10)).argmax(dim=1)

    model = FixedTanhMLP()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for step in range(300):
        batch = torch.randint(len(inputs), (128,))
        loss = criterion(model(inputs[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 50 == 0:
            print(f"step {step:4d}  loss {loss.item():.4f}")


if __name__ == "__main__":
    main()
