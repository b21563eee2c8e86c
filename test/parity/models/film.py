import torch
import torch.nn as nn


class FiLM(nn.Module):
    def forward(self, x, gammas, betas):
        gammas = gammas.unsqueeze(2).unsqueeze(3).expand_as(x)
        betas = betas.unsqueeze(2).unsqueeze(3).expand_as(x)
        return (1 + gammas) * x + betas


class FiLMedResBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels + 2, channels, 1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding="same", bias=False)
        self.bn = nn.BatchNorm2d(channels, affine=False)
        self.film = FiLM()

    def forward(self, x, gamma, beta):
        x = torch.relu(self.conv1(x))
        return x + torch.relu(self.film(self.bn(self.conv2(x)), gamma, beta))


def coordinates(x):
    b, _, h, w = x.shape
    ys = torch.linspace(-1, 1, h, device=x.device).view(1, 1, h, 1).expand(b, 1, h, w)
    xs = torch.linspace(-1, 1, w, device=x.device).view(1, 1, 1, w).expand(b, 1, h, w)
    return torch.cat([x, ys, xs], dim=1)


class FiLMNet(nn.Module):
    n_blocks = 4

    def __init__(self, vocab=90, classes=28, channels=32):
        super().__init__()
        self.embed = nn.Embedding(vocab, 48)
        self.gru = nn.GRU(48, 128, batch_first=True)
        self.film_generator = nn.Linear(128, 2 * self.n_blocks * channels)
        self.stem = nn.Sequential(
            *[
                layer
                for i in range(2)
                for layer in (
                    nn.Conv2d(3 if i == 0 else channels, channels, 4, stride=2, padding=1),
                    nn.BatchNorm2d(channels),
                    nn.ReLU(),
                )
            ]
        )
        for i in range(self.n_blocks):
            setattr(self, f"block{i}", FiLMedResBlock(channels))
        self.classifier = nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(channels, classes))

    def forward(self, image, question):
        _, h = self.gru(self.embed(question))
        film = self.film_generator(h.squeeze(0)).view(image.size(0), self.n_blocks, 2, -1)
        x = self.stem(image)
        for i in range(self.n_blocks):
            x = getattr(self, f"block{i}")(coordinates(x), film[:, i, 0], film[:, i, 1])
        return self.classifier(x)


if __name__ == "__main__":
    net = FiLMNet()
    net(torch.rand(2, 3, 64, 64), torch.randint(90, (2, 12)))
