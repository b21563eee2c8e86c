import torch
import torch.nn as nn
class Lrn(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.LocalResponseNorm(3, alpha=0.1)
        self.f = nn.LocalResponseNorm(4, alpha=0.2, k=2)
        self.c = nn.InstanceNorm2d(8, affine=True)
    def forward(self, x):
        return self.e(x), self.f(x), self.c(x)
Lrn()(torch.randn(2, 8, 4, 4))
class C1(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding="same", padding_mode="reflect", dilation=2)
        self.b = nn.Conv2d(8, 8, 3, padding=(1, 2), padding_mode="circular")
        self.t = nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1, groups=2)
        self.u = nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, bias=False)
        self.v = nn.ConvTranspose2d(6, 6, 3, stride=2, padding=1)
        self.p = nn.ZeroPad2d((1, 2, 3, 4))
        self.q = nn.ReflectionPad2d(1)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.up2 = nn.UpsamplingNearest2d(scale_factor=2)
        self.lp = nn.LPPool2d(2, 3, stride=2)
        self.mp = nn.MaxPool2d(3, 1, 1, dilation=2)
        self.av = nn.AvgPool2d(2, divisor_override=3)
        self.ps = nn.PixelShuffle(2)
        self.pu = nn.PixelUnshuffle(2)
        self.cs = nn.ChannelShuffle(2)
        self.up3 = nn.Upsample(size=(9, 5), mode="bicubic")
        self.rp = nn.ReplicationPad2d((1, 0, 2, 3))
        self.cp = nn.ConstantPad2d(2, 1.5)
        self.c1 = nn.Conv1d(6, 6, 4, padding="same")
    def forward(self, x):
        x = self.b(self.a(x))
        x = self.v(self.u(self.t(x)), output_size=(64, 80))
        x = self.q(self.p(x))
        x = self.up2(self.up(self.av(self.mp(self.lp(x)))))
        x = self.rp(x)
        y = self.up3(x)
        z = self.c1(self.cp(y).flatten(2))
        return self.cs(y), z
C1()(torch.randn(2, 3, 8, 8))
class Px(nn.Module):
    def __init__(self):
        super().__init__()
        self.ps = nn.PixelShuffle(2)
        self.pu = nn.PixelUnshuffle(4)
        self.cs = nn.ChannelShuffle(4)
        self.sm = nn.Softmax2d()
        self.ap = nn.AdaptiveMaxPool2d((2, None))
    def forward(self, x):
        return self.ps(x), self.pu(x), self.cs(x), self.ap(self.sm(x))
Px()(torch.randn(2, 8, 4, 4))
class Kp(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.MultiheadAttention(16, 4, batch_first=True)
        self.e = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 2)
    def forward(self, x, m):
        y, w = self.a(x, x, x, key_padding_mask=m)
        return self.e(y), w
Kp()(torch.randn(2, 3, 16), torch.zeros(2, 3))
