import torch.nn as nn


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.ffn = nn.Sequential(nn.Linear(dim, 4 * dim), nn.ReLU(), nn.Linear(4 * dim, dim))
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        return self.norm(x + self.ffn(x))


class Net(nn.Module):
    def __init__(self, depth=18):
        super().__init__()
        self.blocks = nn.Sequential(*[Block(128) for _ in range(depth)])
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.blocks(x))
