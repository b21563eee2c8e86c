import torch
import torch.nn as nn


class VAE(nn.Module):
    """The deviation of a posterior is exp of a plain layer, and nothing is inverted."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 32))
        self.decoder = nn.Sequential(nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 784))

    def forward(self, x):
        h = self.encoder(x)
        mean, log_variance = h[:, :16], h[:, 16:]
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        return self.decoder(z), mean, log_variance


y = VAE()(torch.randn(4, 784))
