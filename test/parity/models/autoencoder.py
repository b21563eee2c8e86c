import torch.nn as nn
import torch


def mlp(sizes, activation=nn.ReLU, last=None):
    layers = []
    for i, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:])):
        layers.append(nn.Linear(n_in, n_out))
        if i < len(sizes) - 2:
            layers.append(activation())
    if last:
        layers.append(last())
    return nn.Sequential(*layers)


class AutoEncoder(nn.Module):
    sizes = (784, 256, 64, 12)

    def __init__(self):
        super().__init__()
        self.encoder = mlp(self.sizes)
        self.decoder = mlp(self.sizes[::-1], last=nn.Sigmoid)
        for m in list(self.encoder) + list(self.decoder):
            if type(m) == nn.Linear:
                nn.init.xavier_uniform_(m.weight, gain=nn.init.calculate_gain("relu"))
                m.bias.data.zero_()

    def forward(self, x):
        return self.decoder(self.encoder(x.view(x.size(0), -1)))


model = AutoEncoder()
out = model(torch.rand(16, 1, 28, 28))
