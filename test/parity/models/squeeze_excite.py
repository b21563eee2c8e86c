import torch
from torch import nn


class SELayer(nn.Module):
    def __init__(self, channel, reduction=16):
        super(SELayer, self).__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channel, channel // reduction, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(channel // reduction, channel, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)


class ConvBNAct(nn.Sequential):
    def __init__(self, in_ch, out_ch, k=3, s=1, g=1, act=nn.SiLU):
        super().__init__(
            nn.Conv2d(in_ch, out_ch, k, s, padding=k // 2, groups=g, bias=False),
            nn.BatchNorm2d(out_ch, eps=1e-3, momentum=0.01),
            act() if act is not None else nn.Identity(),
        )


class SEBlock(nn.Module):
    def __init__(self, in_ch, out_ch, stride=1, reduction=16):
        super().__init__()
        self.conv = nn.Sequential(ConvBNAct(in_ch, out_ch, s=stride, g=8), ConvBNAct(out_ch, out_ch, 1, act=None))
        self.se = SELayer(out_ch, reduction=reduction)
        self.shortcut = nn.Identity() if in_ch == out_ch and stride == 1 else ConvBNAct(in_ch, out_ch, 1, stride, act=None)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.se(self.conv(x)) + self.shortcut(x))


SPEC = [
    # channels, blocks, stride
    (32, 2, 1),
    (64, 2, 2),
    (128, 3, 2),
]


class SENet(nn.Module):
    def __init__(self, spec=SPEC, num_classes=10):
        super().__init__()
        self.stem = ConvBNAct(3, 32)
        blocks, ch = [], 32
        for out, n, stride in spec:
            blocks.extend(SEBlock(ch if i == 0 else out, out, stride if i == 0 else 1) for i in range(n))
            ch = out
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(1), nn.Dropout(0.2), nn.Linear(ch, num_classes))

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)))


model = SENet()
