"""A stack of pre-LN residual feed-forward blocks, as in a Transformer without its attention."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Config:
    width: int = 192
    expansion: int = 4
    depth: int = 12
    dropout: float = 0.1
    classes: int = 100


class FeedForwardBlock(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.norm = nn.LayerNorm(config.width)
        self.fc = nn.Linear(config.width, config.expansion * config.width)
        self.act = nn.GELU()
        self.proj = nn.Linear(config.expansion * config.width, config.width)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.drop(self.proj(self.act(self.fc(self.norm(x)))))


class PreLNStack(nn.Module):
    def __init__(self, config: Config = Config()):
        super().__init__()
        self.blocks = nn.ModuleList(FeedForwardBlock(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))
