"""A stack of pre-LN residual feed-forward blocks: the half of a Transformer that works on each token alone."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Config:
    dim: int = 256
    hidden: int = 1024
    depth: int = 12
    dropout: float = 0.1
    num_classes: int = 10


class FeedForwardBlock(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.norm = nn.LayerNorm(config.dim)
        self.mlp = nn.Sequential(
            nn.Linear(config.dim, config.hidden),
            nn.GELU(),
            nn.Linear(config.hidden, config.dim),
            nn.Dropout(config.dropout),
        )

    def forward(self, x):
        return x + self.mlp(self.norm(x))


class PreLNStack(nn.Module):
    def __init__(self, config: Config = Config()):
        super().__init__()
        self.embed = nn.Linear(64, config.dim)
        self.blocks = nn.ModuleList([FeedForwardBlock(config) for _ in range(config.depth)])
        self.norm = nn.LayerNorm(config.dim)
        self.head = nn.Linear(config.dim, config.num_classes)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x).mean(dim=1))


if __name__ == "__main__":
    model = PreLNStack()
    criterion = nn.CrossEntropyLoss()
    tokens, targets = torch.randn(16, 32, 64), torch.randint(0, 10, (16,))
    loss = criterion(model(tokens), targets)
    loss.backward()
    print(loss.item())
