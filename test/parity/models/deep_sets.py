import torch
from torch import nn


class PermEqui(nn.Module):
    def __init__(self, in_dim: int, out_dim: int, pool: str = "max"):
        super().__init__()
        self.Gamma = nn.Linear(in_dim, out_dim)
        self.Lambda = nn.Linear(in_dim, out_dim, bias=False)
        self.pool = {"max": lambda x: x.max(1, keepdim=True)[0], "mean": lambda x: x.mean(1, keepdim=True)}[pool]

    def forward(self, x):
        return self.Gamma(x) - self.Lambda(self.pool(x))


def build_phi(dims, pool):
    for before, after in zip(dims, dims[1:]):
        yield PermEqui(before, after, pool)
        yield nn.ELU(inplace=True)


class DeepSets(nn.Module):
    def __init__(self, x_dim=3, d_dim=64, n_out=5, pool="mean"):
        super().__init__()
        self.phi = nn.Sequential(*build_phi([x_dim, d_dim, d_dim, d_dim], pool))
        self.ro = nn.Sequential(nn.Dropout(p=0.5), nn.Linear(d_dim, d_dim), nn.ELU(True), nn.Linear(d_dim, n_out))
        self.register_parameter("log_scale", nn.Parameter(torch.zeros(1)))
        self.register_parameter("unused", None)

    def forward(self, x):
        set_embedding = self.phi(x).sum(dim=1)
        return self.ro(set_embedding) * self.log_scale.exp()


if __name__ == "__main__":
    net = DeepSets(pool="max")
    y = net(torch.randn(4, 100, 3))
