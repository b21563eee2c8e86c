import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly hidden: number;
  readonly omega: number;
  /** Half of the width of the uniform distribution that the layers after the first are drawn from. */
  readonly limit: string;
}

const text = ({ hidden, omega, limit }: Settings): string => `import math

import torch
from torch import nn


class Sine(nn.Module):
    def __init__(self, fan_in, fan_out, omega=${omega.toFixed(1)}, first=False):
        super().__init__()
        self.omega = omega
        self.linear = nn.Linear(fan_in, fan_out)
        limit = 1 / fan_in if first else ${limit}
        nn.init.uniform_(self.linear.weight, -limit, limit)

    def forward(self, x):
        return torch.sin(self.omega * self.linear(x))


class Siren(nn.Module):
    def __init__(self, width=64, hidden_layers=${hidden}):
        super().__init__()
        self.net = nn.Sequential(
            Sine(32, width, first=True),
            *[Sine(width, width) for _ in range(hidden_layers)],
        )
        self.final = nn.Linear(width, 10)

    def forward(self, x):
        return self.final(self.net(x))


model = Siren()
`;

const published = 'math.sqrt(6 / fan_in) / omega';
const suspects = ['net.*.linear.weight'];

/** Sine layers (Sitzmann et al. 2020), here as a classifier of the same task as the other MLPs. */
export const siren: Family = {
  name: 'sine MLP',
  half: 'heldOut',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '3 layers, published': { hidden: 3, omega: 3, limit: published },
      '8 layers, published': { hidden: 8, omega: 3, limit: published },
      '5 layers, ω 1': { hidden: 5, omega: 1, limit: published },
      '16 layers, limit 0.02': { hidden: 16, omega: 1, limit: '0.02', suspects },
      '8 layers, limit 1': { hidden: 8, omega: 3, limit: '1.0', suspects },
    },
    text,
  ),
};
