import math
import torch
import torch.nn as nn
import torch.nn.init as init
from torch.nn.init import trunc_normal_, orthogonal_


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(m.weight.data, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        nn.init.normal_(m.weight.data, 1.0, 0.02)
        nn.init.constant_(m.bias.data, 0)


class EveryWay(nn.Module):
    def __init__(self, dim=8, layer_scale=1e-5):
        super().__init__()
        self.gain = init.calculate_gain("tanh")
        self.a = nn.Linear(dim, dim)
        init.xavier_uniform_(self.a.weight, gain=self.gain)
        init.uniform_(self.a.bias, -0.1, 0.1)
        self.b = nn.Linear(dim, dim)
        init.kaiming_normal_(self.b.weight, a=0.2, mode="fan_out")
        self.b.bias.data.fill_(0.01)
        self.c = nn.Linear(dim, dim)
        orthogonal_(self.c.weight, gain=math.sqrt(2))
        self.c.bias.data.zero_()
        self.d = nn.Linear(dim, dim)
        trunc_normal_(self.d.weight, std=0.02)
        with torch.no_grad():
            self.d.weight *= 0.5
            self.d.bias.uniform_(-1 / math.sqrt(dim), 1 / math.sqrt(dim))
        self.e = nn.Linear(dim, dim)
        nn.init.eye_(self.e.weight)
        nn.init.ones_(self.e.bias)
        self.f = nn.Linear(dim, dim, bias=False)
        self.f.weight = nn.Parameter(torch.randn(dim, dim) / math.sqrt(dim))
        self.g = nn.Linear(dim, dim)
        self.g.weight.data[:, 0] = 0
        self.h = nn.Linear(dim, dim)
        self.h.weight = self.a.weight
        self.gamma = nn.Parameter(layer_scale * torch.ones(dim))

    def forward(self, x):
        x = torch.tanh(self.a(x)) + self.b(x)
        x = x + self.gamma * self.d(self.c(x))
        return self.h(self.g(self.f(self.e(x))))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(3, 16, 4, 2, 1, bias=False),
            nn.BatchNorm2d(16),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(16, 1, 4, 1, 0),
        )

    def forward(self, x):
        return self.main(x)


netD = Generator()
netD.apply(weights_init)


class NamedLoop(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 4)
        self.fc2 = nn.Linear(4, 2)
        for name, p in self.named_parameters():
            if "weight" in name and p.dim() > 1:
                nn.init.xavier_normal_(p)
            elif name.endswith(".bias"):
                nn.init.zeros_(p)
        self.apply(unknown_init)

    def forward(self, x):
        return self.fc2(self.fc1(x).relu())
