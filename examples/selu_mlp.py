"""A self-normalising network (Klambauer et al. 2017) with the wrong initialisation: He instead of LeCun."""

from torch import nn


class SeluMLP(nn.Module):
    def __init__(self, num_features=30, width=256, depth=16, num_classes=2):
        super().__init__()
        blocks = []
        for i in range(depth):
            blocks.append(nn.Linear(num_features if i == 0 else width, width))
            blocks.append(nn.SELU())
        blocks.append(nn.AlphaDropout(p=0.05))
        self.features = nn.Sequential(*blocks)
        self.classifier = nn.Linear(width, num_classes)

        for m in self.modules():
            if isinstance(m, nn.Linear):
                m.weight.data.normal_(0, (2.0 / m.in_features) ** 0.5)
                m.bias.data.zero_()

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x)
