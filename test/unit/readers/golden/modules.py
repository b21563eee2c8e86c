import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn import init

class Convs(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding="same", padding_mode="reflect", dilation=2)
        self.b = nn.Conv2d(8, 8, 3, padding=(1, 2), padding_mode="circular")
        self.t = nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1, groups=2)
        self.u = nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, bias=False)
        self.v = nn.ConvTranspose2d(6, 6, 3, stride=2, padding=1)
        self.c1 = nn.Conv1d(4, 6, 3, padding="same")
        self.t1 = nn.ConvTranspose1d(6, 2, 5)
        self.p = nn.ZeroPad2d((1, 2, 3, 4))
        self.q = nn.ReflectionPad2d(1)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.up2 = nn.UpsamplingNearest2d(scale_factor=2)
        self.lp = nn.LPPool2d(2, 3, stride=2)
        self.mp = nn.MaxPool2d(3, 1, 1, dilation=2)
        self.av = nn.AvgPool2d(2, divisor_override=3)
        self.mi = nn.MaxPool2d(2, return_indices=True)
        self.ps = nn.PixelShuffle(2)
        self.pu = nn.PixelUnshuffle(2)
        self.cs = nn.ChannelShuffle(2)
    def forward(self, x):
        x = self.b(self.a(x))
        x = self.v(self.u(self.t(x)), output_size=(64, 80))
        x = self.q(self.p(x))
        x = self.up2(self.up(self.av(self.mp(self.lp(x)))))
        x, i = self.mi(x)
        x = F.adaptive_avg_pool2d(x, (8, 8))
        x = torch.cat([x, x], 1)
        x = self.cs(self.pu(self.ps(x)))
        return x, self.t1(self.c1(x.flatten(2)[:, :4]))
Convs()(torch.randn(2, 3, 8, 8))

class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.LazyConv2d(8, 3)
        self.bn = nn.LazyBatchNorm2d()
        self.fc = nn.LazyLinear(10)
    def forward(self, x):
        return self.fc(self.bn(self.a(x)).flatten(1))
Lazy()(torch.randn(2, 3, 8, 8))

class Odds(nn.Module):
    def __init__(self):
        super().__init__()
        self.bi = nn.Bilinear(8, 6, 5)
        self.lin = nn.Linear(8, 6)
        self.glu = nn.GLU()
        self.sm = nn.Softmin(dim=-1)
        self.cos = nn.CosineSimilarity()
        self.dist = nn.PairwiseDistance()
        self.unf = nn.Unflatten(1, (5, 1, 1))
        self.unfold = nn.Unfold(1)
    def forward(self, x):
        y = self.bi(x, self.lin(x))
        return self.sm(self.glu(x)), self.cos(y, y), self.dist(y, y), self.unfold(self.unf(y))
Odds()(torch.randn(2, 8))

class Containers(nn.Module):
    def __init__(self):
        super().__init__()
        self.ps = nn.ParameterList([nn.Parameter(torch.randn(3, 4) * 0.02) for _ in range(2)])
        self.ps.append(nn.Parameter(torch.zeros(4)))
        self.pd = nn.ParameterDict({"a": nn.Parameter(torch.linspace(0, 1, 5)), "b": nn.Parameter(torch.eye(3))})
        self.seq = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.seq.append(nn.Linear(4, 3))
        self.seq.extend([nn.Tanh()])
        self.seq.insert(1, nn.LayerNorm(4))
        self.ml = nn.ModuleList([nn.Linear(3, 3)])
        self.ml += [nn.Linear(3, 2)]
        self.md = nn.ModuleDict()
        self.md["x"] = nn.Linear(2, 2)
        self.md.update({"y": nn.Linear(2, 2)})
        self.drop = self.md.pop("x")
        self.seq2 = nn.Sequential(*[nn.Linear(4, 4) for _ in range(3)])[:2]
        del self.drop
    def forward(self, x):
        x = self.seq(x)
        for l in self.ml:
            x = l(x)
        return self.md["y"](x)
Containers()(torch.randn(2, 4))

class Inits(nn.Module):
    def __init__(self, h=16):
        super().__init__()
        self.emb = nn.Embedding(50, h)
        init.xavier_uniform_(self.emb.weight)
        self.ct = nn.ConvTranspose2d(6, 4, 3)
        init.kaiming_normal_(self.ct.weight, mode="fan_out", nonlinearity="relu")
        self.conv = nn.Conv2d(4, 8, 3)
        w = self.conv.weight.data
        init.xavier_uniform_(w.view([w.shape[0], -1]))
        self.lstm = nn.LSTM(8, h)
        for name, p in self.lstm.named_parameters():
            if "weight_hh" in name:
                init.orthogonal_(p)
            elif "weight_ih" in name:
                init.xavier_normal_(p)
            elif "bias_ih" in name:
                p.data.fill_(0)
                n = p.size(0)
                p.data[n // 4 : n // 2].fill_(1)
        self.pos = nn.Parameter(torch.zeros(1, 10, h))
        init.trunc_normal_(self.pos, std=0.02)
        self.raw = nn.Parameter(torch.empty(5, h, 3))
        init.kaiming_uniform_(self.raw, a=math.sqrt(5))
        w = torch.empty(h, h)
        init.xavier_normal_(w)
        self.w = nn.Parameter(w)
        self.dw = nn.Conv2d(8, 8, 3, groups=2)
        init.dirac_(self.dw.weight, groups=2)
        self.gru = nn.GRUCell(8, h)
        for w in self.gru.weight_hh.chunk(3, 0):
            init.orthogonal_(w)
        self.lin = nn.Linear(h, h)
        with torch.no_grad():
            self.lin.weight.copy_(torch.randn(h, h) * 0.1)
            self.lin.bias[:4] = 1.0
        self.lin2 = nn.Linear(h, h)
        self.lin2.weight.data = torch.ones(h, h) * 0.3
        fan_in, fan_out = init._calculate_fan_in_and_fan_out(self.lin2.weight)
        init.uniform_(self.lin2.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))
        self.tn = nn.Linear(h, h)
        _trunc(self.tn.weight, 0.0, 0.02, -0.04, 0.04)
        self.head = nn.Linear(h, 50, bias=False)
        self.head.weight = self.emb.weight
        self.p2 = nn.Parameter(self.lin.weight.clone())
        self.neg = nn.Linear(3, 3)
        self.neg.weight.data.mul_(-0.5)
        self.neg.bias.data.uniform_(-1, 1).add_(2)
        self.mix = nn.Linear(4, 4)
        self.mix.weight.data.normal_(0, 0.1)
        self.mix.weight.data[:2, 1:3] = 5
        self.eye = nn.Linear(4, 4)
        self.eye.weight.data.copy_(torch.eye(4))
        self.bias = nn.Parameter(torch.full((3,), -2.0))
        self.l3 = nn.Linear(4, 4)
        self.l3.reset_parameters()
        nn.init.zeros_(self.l3.weight)
        self.l3.reset_parameters()
    def forward(self, x):
        return self.head(self.emb(x))

def _trunc(tensor, mean, std, a, b):
    def norm_cdf(x):
        return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0
    with torch.no_grad():
        l = norm_cdf((a - mean) / std)
        u = norm_cdf((b - mean) / std)
        tensor.uniform_(2 * l - 1, 2 * u - 1)
        tensor.erfinv_()
        tensor.mul_(std * math.sqrt(2.0))
        tensor.add_(mean)
        tensor.clamp_(min=a, max=b)
        return tensor
Inits()(torch.randint(0, 3, (2, 7)))

class DenseLayer(nn.Linear):
    def __init__(self, a, b, scale=0.5):
        self.scale = scale
        super().__init__(a, b)
    def reset_parameters(self):
        init.xavier_uniform_(self.weight, gain=self.scale)
        init.zeros_(self.bias)

class LN2d(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

class Subs(nn.Module):
    def __init__(self):
        super().__init__()
        self.d = DenseLayer(4, 8)
        self.n = LN2d(8)
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.modules.conv._ConvNd)):
                m.weight.data.mul_(2)
            if isinstance(m, nn.modules.batchnorm._BatchNorm):
                m.eps = 1
    def forward(self, x):
        return self.n(self.d(x)[:, :, None, None])
Subs()(torch.randn(2, 4))

class Frozen(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Buffer(torch.ones(n))
        self.steps = nn.Buffer(torch.arange(n), persistent=False)
    def forward(self, x):
        return x * self.weight

def freeze(module):
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm1d):
            module._modules[name] = Frozen(child.num_features)
        freeze(child)

class Replaced(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
        self.gone = nn.Linear(8, 8)
        freeze(self)
        del self._modules["gone"]
        self.width = len(self._modules) + len(self.body._modules["0"]._parameters)
        self.out = nn.Linear(8, self.width)
    def forward(self, x):
        if not getattr(self.out.weight, "_is_initialised", False):
            x = x.float()
        if x.shape[1] > 1:
            x = self.body(x)
        return self.out(x)
Replaced()

class Transposed(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(4, 8))
        self.bias = nn.Parameter(torch.zeros(8))
        self.out = nn.Parameter(torch.randn(8, 3))
        init.kaiming_normal_(self.weight)
    def forward(self, x):
        x = torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).relu()
        return x @ self.out
Transposed()(torch.randn(2, 4))
