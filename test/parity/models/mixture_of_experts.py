import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, d_model, d_ff):
        super().__init__()
        self.w1 = nn.Linear(d_model, d_ff, bias=False)
        self.w2 = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x):
        return self.w2(F.gelu(self.w1(x)))


class MoE(nn.Module):
    """Top-k routing (Shazeer et al. 2017)."""

    def __init__(self, d_model, d_ff, num_experts, k=2):
        super().__init__()
        self.k = k
        self.num_experts = num_experts
        self.gate = nn.Linear(d_model, num_experts, bias=False)
        self.experts = nn.ModuleList([Expert(d_model, d_ff) for _ in range(num_experts)])

    def forward(self, x):
        scores = F.softmax(self.gate(x), dim=-1)
        weights, chosen = torch.topk(scores, self.k, dim=-1)
        weights = weights / weights.sum(-1, keepdim=True)
        out = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            rows = (chosen == i).any(dim=-1)
            if rows.any():
                gate = (weights * (chosen == i)).sum(-1)[rows].unsqueeze(-1)
                out[rows] += gate * expert(x[rows])
        return out


class SoftMoE(nn.Module):
    """Every expert sees all; the gate mixes them."""

    def __init__(self, d_in, d_out, n):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n, d_in, d_out))
        self.bias = nn.Parameter(torch.zeros(n, d_out))
        self.phi = nn.Parameter(torch.randn(d_in, n) * d_in**-0.5)
        nn.init.kaiming_uniform_(self.weight, a=5**0.5)

    def forward(self, x):
        mixing = (x @ self.phi).softmax(-1)
        y = torch.einsum("bd,ndo->bno", x, self.weight) + self.bias
        return (mixing.unsqueeze(-1) * y).sum(1)


class MoEClassifier(nn.Module):
    def __init__(self, d_in=64, d_model=96, n_layers=2, num_experts=4, n_classes=10):
        super().__init__()
        self.embed = SoftMoE(d_in, d_model, num_experts)
        self.layers = nn.ModuleList()
        self.norms = nn.ModuleList()
        for _ in range(n_layers):
            self.layers.append(MoE(d_model, 2 * d_model, num_experts))
            self.norms.append(nn.LayerNorm(d_model))
        self.head = nn.Linear(d_model, n_classes)

    def forward(self, x):
        x = self.embed(x)
        for layer, norm in zip(self.layers, self.norms):
            x = x + layer(norm(x))
        return self.head(x)


if __name__ == "__main__":
    m = MoEClassifier()
    print(m(torch.randn(5, 64)).shape)
