"""One of every layer and function that is understood, as far as they fit into one network."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class EveryLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, (3, 5), stride=(2, 1), padding=(1, 2), dilation=1)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.grouped = nn.Conv2d(8, 16, 1, groups=4)
        self.bn = nn.BatchNorm2d(16, eps=1e-3)
        self.plain_bn = nn.BatchNorm2d(16, affine=False)
        self.gn = nn.GroupNorm(4, 16)
        self.instance = nn.InstanceNorm2d(16, affine=True)
        self.pools = nn.Sequential(
            nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
            nn.AvgPool2d(2, count_include_pad=False),
            nn.Dropout2d(0.1),
        )
        self.acts = nn.Sequential(
            nn.PReLU(), nn.PReLU(16), nn.LeakyReLU(0.2), nn.ELU(0.5), nn.CELU(), nn.SELU(), nn.GELU("tanh"), nn.SiLU(),
            nn.Mish(), nn.Softplus(beta=2), nn.Softsign(), nn.Hardtanh(-2, 2), nn.Hardsigmoid(), nn.Hardswish(),
            nn.ReLU6(), nn.Tanhshrink(), nn.Softshrink(0.1), nn.Hardshrink(), nn.Threshold(0.1, 20), nn.LogSigmoid(),
        )
        self.unflatten = nn.Unflatten(1, (4, 4))
        self.conv1d = nn.Conv1d(4, 4, 3, padding=1)
        self.ln = nn.LayerNorm([4, 4], elementwise_affine=True)
        self.ln_no_bias = nn.LayerNorm(16, bias=False)
        self.rms = nn.RMSNorm(16)
        self.fc = nn.Linear(16, 10)
        self.weight = nn.Parameter(torch.empty(10, 10))
        nn.init.xavier_normal_(self.weight)
        self.scale = nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        x = self.gn(self.plain_bn(self.bn(self.grouped(self.depthwise(self.conv1(x))))))
        x = self.acts(self.pools(self.instance(x)))
        x = F.max_pool2d(F.avg_pool2d(x, 2), 2)
        x = F.adaptive_avg_pool2d(x, (1, None)).mean(dim=(-2, -1))
        x = self.unflatten(x)
        b, c, l = x.shape
        x = torch.sin(self.conv1d(x)) + x.transpose(1, 2).contiguous().view(b, c, l)
        x = self.ln(x).permute(0, 2, 1).reshape(b, -1)
        x = torch.cat([x, -x], dim=1)[:, :16] if False else x
        x = self.rms(self.ln_no_bias(x)).unsqueeze(1).squeeze(1)
        y = F.linear(self.fc(F.dropout(x, 0.2, training=self.training)), self.weight)
        y = y + y * self.scale + torch.mul(y, 2).sub(1) / 4 - 3
        y = torch.cat((y, F.log_softmax(y, dim=-1)), dim=1)
        return y.chunk(2, dim=1)[0]


out = EveryLayer()(torch.randn(2, 3, 32, 32))
