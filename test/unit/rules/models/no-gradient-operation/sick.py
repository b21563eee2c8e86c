import torch
import torch.nn as nn


class BinaryAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 32))
        self.decoder = nn.Sequential(nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, 784))

    def forward(self, x):
        h = torch.tanh(self.encoder(x))
        code = torch.sign(h)
        return self.decoder(code)
