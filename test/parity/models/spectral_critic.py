import torch
import torch.nn as nn
from torch.nn.utils.parametrizations import spectral_norm


def SNConv2d(*args, **kwargs):
    return spectral_norm(nn.Conv2d(*args, **kwargs))


def SNLinear(*args, **kwargs):
    return spectral_norm(nn.Linear(*args, **kwargs))


class DBlock(nn.Module):
    def __init__(self, in_ch, out_ch, downsample=True):
        super().__init__()
        self.learnable_sc = in_ch != out_ch or downsample
        self.downsample = downsample
        self.c1 = SNConv2d(in_ch, out_ch, 3, 1, 1)
        self.c2 = SNConv2d(out_ch, out_ch, 3, 1, 1)
        if self.learnable_sc:
            self.c_sc = SNConv2d(in_ch, out_ch, 1, 1, 0)
        self.act = nn.ReLU(False)
        nn.init.xavier_uniform_(self.c1.parametrizations.weight.original, gain=2**0.5)
        nn.init.xavier_uniform_(self.c2.parametrizations.weight.original, gain=2**0.5)

    def shortcut(self, x):
        if self.learnable_sc:
            x = self.c_sc(x)
            if self.downsample:
                x = nn.functional.avg_pool2d(x, 2)
        return x

    def forward(self, x):
        h = self.c1(self.act(x))
        h = self.c2(self.act(h))
        if self.downsample:
            h = nn.functional.avg_pool2d(h, 2)
        return h + self.shortcut(x)


class Critic(nn.Module):
    """The critic of SNGAN, with projection of the class."""

    def __init__(self, ch=32, n_classes=10):
        super().__init__()
        self.first = SNConv2d(3, ch, 3, padding=1)
        self.blocks = nn.Sequential(
            DBlock(ch, ch * 2),
            DBlock(ch * 2, ch * 4),
            DBlock(ch * 4, ch * 4, downsample=False),
        )
        self.l_y = spectral_norm(nn.Embedding(n_classes, ch * 4))
        self.out = SNLinear(ch * 4, 1)

    def forward(self, x, y):
        h = torch.relu(self.blocks(self.first(x)))
        h = h.sum(dim=(2, 3))
        return self.out(h) + (self.l_y(y) * h).sum(dim=1, keepdim=True)


if __name__ == "__main__":
    critic = Critic()
    score = critic(torch.randn(4, 3, 32, 32), torch.randint(10, (4,)))
