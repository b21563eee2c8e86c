import torch
import torch.nn as nn
import torch.nn.functional as F


def drop_path(x, drop_prob: float = 0.0, training: bool = False):
    if drop_prob == 0.0 or not training:
        return x
    keep_prob = 1 - drop_prob
    shape = (x.shape[0],) + (1,) * (x.ndim - 1)
    random_tensor = x.new_empty(shape).bernoulli_(keep_prob)
    if keep_prob > 0.0:
        random_tensor.div_(keep_prob)
    return x * random_tensor


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=4):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1)
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x):
        s = x.mean((2, 3), keepdim=True)
        s = self.fc2(F.relu(self.fc1(s), inplace=True))
        return x * s.sigmoid()


class StdConv2d(nn.Conv2d):
    def forward(self, x):
        w = self.weight
        v, m = torch.var_mean(w, dim=[1, 2, 3], keepdim=True, unbiased=False)
        w = (w - m) / torch.sqrt(v + 1e-10)
        return F.conv2d(x, w, self.bias, self.stride, self.padding, self.dilation, self.groups)


class FiLM(nn.Module):
    def __init__(self, channels, cond_dim):
        super().__init__()
        self.proj = nn.Linear(cond_dim, 2 * channels)

    def forward(self, x, cond):
        gamma, beta = self.proj(cond).chunk(2, dim=-1)
        return (1 + gamma[:, :, None, None]) * x + beta[..., None, None]


class Down(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = StdConv2d(cin, cout, 3, padding=1)
        self.norm = nn.GroupNorm(4, cout)
        self.se = SqueezeExcite(cout)

    def forward(self, x):
        return self.se(F.silu(self.norm(self.conv(x))))


class UNet(nn.Module):
    def __init__(self, cin=3, widths=(8, 16), cond_dim=10):
        super().__init__()
        self.downs = nn.ModuleList()
        for width in widths:
            self.downs.append(Down(cin, width))
            cin = width
        self.mid = Down(cin, cin)
        self.film = FiLM(cin, cond_dim)
        self.ups = nn.ModuleList([Down(2 * w, w // 2 if i else w) for i, w in enumerate(reversed(widths))])
        self.gamma = nn.Parameter(1e-6 * torch.ones(cin))
        self.head = nn.Conv2d(widths[0] // 2, 1, 1)

    def forward(self, x, cond):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = x + drop_path(self.gamma[:, None, None] * self.mid(x), 0.1, self.training)
        x = self.film(x, cond)
        for up, skip in zip(self.ups, reversed(skips)):
            x = F.interpolate(x, size=skip.shape[-2:], mode="bilinear", align_corners=False)
            if x.shape[1] != skip.shape[1]:
                x = F.pad(x, (0, 0, 0, 0, 0, skip.shape[1] - x.shape[1]))
            x = up(torch.cat([x, skip], dim=1))
        return self.head(x)


class VAE(nn.Module):
    def __init__(self, dim=20, latent=4):
        super().__init__()
        self.enc = nn.Linear(dim, 2 * latent)
        self.dec = nn.Linear(latent, dim)

    def encode(self, x):
        h = self.enc(x)
        return h[:, :4], h[:, 4:]

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 20))
        z = self.reparameterize(mu, logvar)
        return {"reconstruction": torch.sigmoid(self.dec(z)), "mu": mu, "logvar": logvar}
