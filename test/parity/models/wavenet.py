import torch
from torch import nn


class CausalConv1d(nn.Conv1d):
    """A convolution that sees only the past."""

    def __init__(self, in_channels, out_channels, kernel_size, dilation=1, **kwargs):
        self.left = (kernel_size - 1) * dilation
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation, **kwargs)

    def forward(self, x):
        return super().forward(nn.functional.pad(x, (self.left, 0)))


class ResidualBlock(nn.Module):
    def __init__(self, channels, skip_channels, kernel_size, dilation):
        super().__init__()
        self.filter_gate = CausalConv1d(channels, 2 * channels, kernel_size, dilation)
        self.res = nn.Conv1d(channels, channels, 1)
        self.skip = nn.Conv1d(channels, skip_channels, 1)

    def forward(self, x):
        f, g = self.filter_gate(x).chunk(2, dim=1)
        h = torch.tanh(f) * torch.sigmoid(g)
        return x + self.res(h), self.skip(h)


class WaveNet(nn.Module):
    def __init__(self, quantization=256, channels=32, skip_channels=64, blocks=2, layers=6, kernel_size=2):
        super().__init__()
        self.input = CausalConv1d(quantization, channels, 2)
        self.blocks = nn.ModuleList(
            ResidualBlock(channels, skip_channels, kernel_size, dilation=2**layer)
            for _ in range(blocks)
            for layer in range(layers)
        )
        self.head = nn.Sequential(
            nn.ReLU(),
            nn.Conv1d(skip_channels, skip_channels, 1),
            nn.ReLU(),
            nn.Conv1d(skip_channels, quantization, 1),
        )
        self.receptive_field = 2 + blocks * sum(2**layer for layer in range(layers)) * (kernel_size - 1)

    def forward(self, x):
        x = self.input(x)
        skips = 0
        for block in self.blocks:
            x, skip = block(x)
            skips = skips + skip
        return self.head(skips)


if __name__ == "__main__":
    model = WaveNet()
    one_hot = nn.functional.one_hot(torch.randint(256, (1, model.receptive_field)), 256).float().transpose(1, 2)
    print(model(one_hot).shape)
