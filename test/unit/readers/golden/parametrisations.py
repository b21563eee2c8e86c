import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import weight_norm, spectral_norm, remove_weight_norm
from torch.nn.utils import parametrizations as P, parametrize

def init_weights(m, mean=0.0, std=0.01):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        m.weight.data.normal_(mean, std)

class OldNorms(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Conv1d(4, 8, 3, padding=1))
        self.a.apply(init_weights)
        self.b = spectral_norm(nn.Conv1d(8, 8, 3, padding=1))
        self.b.apply(init_weights)
        self.c = weight_norm(nn.Linear(8, 4), dim=None)
        self.t = weight_norm(nn.ConvTranspose1d(8, 6, 4, 2, padding=1))
        self.u = spectral_norm(nn.ConvTranspose1d(6, 6, 4, 3, padding=1, output_padding=1, bias=False))
        self.r = remove_weight_norm(weight_norm(nn.Linear(4, 4)))
        self.e = spectral_norm(nn.Embedding(10, 8))
    def forward(self, x):
        x = F.leaky_relu(self.b(self.a(x)), 0.1)
        x = self.u(self.t(x))
        return x
OldNorms()(torch.randn(2, 4, 10))

class NewNorms(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = P.weight_norm(nn.Conv2d(3, 8, 3))
        self.b = P.spectral_norm(nn.Conv2d(8, 8, 3))
        self.o = P.orthogonal(nn.Linear(8, 8))
        self.h = P.orthogonal(nn.Linear(8, 4))
        self.s = nn.Linear(8, 8)
        parametrize.register_parametrization(self.s, "weight", Symmetric())
    def forward(self, x):
        x = self.b(self.a(x)).mean((2, 3))
        x = self.s(x)
        return x
class Symmetric(nn.Module):
    def forward(self, X):
        return X + X.t()
NewNorms()(torch.randn(2, 3, 10, 10))
