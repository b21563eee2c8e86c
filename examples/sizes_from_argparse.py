"""Sizes that only the command line knows. GradLens says so and guesses nothing."""

import argparse

from torch import nn


class MLP(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        layers = [nn.Linear(32, width), nn.ReLU()]
        for _ in range(depth):
            layers += [nn.Linear(width, width), nn.ReLU()]
        layers.append(nn.Linear(width, 1))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)


parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, required=True)
parser.add_argument("--depth", type=int, default=4)
args = parser.parse_args()

model = MLP(args.width, args.depth)
