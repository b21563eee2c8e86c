from collections import OrderedDict
from functools import partial
import copy

import torch
import torch.nn.functional as F
from torch import nn, Tensor


def clones(module, n):
    return nn.ModuleList([copy.deepcopy(module) for _ in range(n)])


class Block(nn.Module):
    def __init__(self, channels, *, act=nn.ReLU, norm=partial(nn.GroupNorm, 4)):
        super().__init__()
        self.body = nn.Sequential(
            OrderedDict(
                [
                    ("norm", norm(channels)),
                    ("act", act()),
                    ("conv", nn.Conv2d(channels, channels, 3, padding="same")),
                ]
            )
        )

    def forward(self, x):
        return x + 0.5 * self.body(x)


class Net(nn.Module):
    sizes = (8, 16)

    def __init__(self, cfg=None, **kwargs):
        super(Net, self).__init__()
        cfg = cfg or {"depth": 2, "act": nn.SiLU}
        self.stem = nn.Conv2d(3, self.sizes[0], kernel_size=(3, 3), stride=2, padding=1)
        self.blocks = nn.ModuleList()
        for i in range(cfg["depth"]):
            self.blocks.append(Block(self.sizes[0], act=cfg["act"]))
        self.add_module("down", nn.Conv2d(*self.sizes, 1))
        self.heads = nn.ModuleDict({"a": nn.Linear(16, 2), "b": nn.Linear(16, 3)})
        self.extra = clones(nn.Linear(16, 16), 2)
        setattr(self, f"norm{1}", nn.LayerNorm(16))
        self.register_parameter("bias", None)
        self.register_buffer("mean", torch.zeros(3))

    @property
    def depth(self):
        return len(self.blocks)

    def features(self, x: Tensor) -> Tensor:
        for index, block in enumerate(self.blocks):
            x = block(x) if index < self.depth else x
        return F.adaptive_avg_pool2d(self.down(x), 1).flatten(1)

    def forward(self, x):
        if self.training:
            x = self.stem(x)
        else:
            x = self.stem(x * 2)
        x = self.features(x)
        for layer in self.extra:
            x = F.gelu(layer(x), approximate="tanh")
        x = self.norm1(x)
        return {name: head(x) for name, head in self.heads.items()}


if __name__ == "__main__":
    net = Net()
    out = net(torch.randn(2, 3, 32, 32))
