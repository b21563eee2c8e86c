"""A model whose sizes come from the command line: what they are, the source does not tell."""

import argparse

import torch
import torch.nn as nn


class Regressor(nn.Module):
    def __init__(self, features, hidden, dropout):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(features, hidden),
            nn.Tanh(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.Tanh(),
            nn.Linear(hidden, hidden // 2),
            nn.Tanh(),
            nn.Linear(hidden // 2, 1),
        )

    def forward(self, x):
        return self.net(x).squeeze(-1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--features", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--dropout", type=float, default=0.1)
    args = parser.parse_args()

    model = Regressor(args.features, args.hidden, args.dropout)
    x = torch.randn(64, args.features)
    loss = nn.MSELoss()(model(x), torch.randn(64))
    print(loss.item())


if __name__ == "__main__":
    main()
