import torch
import torch.nn as nn
import torch.nn.functional as F


class SiameseNetwork(nn.Module):
    """Koch et al. 2015: one trunk for both images, and the weights drawn as in the paper."""

    def __init__(self):
        super(SiameseNetwork, self).__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 32, 10),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 7),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 128, 4),
            nn.ReLU(),
        )
        self.liner = nn.Sequential(nn.Linear(1152, 512), nn.Sigmoid())
        self.out = nn.Linear(512, 1)

        for name, p in self.cnn.named_parameters():
            if name.endswith("weight"):
                p.data.normal_(0, 1e-2)
            else:
                p.data.normal_(0.5, 1e-2)
        with torch.no_grad():
            self.liner[0].weight.normal_(0.0, 0.2)
            self.liner[0].bias.normal_(mean=0.5, std=0.01)

    def forward_one(self, x):
        x = self.cnn(x)
        x = x.view(x.size()[0], -1)
        return self.liner(x)

    def forward(self, x1, x2):
        out1 = self.forward_one(x1)
        out2 = self.forward_one(x2)
        dis = torch.abs(out1 - out2)
        return self.out(dis)


if __name__ == "__main__":
    net = SiameseNetwork()
    print(net)
    pair = torch.randn(2, 1, 85, 85), torch.randn(2, 1, 85, 85)
    print(net(*pair).shape)
