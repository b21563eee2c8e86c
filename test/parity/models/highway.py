import torch
import torch.nn as nn
import torch.nn.functional as F


class Highway(nn.Module):
    def __init__(self, size, num_layers, f=F.relu):
        super().__init__()
        self.num_layers = num_layers
        self.nonlinear = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])
        self.linear = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])
        self.gate = nn.ModuleList([nn.Linear(size, size) for _ in range(num_layers)])
        self.f = f
        for gate in self.gate:
            gate.bias.data.fill_(-2.0)
        for lin in self.linear:
            nn.init.eye_(lin.weight)

    def forward(self, x):
        for layer in range(self.num_layers):
            gate = torch.sigmoid(self.gate[layer](x))
            nonlinear = self.f(self.nonlinear[layer](x))
            linear = self.linear[layer](x)
            x = gate * nonlinear + (1 - gate) * linear
        return x


class CharHighwayLM(nn.Module):
    def __init__(self, vocab_size: int = 60, emb: int = 15, filters: dict[int, int] | None = None):
        super().__init__()
        filters = filters or {1: 25, 2: 50, 3: 75, 4: 100}
        self.emb = nn.Embedding(vocab_size, emb)
        self.convs = nn.ModuleList(nn.Conv1d(emb, n, width) for width, n in filters.items())
        total = sum(filters.values())
        self.highway = Highway(total, 2, f=torch.tanh)
        self.out = nn.Linear(total, vocab_size)

    def forward(self, chars):
        x = self.emb(chars).transpose(1, 2)
        x = torch.cat([F.max_pool1d(torch.tanh(conv(x)), x.size(2) - conv.kernel_size[0] + 1).squeeze(2) for conv in self.convs], 1)
        return self.out(self.highway(x))


if __name__ == "__main__":
    lm = CharHighwayLM()
    lm(torch.randint(0, 60, (3, 21)))
